"""Who may do what: role grants read, granted and ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from audit import actors
from audit.actors import Actor
from audit.recording import lock_row, recording
from requests_app.models import Entity, Role, RoleGrant, User

WORKS_ON_REQUESTS = frozenset({Role.AGENT, Role.LEAD})
READS_TRAIL = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
MERGES_CUSTOMERS = frozenset({Role.LEAD})
CORRECTS_CUSTOMERS = WORKS_ON_REQUESTS | {Role.PRIVACY_OFFICER}
# To whom it is shown who a customer is: at once, for a purpose that goes on record, or never.
SHOWN, ON_PURPOSE, NEVER = "shown", "on purpose", "never"
PERSONAL_DATA = {
    Role.AGENT: SHOWN,
    Role.LEAD: SHOWN,
    Role.PRIVACY_OFFICER: SHOWN,
    Role.CONTROLLER: ON_PURPOSE,
    Role.EXECUTIVE: ON_PURPOSE,
    Role.ACCOUNTANT: ON_PURPOSE,
    Role.TREASURER: ON_PURPOSE,
    Role.AUDITOR: ON_PURPOSE,
    Role.ADMINISTRATOR: NEVER,
}


def grants_of(person: Any) -> list[RoleGrant]:
    """Today's grants, by the date at each entity's place; one query per person object, which lives
    as long as one HTTP request."""
    if not person.is_authenticated or not person.is_active:
        return []
    # By attribute, which a lazy request.user hands on to the person it stands for.
    known: list[RoleGrant] | None = getattr(person, "_grants", None)
    if known is None:
        grants = RoleGrant.objects.filter(person_id=person.pk).select_related("entity")
        known = [grant for grant in grants if grant.is_in_force(grant.entity.today())]
        person._grants = known
    return known


def forget_grants(person: Any) -> None:
    person._grants = None


def roles_in(person: Any, entity_id: int | None) -> set[str]:
    return {grant.role for grant in grants_of(person) if entity_id in (None, grant.entity_id)}


def role_words(person: Any, entity_id: int | None) -> str:
    """The roles frozen into an event, for example "Agent, Lead"."""
    return ", ".join(str(Role(role).label) for role in sorted(roles_in(person, entity_id)))


def entity_ids(person: Any) -> list[int]:
    """Ids of the entities the person may see.

    Values, not a subquery: with one PostgreSQL sorts all visible rows to find the newest 50, with
    these it reads the newest 50 from the index.
    """
    return sorted({grant.entity_id for grant in grants_of(person)})


def entities_of(person: Any, roles: Iterable[str] = Role.values) -> list[Entity]:
    wanted = set(roles)
    found = {grant.entity_id: grant.entity for grant in grants_of(person) if grant.role in wanted}
    return sorted(found.values(), key=lambda entity: entity.code)


def reads_trail(person: Any) -> bool:
    return any(grant.role in READS_TRAIL for grant in grants_of(person))


def sees_personal_data(person: Any, entity_id: int | None) -> bool:
    """Whether it is shown to a person who the customers of an entity are."""
    return any(PERSONAL_DATA[Role(role)] == SHOWN for role in roles_in(person, entity_id))


def hidden_from(person: Any) -> frozenset[int]:
    """The entities whose customers this person sees under pseudonyms."""
    ids = entity_ids(person)
    return frozenset(each for each in ids if not sees_personal_data(person, each))


def why_not_reveal(person: Any, entity: Entity) -> str:
    """Why a person is never shown personal data of customers; empty if they are, for a purpose."""
    if any(PERSONAL_DATA[Role(role)] != NEVER for role in roles_in(person, entity.pk)):
        return ""
    return (
        f"Your role in {entity.code} is never shown personal data. Ask an agent or the privacy "
        "officer there."
    )


def why_not_correct(person: Any, entity: Entity) -> str:
    """Why a person may not correct what we know of an entity's customers; empty if they may."""
    if roles_in(person, entity.pk) & CORRECTS_CUSTOMERS:
        return ""
    return f"Correcting customers of {entity.code} needs the role agent, lead or privacy officer."


def why_not_merge(person: Any, entity: Entity) -> str:
    """Why a person may not merge customers of an entity; empty if they may."""
    if roles_in(person, entity.pk) & MERGES_CUSTOMERS:
        return ""
    return f"Merging customers of {entity.code} needs the role lead there."


def workers(entity: Entity) -> QuerySet[User]:
    """Who may work on its requests today, by name."""
    today = entity.today()
    in_force = Q(grants__ends_on__isnull=True) | Q(grants__ends_on__gte=today)
    return (
        User.objects.filter(
            in_force, is_active=True, grants__entity=entity, grants__starts_on__lte=today,
            grants__role__in=WORKS_ON_REQUESTS,
        )
        .distinct()
        .order_by("display_name", "username")
    )  # fmt: skip


def why_not_work(person: Any, entity: Entity) -> str:
    """Why a person may not work on requests of an entity; empty if they may."""
    if roles_in(person, entity.pk) & WORKS_ON_REQUESTS:
        return ""
    return f"Working on requests of {entity.code} needs the role agent or lead there."


def add_person(
    *, by: Actor, username: str, display_name: str, email: str = "", password: str | None = None,
    time_zone: str = "UTC", reason: str = "",
) -> User:  # fmt: skip
    person = User(username=username, display_name=display_name, email=email, time_zone=time_zone)
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    with recording("person.added", by=by, subject=person, reason=reason):
        person.save()
    return person


def grant_role(
    *, by: Actor, person: User, entity: Entity, role: str, starts_on: date | None = None,
    ends_on: date | None = None, reason: str = "",
) -> RoleGrant:  # fmt: skip
    grant = RoleGrant(
        person=person, entity=entity, role=role, starts_on=starts_on or entity.today(),
        ends_on=ends_on,
    )  # fmt: skip
    with recording("role.granted", by=by, subject=grant, reason=reason):
        grant.save()
    forget_grants(person)
    return grant


def end_role(*, by: Actor, grant: RoleGrant, last_day: date, reason: str) -> RoleGrant:
    person = grant.person
    with recording("role.ended", by=by, subject=grant, reason=reason, locked=True) as event:
        if grant.ends_on == last_day:
            event.discard()
        grant.ends_on = last_day
        grant.save(update_fields=["ends_on"])
    forget_grants(person)
    return grant


def add_entity(*, by: Actor, code: str, name: str, currency: str, time_zone: str = "UTC") -> Entity:
    entity = Entity(code=code, name=name, currency=currency, time_zone=time_zone)
    entity.full_clean()
    with recording("entity.added", by=by, subject=entity):
        entity.save()
    return entity


def change_password(*, by: Actor, person: User, password: str, reason: str = "") -> None:
    with recording("person.password_changed", by=by, subject=person, reason=reason, locked=True):
        person.set_password(password)
        person.save(update_fields=["password"])


def renew_password_hash(person: User, raw: str) -> None:
    """The same password under a newer hash, as Django does at sign-in. The person is locked and not
    reloaded; who has got another password meanwhile keeps that."""

    def lock() -> None:
        lock_row(person)

    with recording(
        "person.password_rehashed", by=actors.job("sign-in", ""), subject=person, before=lock
    ) as event:
        if not User.objects.filter(pk=person.pk, password=person.password).exists():
            event.discard()
        person.set_password(raw)
        person._password = None  # type: ignore[attr-defined]  # it has not changed: say so to Django
        person.save(update_fields=["password"])
