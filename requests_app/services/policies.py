"""The approval policy of an entity: drafted, proposed, and approved by somebody else.

A version never changes once it is proposed; another policy is another version. Every moment is an
argument: which version is in force is asked of a moment, and answered the same ever after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Max, Prefetch

from audit.actors import Actor
from audit.recording import lock, lock_row, recording
from audit.standing import Standing, refuse_stale
from requests_app import approvable, approvers, currencies, policies, policy_words
from requests_app.models import ApprovalPolicy, Entity, PolicyRule, PolicyStep
from requests_app.policies import Case, Rule, Step
from requests_app.services.acting import refuse

Status = ApprovalPolicy.Status
FACTS = frozenset({"window_days", "starts_at", "note"})
RULE_COLUMNS = ("name", "minimum", "maximum", "daily_cap")
STEP_COLUMNS = ("mode", "count", "role", "least_limit", "hours", "escalate_to")


# Reading


def in_force(entity: Entity, at: datetime) -> ApprovalPolicy | None:
    """The version that decides at a moment: the last approved one that has taken effect."""
    approved = ApprovalPolicy.objects.filter(entity=entity, status__in=ApprovalPolicy.APPROVED)
    return approved.filter(starts_at__lte=at).order_by("-starts_at", "-version").first()


def rules_of(policy: ApprovalPolicy) -> tuple[Rule, ...]:
    """Its rules by priority, with their steps in order; two queries."""
    steps = PolicyStep.objects.filter(number__isnull=False).order_by("number")
    rows = policy.rules.filter(priority__isnull=False).order_by("priority")
    return tuple(
        as_rule(row) for row in rows.prefetch_related(Prefetch("steps", queryset=steps))
    )  # fmt: skip


def as_rule(row: PolicyRule) -> Rule:
    return Rule(
        priority=row.priority or 0, kinds=frozenset(row.kinds), minimum=row.minimum,
        maximum=row.maximum, conditions=frozenset(row.conditions), daily_cap=row.daily_cap,
        steps=tuple(as_step(step) for step in row.steps.all()), name=row.name, pk=row.pk,
    )  # fmt: skip


def as_step(row: PolicyStep) -> Step:
    return Step(number=row.number or 0, **{name: getattr(row, name) for name in STEP_COLUMNS})


def rule_for(policy: ApprovalPolicy, case: Case) -> PolicyRule:
    """The one rule of this version that answers; raises policies.NoRule below zero."""
    return policy.rules.get(pk=policies.matching(rules_of(policy), case).pk or 0)


def difference(old: ApprovalPolicy | None, new: ApprovalPolicy) -> list[policy_words.Difference]:
    """Rule by rule what the new version says otherwise; against none, all is added."""
    before = rules_of(old) if old is not None else ()
    return policy_words.difference(before, rules_of(new), new.currency)


def before(policy: ApprovalPolicy) -> ApprovalPolicy | None:
    """The approved version before this one, which it replaces or would replace."""
    rows = ApprovalPolicy.objects.filter(entity=policy.entity_id, version__lt=policy.version)
    return rows.filter(status__in=ApprovalPolicy.APPROVED).order_by("-version").first()


# Drafting


def draft(
    *, entity: Entity, by: Actor, at: datetime, rules: Collection[Rule] | None = None,
    reason: str = "", occurred_at: datetime | None = None, **facts: Any,
) -> ApprovalPolicy:  # fmt: skip
    """A new version with these rules, or else with those of the one in force at this moment."""
    policy = ApprovalPolicy(entity=entity, currency=entity.currency, drafted_by=by.person)

    def look() -> None:
        lock_row(entity)  # of two drafts at once, each has its own number
        policy.version = (entity.policies.aggregate(most=Max("version"))["most"] or 0) + 1

    with recording(
        "policy.drafted", by=by, subject=policy, reason=reason, before=look,
        occurred_at=occurred_at,
    ):  # fmt: skip
        refuse(why_not_draft(entity, by) or why_not_facts(facts))
        former = policy.copied_from = in_force(entity, at)
        if former is not None:
            facts.setdefault("window_days", former.window_days)
        if rules is None:
            rules = rules_of(former) if former is not None else ()
        given = [replace(rule, pk=None) for rule in rules]
        refuse(why_not_rules(given, policy))
        put(policy, facts | {"editors": [int(by.id)]})
        policy.save()
        write(policy, given)
    return policy


def change_draft(
    *, policy: ApprovalPolicy, by: Actor, rules: Collection[Rule] | None = None, reason: str = "",
    seen: Standing | None = None, **facts: Any,
) -> ApprovalPolicy:  # fmt: skip
    """Its rules become these: one is changed where ``pk`` names it, else added; others are taken
    out. Whoever wrote on it does not approve it."""
    with recording("policy.changed", by=by, subject=policy, reason=reason, locked=True) as event:
        refuse(why_not_change(policy, by) or why_not_facts(facts))
        refuse_stale(policy, seen, by)
        held = rules_of(policy)
        given = tuple(policies.in_order(rules)) if rules is not None else held
        if given == held and all(getattr(policy, name) == facts[name] for name in facts):
            event.discard()
        refuse(why_not_rules(given, policy))
        editors = sorted({*policy.editors, int(by.id)})
        put(policy, facts | {"edits": policy.edits + 1, "editors": editors})
        policy.save(update_fields=[*facts, "edits", "editors"])
        write(policy, given)
    return policy


def put(row: Any, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def write(policy: ApprovalPolicy, rules: Iterable[Rule]) -> None:
    """Rules and steps as they are given; what is not among them leaves its place."""
    held = {row.pk: row for row in policy.rules.filter(priority__isnull=False)}
    for rule in rules:
        row = held.pop(rule.pk or 0, None) or PolicyRule(policy=policy)
        columns = {name: getattr(rule, name) for name in RULE_COLUMNS} | {
            "priority": rule.priority, "kinds": sorted(rule.kinds),
            "conditions": sorted(rule.conditions),
        }  # fmt: skip
        save_part(row, policy, columns)
        write_steps(policy, row, rule.steps)
    for row in held.values():
        row.priority = None
        row.save(update_fields=["priority"])


def write_steps(policy: ApprovalPolicy, rule: PolicyRule, steps: Iterable[Step]) -> None:
    held = {row.number: row for row in rule.steps.filter(number__isnull=False)}
    for step in steps:
        row = held.pop(step.number, None) or PolicyStep(rule=rule, number=step.number)
        save_part(row, policy, {name: getattr(step, name) for name in STEP_COLUMNS})
    for row in held.values():
        row.number = None
        row.save(update_fields=["number"])


def save_part(row: Any, policy: ApprovalPolicy, columns: dict[str, Any]) -> None:
    if row.pk is not None and all(getattr(row, name) == columns[name] for name in columns):
        return
    put(row, columns | {"entity_id": policy.entity_id, "currency": policy.currency})
    row.save()


# Deciding


def propose(
    *, policy: ApprovalPolicy, by: Actor, reason: str, seen: Standing | None = None,
    occurred_at: datetime | None = None,
) -> ApprovalPolicy:  # fmt: skip
    """From now on its rules never change."""
    detail = {"previous": 0}

    def look() -> None:
        lock_both(policy)
        detail.update(counted(policy))

    with recording(
        "policy.proposed", by=by, subject=policy, reason=reason, detail=detail, before=look,
        occurred_at=occurred_at,
    ):  # fmt: skip
        refuse(why_not_propose(policy, by))
        refuse_stale(policy, seen, by)
        put(policy, {"status": Status.PROPOSED, "proposed_by": by.person})
        policy.save(update_fields=["status", "proposed_by"])
    return policy


def approve(
    *, policy: ApprovalPolicy, by: Actor, reason: str, at: datetime, seen: Standing | None = None,
    occurred_at: datetime | None = None,
) -> ApprovalPolicy:  # fmt: skip
    """It takes effect at its moment, never before it was approved; the former one until then."""
    with recording(
        "policy.approved", by=by, subject=policy, reason=reason, occurred_at=occurred_at,
        before=lambda: lock_both(policy),
    ):  # fmt: skip
        refuse(why_not_approve(policy, by))
        refuse_stale(policy, seen, by)
        starts_at = max(policy.starts_at or at, at)
        refuse(why_not_start(policy, starts_at))
        put(policy, {"status": Status.IN_FORCE, "starts_at": starts_at})
        decided(policy, by, at)
        supersede(policy, at)
    return policy


def decline(
    *, policy: ApprovalPolicy, by: Actor, reason: str, at: datetime, seen: Standing | None = None
) -> ApprovalPolicy:
    """Also how who drafted or proposed it takes it back."""
    with recording(
        "policy.declined", by=by, subject=policy, reason=reason, before=lambda: lock_both(policy)
    ):
        refuse(why_not_decline(policy, by))
        refuse_stale(policy, seen, by)
        policy.status = Status.DECLINED
        decided(policy, by, at)
    return policy


def counted(policy: ApprovalPolicy) -> dict[str, int]:
    """How many rules differ from the version that it would replace."""
    former = before(policy)
    found = [each.what for each in difference(former, policy)]
    counts = {what: found.count(what) for what in ("added", "removed", "changed")}
    return counts | {"previous": former.version if former is not None else 0}


def lock_both(policy: ApprovalPolicy) -> None:
    """The entity first: of two versions that would take effect, one is after the other."""
    lock_row(policy.entity)
    lock(policy, "default")


def decided(policy: ApprovalPolicy, by: Actor, at: datetime) -> None:
    put(policy, {"decided_by": by.person, "decided_at": at})
    policy.save(update_fields=["status", "starts_at", "decided_by", "decided_at"])


def supersede(policy: ApprovalPolicy, at: datetime) -> None:
    """Marks those before the one that is in force at this moment. One that starts later leaves the
    former as it is: that is marked by the next approval, and known by its moments until then."""
    now = in_force(policy.entity, at)
    if now is None:
        return
    former = ApprovalPolicy.objects.filter(entity=policy.entity, status=Status.IN_FORCE)
    for row in former.filter(starts_at__lt=now.starts_at).order_by("pk"):
        row.status = Status.SUPERSEDED
        row.save(update_fields=["status"])


# Why not


def why_not_draft(entity: Entity, by: Actor) -> str:
    return approvers.why_not(by, entity, approvers.KEEPS_POLICIES, "Keeping the approval policy")


def why_not_in(policy: ApprovalPolicy, by: Actor, *statuses: str) -> str:
    refusal = why_not_draft(policy.entity, by)
    if refusal or policy.status in statuses:
        return refusal
    state = policy.get_status_display().lower()
    return f"Version {policy.version} is {state}, so this cannot be done now."


def why_not_change(policy: ApprovalPolicy, by: Actor) -> str:
    refusal = why_not_draft(policy.entity, by)
    if refusal or policy.status == Status.DRAFT:
        return refusal
    state = policy.get_status_display().lower()
    return f"Version {policy.version} is {state} and never changes. Draft a new version instead."


def why_not_propose(policy: ApprovalPolicy, by: Actor) -> str:
    refusal = why_not_in(policy, by, Status.DRAFT) or why_not_newest(policy)
    if refusal:
        return refusal
    other = ApprovalPolicy.objects.filter(entity=policy.entity_id, status=Status.PROPOSED).first()
    if other is not None:
        return f"Version {other.version} is proposed already. It is decided first."
    return policies.why_not_policy(rules_of(policy), currencies.scale(policy.currency))


def why_not_approve(policy: ApprovalPolicy, by: Actor) -> str:
    """Why this person may not approve it; empty if they may. Being able to is no question of rank:
    who wrote on it or proposed it never does."""
    refusal = why_not_in(policy, by, Status.PROPOSED)
    if refusal:
        return refusal
    if int(by.id) in policy.editors or policy.proposed_by_id == int(by.id):
        return "You drafted, changed or proposed this version yourself. Somebody else approves it."
    return why_not_newest(policy)


def why_not_decline(policy: ApprovalPolicy, by: Actor) -> str:
    return why_not_in(policy, by, Status.DRAFT, Status.PROPOSED)


def why_not_newest(policy: ApprovalPolicy) -> str:
    """A later version was approved meanwhile, which this one would undo unseen."""
    later = ApprovalPolicy.objects.filter(
        entity=policy.entity_id, version__gt=policy.version, status__in=ApprovalPolicy.APPROVED
    ).first()
    if later is None:
        return ""
    return (
        f"Version {later.version} was approved since this was drafted. Decline this one, and draft "
        "a new version from that."
    )


def why_not_start(policy: ApprovalPolicy, starts_at: datetime) -> str:
    rows = ApprovalPolicy.objects.filter(
        entity=policy.entity_id, status__in=ApprovalPolicy.APPROVED, starts_at__gte=starts_at
    )
    later = rows.order_by("-starts_at").first()
    if later is None or later.starts_at is None:
        return ""
    return (
        f"Version {later.version} takes effect at {later.starts_at:%Y-%m-%d %H:%M} UTC. This one "
        "must take effect after that: decline it, and draft it again with a later moment."
    )


def why_not_facts(facts: dict[str, Any]) -> str:
    unknown = sorted(set(facts) - FACTS)
    if unknown:
        raise TypeError(f"a policy has no {unknown[0]}")
    days = facts.get("window_days", 1)
    return "" if 1 <= days <= 366 else "The window is from 1 to 366 days."


def why_not_rules(rules: Iterable[Rule], policy: ApprovalPolicy) -> str:
    """What is wrong with a rule by itself. Whether all of them make a policy is asked when it is
    proposed, so that a draft may be written in any order."""
    places = currencies.scale(policy.currency)
    for rule in rules:
        refusal = (
            policies.why_not_rule(rule, places)
            or approvable.why_not_kinds(rule.kinds)
            or ("" if rule.name.strip() else "Give it a name.")
        )
        if refusal:
            return f"“{rule}”: {refusal}"
    return ""
