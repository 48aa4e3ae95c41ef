"""The usual matrix of approvals, and an entity with people who keep it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone

from audit.actors import Actor
from requests_app.models import ApprovalPolicy, Entity, User
from requests_app.policies import Rule, Step
from requests_app.services import policies, powers
from tests import factories

AT = datetime(2026, 9, 15, 12, tzinfo=UTC)
LATER = AT + timedelta(days=1)


def step(number: int, role: str, **facts: Any) -> Step:
    return Step(**{"number": number, "mode": "any", "count": 1, "role": role} | facts)


def rule(
    priority: int, name: str, minimum: str, maximum: str | None, *roles: str, **facts: Any
) -> Rule:
    given: dict[str, Any] = {
        "kinds": frozenset(), "conditions": frozenset(), "daily_cap": None,
        "steps": tuple(step(number, role) for number, role in enumerate(roles, start=1)),
    }  # fmt: skip
    return Rule(
        priority=priority, name=name, minimum=Decimal(minimum),
        maximum=None if maximum is None else Decimal(maximum), **given | facts,
    )  # fmt: skip


def usual() -> tuple[Rule, ...]:
    return (
        rule(1, "Without an invoice: lead and controller", "0", "5000", "lead", "controller",
             conditions=frozenset({"no_invoice"})),
        rule(2, "Below 500: by itself", "0", "500", daily_cap=Decimal(2000)),
        rule(3, "From 500: lead", "500", "5000", "lead"),
        rule(4, "From 5,000: lead and controller", "5000", "25000", "lead", "controller"),
        rule(5, "Anything else: lead, controller and executive", "0", None, "lead", "controller",
             "executive"),
    )  # fmt: skip


@dataclass
class Keepers:
    """Who keeps the policy of an entity."""

    entity: Entity = field(default_factory=factories.entity)

    @cached_property
    def controller(self) -> User:
        return factories.person("controller", self.entity)

    @cached_property
    def other(self) -> User:
        return factories.person("controller", self.entity)

    @cached_property
    def executive(self) -> User:
        return factories.person("executive", self.entity)

    def by(self, name: str = "controller") -> Actor:
        return factories.actor(getattr(self, name))

    def draft(self, rules: Any = "usual", **facts: Any) -> ApprovalPolicy:
        given = {"by": self.by(), "at": AT} | facts
        return policies.draft(
            entity=self.entity, rules=usual() if rules == "usual" else rules, **given
        )

    def proposed(self, rules: Any = "usual", **facts: Any) -> ApprovalPolicy:
        policy = self.draft(rules, **facts)
        return policies.propose(policy=policy, by=self.by(), reason="The board asked for it.")

    def approved(self, at: datetime = AT, **facts: Any) -> ApprovalPolicy:
        return policies.approve(
            policy=self.proposed(**facts), by=self.by("executive"), reason="As agreed.", at=at
        )


def ids_of_powers(entity: Entity, mark: str, people: dict[str, User]) -> dict[str, int]:
    """A draft, a limit and a delegation for whoever visits every address."""
    executive, lead = factories.actor(people["executive"]), factories.actor(people["lead"])
    rules = [replace(each, name=f"{mark} {each.name}") for each in usual()]
    policy = policies.draft(
        entity=entity, rules=rules, by=executive, at=timezone.now(), note=f"{mark} note"
    )
    limit = powers.set_limit(
        entity=entity, role="lead", amount=Decimal(5000), starts_on=entity.today(),
        on=entity.today(), by=executive, reason=f"{mark} why",
    )  # fmt: skip
    now = timezone.now()
    delegation = powers.delegate(
        giver=people["lead"], taker=people["agent"], entity=entity, starts_at=now, at=now,
        ends_at=now + timedelta(days=7), by=lead, reason=f"{mark} away",
    )  # fmt: skip
    return {
        "policy_id": policy.pk, "rule_id": policies.rules_of(policy)[1].pk or 0,
        "limit_id": limit.pk, "delegation_id": delegation.pk,
    }  # fmt: skip
