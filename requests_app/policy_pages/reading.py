"""What pages of policies, limits and delegations show; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from audit.actors import Actor
from requests_app import approvers, people, policies, policy_words
from requests_app.models import ApprovalLimit, ApprovalPolicy, Delegation, Entity
from requests_app.policies import Case, Rule
from requests_app.services import policies as keeping
from requests_app.services import powers

IN_FORCE = "In force"


@dataclass(frozen=True)
class Version:
    """A version, and how it stands at a moment."""

    policy: ApprovalPolicy
    state: str

    @property
    def is_in_force(self) -> bool:
        return self.state == IN_FORCE


@dataclass(frozen=True)
class OfEntity:
    """The rows of one entity, with why this person may not add another one."""

    entity: Entity
    rows: list[Any]
    refusal: str


@dataclass(frozen=True)
class RuleShown:
    rule: Rule
    amounts: str
    kinds: str
    conditions: list[str]
    who: str


@dataclass(frozen=True)
class Answer:
    """Which rule takes a case, and who approves it; no rule, where a draft has none for it yet."""

    rule: RuleShown | None
    steps: list[str]


def versions(by: Actor, at: datetime) -> list[OfEntity]:
    """Of every entity that the person works in; two queries for each."""
    found = []
    for entity in people.entities_of(by.person):
        now, rows = keeping.in_force(entity, at), entity.policies.select_related("decided_by")
        shown = [version(policy, now, at) for policy in rows]
        found.append(OfEntity(entity, shown, keeping.why_not_draft(entity, by)))
    return found


def version(policy: ApprovalPolicy, now: ApprovalPolicy | None, at: datetime) -> Version:
    """A version with how it stands at a moment: one is superseded from the moment that the next
    one takes effect."""
    if policy.status not in ApprovalPolicy.APPROVED:
        return Version(policy, policy.get_status_display())
    if now is not None and now.pk == policy.pk:
        return Version(policy, IN_FORCE)
    is_to_come = policy.starts_at is not None and policy.starts_at > at
    return Version(policy, "Takes effect later" if is_to_come else "Superseded")


def rule_shown(rule: Rule, currency: str) -> RuleShown:
    return RuleShown(
        rule, policy_words.amounts(rule, currency), policy_words.kinds(rule),
        [policies.CONDITIONS.get(name, name) for name in sorted(rule.conditions)],
        policy_words.who(rule, currency),
    )  # fmt: skip


def answer(rules: tuple[Rule, ...], given: dict[str, Any], currency: str) -> Answer:
    case = Case(given["kind"], given["amount"], frozenset(given["conditions"]))
    try:
        rule = policies.matching(rules, case)
    except policies.NoRule:
        return Answer(None, [])
    steps = [policy_words.step_words(step, currency) for step in rule.steps]
    return Answer(rule_shown(rule, currency), steps)


def limits(by: Actor) -> list[OfEntity]:
    rows = ApprovalLimit.objects.select_related("person", "set_by", "entity")
    return of_entities(by, rows, powers.why_not_set)


def delegations(by: Actor) -> list[OfEntity]:
    rows = Delegation.objects.select_related("giver", "taker", "revoked_by", "entity")
    return of_entities(by, rows, why_not_give)


def why_not_give(entity: Entity, by: Actor) -> str:
    return approvers.why_not(by, entity, approvers.APPROVES, "Delegating approvals")


def of_entities(by: Actor, rows: QuerySet[Any], why_not: Any) -> list[OfEntity]:
    """The rows of each entity that the person works in; one query."""
    found = list(rows.visible_to(by.person))  # type: ignore[attr-defined]
    return [
        OfEntity(entity, [row for row in found if row.entity_id == entity.pk], why_not(entity, by))
        for entity in people.entities_of(by.person)
    ]
