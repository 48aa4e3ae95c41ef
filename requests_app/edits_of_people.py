"""What administrators may change of people and their roles on the admin site.

The services are those of the pages of people, and refuse the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from audit import actors
from audit.actors import Actor
from audit.admin import Edit, ReasonForm
from audit.recording import lock_row
from requests_app import people, staff
from requests_app.models import RoleGrant, User
from requests_app.people_forms import ChangeForm, EntityField, RoleFields, day

PERSON = ChangeForm.base_fields
ROLE = RoleFields.base_fields


class PersonForm(ReasonForm):
    display_name = PERSON["display_name"]
    email = PERSON["email"]
    time_zone = PERSON["time_zone"]

    def prepare(self) -> None:
        for name in ("display_name", "email", "time_zone"):
            self.initial[name] = getattr(self.row, name)


class GrantForm(ReasonForm):
    """The service refuses a last day that has passed, by the constraint that it is not before."""

    entity = ROLE["entity"]
    role = ROLE["role"]
    ends_on = ROLE["ends_on"]

    def prepare(self) -> None:
        field = self.fields["entity"]
        assert isinstance(field, EntityField)
        field.offer(self.person)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        entity, last_day = given.get("entity"), given.get("ends_on")
        if entity is not None and last_day is not None and last_day < entity.today():
            self.add_error("ends_on", "This day has passed. Give a later one, or none.")
        return given


class EndForm(ReasonForm):
    last_day = day("Last day", "Yesterday ends it at once, today tonight.", required=True)

    def prepare(self) -> None:
        self.initial["last_day"] = self.row.entity.today() - timedelta(days=1)


def why_not_person(person: Any, row: User | None) -> str:
    """Found by administrators of an entity where this person holds or held a role, and by all
    while they have none; which of them may act, the service says."""
    administered = {entity.pk for entity in people.entities_of(person, people.ADMINISTERS)}
    held = set(RoleGrant.objects.filter(person=row).values_list("entity_id", flat=True))
    if administered and (administered & held or not held):
        return ""
    return "Changing people needs the role administrator."


def why_not_grant(person: Any, row: RoleGrant | None) -> str:
    if row is not None and people.roles_in(person, row.entity_id) & people.ADMINISTERS:
        return ""
    return "Ending a role needs the role administrator there."


def not_to_be_changed(person: Any, row: User) -> str:
    return people.why_not_change(row, actors.user(person))


def not_to_be_granted(person: Any, row: User) -> str:
    if person.pk == row.pk:
        return "Nobody gives a role to themselves. Ask another administrator."
    return "" if row.is_active else f"{row} is not active. Reactivate them first."


def grant(*, person: User, by: Actor, **given: Any) -> User:
    """The person, whose page is shown after it."""
    people.grant_role(person=person, by=by, **given)
    return person


def lock_entities(person: User) -> None:
    """As deactivating does, so that two administrators wait for each other in one order."""
    entities = {held.entity for held in people.grants_in_force(person)}
    for entity in sorted(entities, key=lambda each: each.pk):
        lock_row(entity)
    lock_row(person)


OF_PEOPLE = (
    Edit(
        "change", "Change person", PersonForm, staff.change, why_not_person, subject="person",
        not_now=not_to_be_changed, note="Events keep the name they were recorded under.",
    ),
    Edit(
        # The service locks the entity, which is not known before; it depends on no version.
        "grant", "Give a role", GrantForm, grant, why_not_person, subject="person",
        not_now=not_to_be_granted, lock=lambda person: None,
    ),
    Edit(
        "deactivate", "Deactivate", ReasonForm, staff.deactivate, why_not_person, subject="person",
        not_now=lambda person, row: staff.why_not_deactivate(row, actors.user(person)),
        lock=lock_entities,
        note="They are signed out everywhere at once and cannot sign in. Nothing is deleted.",
    ),
    Edit(
        "reactivate", "Reactivate", ReasonForm, staff.reactivate, why_not_person, subject="person",
        not_now=lambda person, row: staff.why_not_reactivate(row, actors.user(person)),
        note="Their roles that have not ended hold again.",
    ),
)  # fmt: skip
OF_GRANTS = (
    Edit(
        "end", "End role", EndForm, people.end_role, why_not_grant, subject="grant",
        not_now=lambda person, row: people.why_not_end(row, actors.user(person)),
        lock=lambda row: lock_row(row.entity),
        note="What the person did in this role stays on record as done in it.",
    ),
)  # fmt: skip
