"""What pages read of people: colleagues see names and present roles; auditors and administrators
also past ones, addresses, sign-ins and the latest acts, in the entities where they are that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from audit import kinds, seen
from audit.timeline import Entry
from requests_app import people, reading, rights
from requests_app.models import Role, RoleGrant, User
from requests_app.rights import Right

LATEST = 8
SIGN_INS = ("session.signed_in", "session.sign_in_failed", "session.signed_out",
            "session.throttled", "session.code_refused", "session.ended")  # fmt: skip


@dataclass(frozen=True)
class Held:
    """A grant, and what it lets its holder do."""

    grant: RoleGrant
    is_in_force: bool
    rights: list[Right]


def found(viewer: Any, given: dict[str, Any]) -> QuerySet[User]:
    """The people a viewer may see and asked for, each with the grants the viewer may see."""
    shared = people.entity_ids(viewer)
    grants = RoleGrant.objects.filter(entity_id__in=shared).select_related("entity")
    rows = User.objects.visible_to(viewer).prefetch_related(
        Prefetch("grants", grants.order_by("entity__code", "role"), to_attr="shared_grants")
    )
    holding = RoleGrant.objects.filter(person=OuterRef("pk"), entity_id__in=shared)
    if given.get("entity"):
        holding = holding.filter(entity__code=given["entity"])
    if given.get("role"):
        holding = holding.filter(role=given["role"])
    if given.get("entity") or given.get("role"):
        rows = rows.filter(Exists(holding.filter(in_force(viewer))))
    if given.get("active"):
        rows = rows.filter(is_active=given["active"] == "yes")
    if given.get("second"):
        rows = rows.filter(
            Exists(second_steps().filter(user=OuterRef("pk")))
            if given["second"] == "on"
            else ~Exists(second_steps().filter(user=OuterRef("pk")))
        )
    if given.get("q"):
        words = given["q"]
        rows = rows.filter(Q(display_name__icontains=words) | Q(username__icontains=words))
    return rows


def in_force(viewer: Any) -> Q:
    """Grants in the viewer's entities that hold today, by the date at the place of each."""
    found = Q(pk__in=[])
    for entity in people.entities_of(viewer):
        today = entity.today()
        ends = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
        found |= Q(ends, entity_id=entity.pk, starts_on__lte=today)
    return found


def roles_today(person: Any) -> dict[str, list[Role]]:
    """Roles by the code of the entity, of a person that ``found`` brought."""
    held: dict[str, list[Role]] = {}
    for grant in person.shared_grants:
        if grant.is_in_force(grant.entity.today()):
            held.setdefault(grant.entity.code, []).append(Role(grant.role))
    return held


def second_steps() -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(type=Authenticator.Type.TOTP)


def with_factor(persons: list[User]) -> set[int]:
    """Ids of those who have a second step."""
    return set(second_steps().filter(user__in=persons).values_list("user_id", flat=True))


def sees_account(viewer: Any, person: User) -> bool:
    """Whether the viewer audits or administers an entity where the person has or had a role, or
    the person has none yet, or it is themselves."""
    if viewer.pk == person.pk:
        return True
    audited = [entity.pk for entity in people.entities_of(viewer, people.READS_TRAIL)]
    grants = RoleGrant.objects.filter(person=person)
    return bool(audited) and (grants.filter(entity_id__in=audited).exists() or not grants.exists())


def grants(viewer: Any, person: User, *, with_past: bool) -> list[Held]:
    """Newest first, those in force before the others."""
    rows = RoleGrant.objects.filter(person=person, entity_id__in=people.entity_ids(viewer))
    if viewer.pk == person.pk:
        rows = RoleGrant.objects.filter(person=person)
    held = [
        Held(grant, grant.is_in_force(grant.entity.today()), rights.of_role(grant.role))
        for grant in rows.select_related("entity").order_by("-starts_on", "-pk")
    ]
    now = [each for each in held if each.is_in_force]
    return now + [each for each in held if with_past and not each.is_in_force]


def sign_ins(viewer: Any, person: User) -> list[Entry]:
    events = reading.events_for(viewer).about("requests_app.user", person.pk)
    return entries(events.filter(kind__in=SIGN_INS), viewer)


def has_acted(viewer: Any, person: User) -> bool:
    """Whether the trail has anything by them that the viewer may see."""
    return bool(reading.events_for(viewer).of_actor("user", str(person.pk)).exists())


def latest_acts(viewer: Any, person: User) -> list[Entry]:
    events = reading.events_for(viewer).of_actor("user", str(person.pk))
    passive = [kind.name for kind in kinds.registered() if kind.is_passive]
    return entries(events.exclude(kind__in=[*SIGN_INS, *passive]), viewer)


def entries(events: Any, viewer: Any) -> list[Entry]:
    newest = seen.events(list(events.reverse()[:LATEST]), viewer)
    return [Entry(event, kinds.describe(event.kind)) for event in newest]


def holders(viewer: Any) -> dict[Role, int]:
    """How many active people of the viewer's entities hold each role today: as many as the list of
    people shows for the role."""
    grants = RoleGrant.objects.filter(in_force(viewer), person__is_active=True).order_by()
    rows = grants.values_list("role").annotate(count=Count("person_id", distinct=True))
    return dict.fromkeys(Role, 0) | {Role(role): count for role, count in rows}
