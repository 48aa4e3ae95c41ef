"""What people may approve at most, and who approves for somebody who is away.

Others set a limit, never who profits by it. A delegation hands on the giver's own roles alone, so
who acts for somebody hands nothing on. Days and moments are arguments.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from audit.actors import Actor
from audit.recording import lock, lock_row, recording
from audit.standing import Standing, refuse_stale
from requests_app import approvable, approvers, currencies, people, policies
from requests_app.models import ApprovalLimit, Delegation, Entity, Role, User
from requests_app.models.delegation import LONGEST
from requests_app.services.acting import refuse

# Limits


def limit_of(person: User, entity: Entity, role: str, on: date) -> Decimal | None:
    """What a person may approve at most on a day in a role: their own limit, or else the role's.
    None where nobody set either: then they may approve nothing."""
    rows = limits_on(entity, on)
    own = rows.filter(person=person).first()
    found = own or rows.filter(person__isnull=True, role=role).first()
    return found.amount if found is not None else None


def limits_on(entity: Entity, on: date) -> QuerySet[ApprovalLimit]:
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    return ApprovalLimit.objects.filter(still, entity=entity, starts_on__lte=on).order_by(
        "-starts_on", "-id"
    )


def set_limit(
    *, entity: Entity, amount: Decimal, starts_on: date, by: Actor, reason: str, on: date,
    person: User | None = None, role: str = "", ends_on: date | None = None,
) -> ApprovalLimit:  # fmt: skip
    """Of a person or of a role; the one that was open before ends the day before."""
    limit = ApprovalLimit(
        entity=entity, person=person, role=role, amount=amount, currency=entity.currency,
        starts_on=starts_on, ends_on=ends_on, set_by=by.person,
    )  # fmt: skip
    with recording(
        "limit.set", by=by, subject=limit, reason=reason, before=lambda: at_once(entity)
    ):
        refuse(why_not_set(entity, by, person, role) or why_not_limit(limit, on))
        end_former(limit)
        limit.save()
    return limit


def at_once(entity: Entity) -> None:
    """Of two that would stand at the same time, the second sees the first."""
    lock_row(entity)


def end_limit(
    *, limit: ApprovalLimit, last_day: date, by: Actor, reason: str, on: date,
    seen: Standing | None = None,
) -> ApprovalLimit:  # fmt: skip
    """Its last day; one before today ends it at once."""
    with recording("limit.ended", by=by, subject=limit, reason=reason, locked=True) as event:
        refuse(why_not_end_limit(limit, by, on))
        refuse_stale(limit, seen, by)
        refuse(why_not_last_day(limit, last_day, on))
        if limit.ends_on == last_day:
            event.discard()
        limit.ends_on = last_day
        limit.save(update_fields=["ends_on"])
    return limit


def end_former(limit: ApprovalLimit) -> None:
    for former in overlapping(limit):
        former.ends_on = limit.starts_on - timedelta(days=1)
        former.save(update_fields=["ends_on"])


def overlapping(limit: ApprovalLimit) -> QuerySet[ApprovalLimit]:
    """Of the same person or role, with a day in common."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=limit.starts_on)
    rows = ApprovalLimit.objects.filter(
        still, entity=limit.entity_id, person=limit.person_id, role=limit.role
    )
    if limit.ends_on is not None:
        rows = rows.filter(starts_on__lte=limit.ends_on)
    return rows.exclude(ends_on__lt=F("starts_on")).order_by("pk")


def why_not_set(entity: Entity, by: Actor, person: User | None = None, role: str = "") -> str:
    """Why this person may not set the limit of somebody or of a role; without either, any."""
    refusal = approvers.why_not(by, entity, approvers.SETS_LIMITS, "Setting limits")
    if refusal or by.person is None:
        return refusal
    if person is not None and person.pk == by.person.pk:
        return "Nobody sets their own limit. Ask another controller or executive."
    if role and role in people.roles_in(by.person, entity.pk):
        return (
            "You hold this role, so its limit is yours, too. Ask a controller or executive who "
            "does not."
        )
    return ""


def why_not_limit(limit: ApprovalLimit, on: date) -> str:
    if (limit.person is None) == (limit.role not in policies.APPROVERS):
        return "Say whose limit it is: that of a person, or of one of the roles that approve."
    if limit.person is not None and not approving_roles(limit.person, limit.entity):
        return f"{limit.person} holds no role in {limit.entity.code} that approves."
    return why_not_days(limit, on) or why_not_amount(limit.amount, limit.currency)


def why_not_days(limit: ApprovalLimit, on: date) -> str:
    if limit.starts_on < on:
        return "A limit begins today or later: what was approved before stays judged as it was."
    if limit.ends_on is not None and limit.ends_on < limit.starts_on:
        return "Its last day cannot be before its first."
    for other in overlapping(limit):
        if other.starts_on >= limit.starts_on or other.ends_on is not None:
            until = "open" if other.ends_on is None else f"until {other.ends_on}"
            return f"There is one from {other.starts_on}, {until}. End that first."
    return ""


def why_not_amount(amount: Decimal, currency: str) -> str:
    """A limit of 0 is one: who has it approves nothing."""
    return "" if amount == 0 else currencies.why_not_amount(amount, currency)


def why_not_end_limit(limit: ApprovalLimit, by: Actor, on: date) -> str:
    if limit.ends_on is not None and limit.ends_on < on:
        return "This limit has ended already."
    return why_not_set(limit.entity, by, limit.person, limit.role)


