"""Who may do what: role grants read, granted and ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from audit import actors
from audit.actors import Actor
from audit.recording import ReasonMissing, Refusal, lock_row, recording
from audit.recording import lock as lock_fresh
from audit.standing import Standing, refuse_stale
from requests_app.models import Entity, Role, RoleGrant, User

WORKS_ON_REQUESTS = frozenset({Role.AGENT, Role.LEAD})
REDACTS = frozenset({Role.LEAD, Role.PRIVACY_OFFICER})
ARRANGES = frozenset({Role.LEAD, Role.ADMINISTRATOR})
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
ADMINISTERS = frozenset({Role.ADMINISTRATOR})
SEES_INVOICES = frozenset(Role) - ADMINISTERS - {Role.PRIVACY_OFFICER}
READS_BOOKS = SEES_INVOICES - {Role.AGENT}


class PeopleRefused(Refusal):
    """An act on a person or a role was refused; the message says why and what to do instead."""


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
    """Ids of the entities the person may see. Values, not a subquery: with one PostgreSQL sorts all
    visible rows to find the newest 50, with these it reads the newest 50 from the index."""
    return sorted({grant.entity_id for grant in grants_of(person)})


def entities_of(person: Any, roles: Iterable[str] = Role.values) -> list[Entity]:
    wanted = set(roles)
    found = {grant.entity_id: grant.entity for grant in grants_of(person) if grant.role in wanted}
    return sorted(found.values(), key=lambda entity: entity.code)


def strangers_to(person: Any) -> list[str]:
    """Keys of the people who have never held a role where this person reads the trail, but hold or
    held one elsewhere: what they do there is none of this person's business. Read once per person
    object, as grants are."""
    known: list[str] | None = getattr(person, "_strangers", None)
    if known is None:
        audited = [entity.pk for entity in entities_of(person, READS_TRAIL)]
        ours = RoleGrant.objects.filter(entity_id__in=audited).values("person_id")
        others = RoleGrant.objects.exclude(person_id__in=ours).order_by()
        known = [str(key) for key in others.values_list("person_id", flat=True).distinct()]
        person._strangers = known
    return known


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


def why_not_redact(person: Any, entity: Entity) -> str:
    """Why a person may not redact what belongs to an entity; empty if they may."""
    if person is not None and roles_in(person, entity.pk) & REDACTS:
        return ""
    return f"Redacting in {entity.code} needs the role lead or privacy officer there."


def why_not_arrange(person: Any, entity: Entity) -> str:
    """Why a person may not change what an entity promises and lets happen by itself."""
    if roles_in(person, entity.pk) & ARRANGES:
        return ""
    return f"Changing due dates and rules of {entity.code} needs the role lead or administrator."


def refuse(sentence: str) -> None:
    if sentence:
        raise PeopleRefused(sentence)


def why_not_administer(by: Actor, entity: Entity) -> str:
    """Why this actor may not say who does what in an entity; empty if they may. What runs without
    a person, such as a command, is nobody's privilege."""
    if by.person is None or roles_in(by.person, entity.pk) & ADMINISTERS:
        return ""
    return f"Saying who does what in {entity.code} needs the role administrator there."


def why_not_add(by: Actor) -> str:
    if by.person is None or entities_of(by.person, ADMINISTERS):
        return ""
    return "Adding people needs the role administrator in an entity."


def why_not_change(person: User, by: Actor) -> str:
    """Why this actor may not change a person's account. It opens all their entities, so it takes
    an administrator of each: one of a single entity could otherwise come in by another's name."""
    if by.person is None:
        return ""
    if by.id == str(person.pk):
        return "Your own account is changed by another administrator. Your profile is yours."
    held = {grant.entity_id: grant.entity for grant in grants_in_force(person)}
    administered = {entity.pk for entity in entities_of(by.person, ADMINISTERS)}
    if not administered:
        return "Changing people needs the role administrator."
    others = sorted(entity.code for key, entity in held.items() if key not in administered)
    if others:
        return f"{person} also works in {', '.join(others)}, where you are no administrator."
    return ""


def grants_in_force(person: User) -> list[RoleGrant]:
    """Also of one who is not active now. Read afresh, but for a page that shows the person."""
    held: list[RoleGrant] | None = getattr(person, "_held", None)
    if held is not None:
        return held
    grants = RoleGrant.objects.filter(person=person).select_related("entity")
    return [grant for grant in grants if grant.is_in_force(grant.entity.today())]


def hold_grants(person: User) -> None:
    """For a page that asks for them again and again; never for a service."""
    held = grants_in_force(person)
    for grant in held:
        grant.person = person
    person._held = held  # type: ignore[attr-defined]
    person._last = {}  # type: ignore[attr-defined]


def why_not_grant(person: User, entity: Entity, role: str, by: Actor) -> str:
    refusal = why_not_administer(by, entity)
    if refusal:
        return refusal
    if by.person is not None and by.id == str(person.pk):
        return "Nobody gives a role to themselves. Ask another administrator."
    if not person.is_active:
        return f"{person} is not active. Reactivate them first."
    if any(
        grant.role == role and grant.entity_id == entity.pk for grant in grants_in_force(person)
    ):
        return f"{person} holds this role in {entity.code} already."
    return ""