def why_not_last_day(limit: ApprovalLimit, last_day: date, on: date) -> str:
    yesterday = on - timedelta(days=1)
    if last_day < max(yesterday, limit.starts_on - timedelta(days=1)):
        return "It cannot have ended before yesterday, nor before it began."
    return ""


# Delegations


def delegate(
    *, giver: User, taker: User, entity: Entity, starts_at: datetime, ends_at: datetime, by: Actor,
    reason: str, at: datetime, kinds: Collection[str] = (), most: Decimal | None = None,
) -> Delegation:  # fmt: skip
    """No kinds are all kinds; no amount is what the giver may approve."""
    given = Delegation(
        giver=giver, taker=taker, entity=entity, kinds=sorted(set(kinds)), most=most,
        currency=entity.currency, starts_at=starts_at, ends_at=ends_at, reason=reason,
        created_by=by.person,
    )  # fmt: skip

    def look() -> None:
        lock_row(entity)
        lock(taker, "default")

    with recording("delegation.given", by=by, subject=given, reason=reason, before=look):
        refuse(why_not_give(giver, entity, by) or why_not_delegate(given, at))
        given.save()
    return given


def revoke(
    *, delegation: Delegation, by: Actor, reason: str, at: datetime, seen: Standing | None = None
) -> Delegation:
    """At once, whoever of the two wants it, or who keeps the policies."""
    with recording(
        "delegation.revoked", by=by, subject=delegation, reason=reason, locked=True
    ):  # fmt: skip
        refuse(why_not_revoke(delegation, by, at))
        refuse_stale(delegation, seen, by)
        delegation.revoked_at, delegation.revoked_by = at, by.person
        delegation.save(update_fields=["revoked_at", "revoked_by"])
    return delegation


def delegations_to(person: User, entity: Entity, at: datetime) -> QuerySet[Delegation]:
    """For whom a person may decide in an entity at a moment. The giver's roles are the giver's own
    grants; what was delegated to the giver is not among them."""
    kept = Q(revoked_at__isnull=True) | Q(revoked_at__gt=at)
    rows = Delegation.objects.filter(kept, taker=person, entity=entity, giver__is_active=True)
    return rows.filter(starts_at__lte=at, ends_at__gt=at).select_related("giver").order_by("pk")


def approving_roles(person: User, entity: Entity) -> set[str]:
    """Those of the person's own roles in force today that approve, from the lowest up."""
    return {
        grant.role for grant in people.grants_in_force(person)
        if grant.entity_id == entity.pk and grant.role in policies.APPROVERS
    }  # fmt: skip


def why_not_give(giver: User, entity: Entity, by: Actor) -> str:
    """Why this person may not hand on what the giver may approve."""
    refusal = approvers.why_not(by, entity, approvers.APPROVES, "Delegating approvals")
    if not refusal and by.id != str(giver.pk):
        return f"Only {giver} hands on what {giver} may approve."
    return refusal


def why_not_delegate(given: Delegation, at: datetime) -> str:
    """What is wrong with a delegation that is not given yet."""
    return (
        why_not_taker(given.taker, given.giver, given.entity)
        or why_not_moments(given, at)
        or approvable.why_not_kinds(given.kinds)
        or ("" if given.most is None else currencies.why_not_amount(given.most, given.currency))
        or why_not_beside(given)
    )


def why_not_taker(taker: User, giver: User, entity: Entity) -> str:
    if taker.pk == giver.pk:
        return "Nobody stands in for themselves. Choose a colleague."
    if not taker.is_active:
        return f"{taker} is not active. Choose somebody else."
    roles = {grant.role for grant in people.grants_in_force(taker) if grant.entity_id == entity.pk}
    if not roles:
        return f"{taker} holds no role in {entity.code}. Choose somebody who works there."
    never = sorted(roles & approvers.NEVER_DECIDES)
    if never:
        role = Role(never[0]).label.lower()
        return f"{taker} is {role} in {entity.code}: who posts, pays or audits decides nothing."
    return ""


def why_not_moments(given: Delegation, at: datetime) -> str:
    if given.starts_at < at:
        return "It begins now or later: nobody has approved for you in the past."
    if given.ends_at <= given.starts_at:
        return "It ends after it begins."
    if given.ends_at > given.starts_at + LONGEST:
        return f"It lasts {LONGEST.days} days at most. Give another one afterwards."
    return ""


def why_not_beside(given: Delegation) -> str:
    others = Delegation.objects.filter(
        giver=given.giver_id, taker=given.taker_id, entity=given.entity_id,
        revoked_at__isnull=True, starts_at__lt=given.ends_at, ends_at__gt=given.starts_at,
    )  # fmt: skip
    other = others.first()
    if other is None:
        return ""
    return (
        f"{given.taker} stands in for you from {other.starts_at:%Y-%m-%d %H:%M} to "
        f"{other.ends_at:%Y-%m-%d %H:%M} UTC already. Revoke that first."
    )


def why_not_revoke(delegation: Delegation, by: Actor, at: datetime) -> str:
    if by.person is None:
        return "Revoking a delegation takes a person."
    if delegation.revoked_at is not None:
        return "It was revoked already."
    if delegation.ends_at <= at:
        return "It has ended already."
    if by.person.pk in (delegation.giver_id, delegation.taker_id):
        return ""
    return approvers.why_not(
        by, delegation.entity, approvers.KEEPS_POLICIES, "Revoking a delegation of others"
    )