def why_not_end(grant: RoleGrant, by: Actor, last_day: date | None = None) -> str:
    """Why a grant may not end on this day; without a day, why it may not end at all."""
    if last_day is not None and last_day < grant.starts_on:
        return f"It began on {grant.starts_on}, so its last day cannot be before."
    if by.person is None:
        return ""
    if by.id == str(grant.person_id):
        return "Nobody ends a role of their own. Ask another administrator."
    return why_not_administer(by, grant.entity) or why_not_now(grant, last_day)


def why_not_now(grant: RoleGrant, last_day: date | None) -> str:
    """What of the past and of the others speaks against it."""
    entity, today = grant.entity, grant.entity.today()
    if grant.ends_on is not None and grant.ends_on < today:
        return "This role has ended already."
    if last_day is not None and last_day < today - timedelta(days=1):
        return "A role cannot have ended before yesterday: what was done since stands on record."
    if grant.role in ADMINISTERS and is_last_administrator(grant.person, entity, last_day):
        return f"{grant.person} is the last administrator of {entity.code}. Name another one first."
    return ""


def is_last_administrator(person: User, entity: Entity, last_day: date | None = None) -> bool:
    """Whether nobody else who is active administers the entity now and after that day."""
    today = entity.today()
    after = max(last_day or today, today)
    own = any(
        grant.role in ADMINISTERS and grant.entity_id == entity.pk
        for grant in grants_in_force(person)
    )
    known: dict[tuple[int, date], bool] = getattr(person, "_last", {})
    if not own or (entity.pk, after) in known:
        return known.get((entity.pk, after), False)
    holding = RoleGrant.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=after),
        entity=entity, role__in=ADMINISTERS, starts_on__lte=today, person__is_active=True,
    )  # fmt: skip
    known[entity.pk, after] = not holding.exclude(person=person).exists()
    return known[entity.pk, after]


def why_not_username(username: str) -> str:
    if User.objects.filter(username__iexact=username).exists():
        return "Somebody has this name already. Choose another."
    return ""


def why_not_email(email: str, person: User | None = None) -> str:
    others = User.objects.exclude(pk=person.pk if person is not None else None)
    if email and others.filter(email__iexact=email).exists():
        return "Another account has this address already."
    return ""


def add_person(
    *, by: Actor, username: str, display_name: str, email: str = "", password: str | None = None,
    time_zone: str = "UTC", reason: str = "",
) -> User:  # fmt: skip
    person = User(
        username=username, display_name=display_name, email=email.lower(), time_zone=time_zone
    )
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    with recording("person.added", by=by, subject=person, reason=reason):
        refuse(why_not_add(by) or why_not_username(username) or why_not_email(email))
        person.save()
    return person


def grant_role(
    *, by: Actor, person: User, entity: Entity, role: str, starts_on: date | None = None,
    ends_on: date | None = None, reason: str = "", seen: Standing | None = None,
) -> RoleGrant:  # fmt: skip
    grant = RoleGrant(
        person=person, entity=entity, role=role, starts_on=starts_on or entity.today(),
        ends_on=ends_on,
    )  # fmt: skip

    def lock() -> None:
        lock_row(entity)
        lock_fresh(person, "default")

    with recording("role.granted", by=by, subject=grant, reason=reason, before=lock):
        refuse(why_not_grant(person, entity, role, by))
        refuse_stale(person, seen, by)
        need_reason(by, reason)
        grant.save()
    forget_grants(person)
    return grant


def end_role(
    *, by: Actor, grant: RoleGrant, last_day: date, reason: str, seen: Standing | None = None
) -> RoleGrant:
    """Its last day; one before today ends it at once. The entity is locked first, so that two
    administrators cannot end each other at the same moment; then the person, as all that changes
    one does."""
    person = grant.person

    def lock() -> None:
        lock_row(grant.entity)
        lock_row(person)
        lock_fresh(grant, "default")

    with recording("role.ended", by=by, subject=grant, reason=reason, before=lock) as event:
        refuse(why_not_end(grant, by, last_day))
        refuse_stale(person, seen, by)
        if grant.ends_on == last_day:
            event.discard()
        grant.ends_on = last_day
        grant.save(update_fields=["ends_on"])
    forget_grants(person)
    return grant


def need_reason(by: Actor, reason: str) -> None:
    """People say why; what a command or an import does is explained by what started it."""
    if by.person is not None and not reason.strip():
        raise ReasonMissing("Say why.")


def add_entity(*, by: Actor, code: str, name: str, currency: str, time_zone: str = "UTC") -> Entity:
    entity = Entity(code=code, name=name, currency=currency, time_zone=time_zone)
    entity.full_clean()
    with recording("entity.added", by=by, subject=entity):
        entity.save()
    return entity


def change_password(
    *, by: Actor, person: User, password: str, reason: str = "",
    kind: str = "person.password_changed",
) -> None:  # fmt: skip
    with recording(kind, by=by, subject=person, reason=reason, locked=True):
        refuse("" if by.id == str(person.pk) else why_not_change(person, by))
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
