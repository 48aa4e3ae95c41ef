"""Each constraint of policies, limits and delegations refuses a bad row by its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, models

from audit.recording import recording
from requests_app.models import (
    ApprovalLimit,
    ApprovalPolicy,
    Delegation,
    PolicyRule,
    PolicyStep,
)
from tests import factories
from tests.requests_app.matrix import AT, Keepers

pytestmark = pytest.mark.django_db
Make = Callable[..., models.Model]
DAY = date(2026, 9, 15)


@pytest.fixture
def keepers() -> Keepers:
    return Keepers()


def policy(keepers: Keepers, *, versions: tuple[int, ...] = (1,), **facts: Any) -> ApprovalPolicy:
    for version in versions:
        made = ApprovalPolicy.objects.create(
            entity=keepers.entity, version=version, currency="USD", drafted_by=keepers.controller,
            **facts,
        )  # fmt: skip
    return made


def rule(keepers: Keepers, *, priorities: tuple[int, ...] = (1,), **facts: Any) -> PolicyRule:
    of = policy(keepers)
    for priority in priorities:
        made = PolicyRule.objects.create(
            policy=of, entity=keepers.entity, currency="USD", name="x", priority=priority, **facts
        )
    judge()
    return made


def step(keepers: Keepers, *, numbers: tuple[int, ...] = (1,), **facts: Any) -> PolicyStep:
    of = rule(keepers)
    for number in numbers:
        made = PolicyStep.objects.create(
            rule=of, entity=keepers.entity, currency="USD", number=number,
            **{"mode": "any", "role": "lead"} | facts,
        )  # fmt: skip
    judge()
    return made


def judge() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def decided(keepers: Keepers, *, times: int = 1, by: str = "executive", **facts: Any) -> Any:
    """A draft that goes to a state by itself, with the columns a state needs, but for these."""
    for _ in range(times):
        made = keepers.draft()
        with recording("policy.changed", by=factories.TESTER, subject=made):
            ApprovalPolicy.objects.filter(pk=made.pk).update(
                status="proposed", proposed_by=keepers.controller
            )
    state = {"status": "in_force", "decided_by": getattr(keepers, by), "decided_at": AT,
             "starts_at": AT}  # fmt: skip
    ApprovalPolicy.objects.filter(pk=made.pk).update(**state | facts)
    return made


def proposed_by_nobody(keepers: Keepers) -> models.Model:
    made = keepers.draft()
    ApprovalPolicy.objects.filter(pk=made.pk).update(status="proposed")
    return made


def limit(keepers: Keepers, *, times: int = 1, **facts: Any) -> ApprovalLimit:
    named = {"person": getattr(keepers, facts["person"])} if facts.get("person") else {}
    for _ in range(times):
        made = ApprovalLimit.objects.create(
            **{
                "entity": keepers.entity, "currency": "USD", "amount": Decimal(5), "role": "lead",
                "starts_on": DAY, "set_by": keepers.controller,
            } | facts | named,
        )  # fmt: skip
    return made


def delegation(keepers: Keepers, *, to_itself: bool = False, **facts: Any) -> Delegation:
    return Delegation.objects.create(
        **{
            "giver": keepers.controller, "entity": keepers.entity, "currency": "USD",
            "taker": keepers.controller if to_itself else keepers.other, "starts_at": AT,
            "ends_at": AT + timedelta(days=30), "reason": "Away", "created_by": keepers.controller,
        } | facts,
    )  # fmt: skip


OWN = {"person": "other", "role": ""}
BAD: list[tuple[str, Make, dict[str, Any]]] = [
    ("approval_policy_version_once", policy, {"versions": (1, 1)}),
    ("approval_policy_counts_from_one", policy, {"versions": (0,)}),
    ("approval_policy_counts_from_one", policy, {"window_days": 0}),
    ("approval_policy_counts_from_one", policy, {"window_days": 367}),
    ("approval_policy_proposed_once", decided, {"times": 2}),
    ("approval_policy_somebody_proposed", proposed_by_nobody, {}),
    ("approval_policy_approved_by_another", decided, {"decided_by": None}),
    ("approval_policy_starts_after_approval", decided, {"starts_at": AT - timedelta(seconds=1)}),
    ("approval_policy_starts_after_approval", decided, {"starts_at": None}),
    ("approval_policy_starts_after_approval", decided, {"decided_at": None}),
    ("approval_policy_somebody_declined", decided,
     {"status": "declined", "decided_by": None, "starts_at": None}),
    ("policy_rule_priority_once", rule, {"priorities": (1, 1)}),
    ("policy_rule_takes_amounts", rule, {"minimum": -1}),
    ("policy_rule_takes_amounts", rule, {"minimum": 5, "maximum": 5}),
    ("policy_rule_takes_amounts", rule, {"daily_cap": 0}),
    ("policy_step_number_once", step, {"numbers": (1, 1)}),
    ("policy_step_counts_people", step, {"count": 2}),
    ("policy_step_counts_people", step, {"mode": "all", "count": 0}),
    ("policy_step_counts_people", step, {"mode": "quorum", "count": 1}),
    ("policy_step_is_for_approvers", step, {"role": "treasurer"}),
    ("policy_step_is_for_approvers", step, {"escalate_to": "executive"}),
    ("policy_step_is_for_approvers", step, {"escalate_to": "agent", "hours": 8}),
    ("approval_limit_open_once_per_person", limit, {"times": 2, **OWN}),
    ("approval_limit_open_once_per_role", limit, {"times": 2}),
    ("approval_limit_is_of_a_person_or_a_role", limit, {"role": ""}),
    ("approval_limit_is_of_a_person_or_a_role", limit, {"person": "other"}),
    ("approval_limit_is_of_a_person_or_a_role", limit, {"role": "agent"}),
    ("approval_limit_is_an_amount_for_days", limit, {"amount": -1}),
    ("approval_limit_is_an_amount_for_days", limit, {"ends_on": DAY - timedelta(days=2)}),
    ("approval_limit_set_by_another", limit, {"person": "controller", "role": ""}),
    ("delegation_is_to_another", delegation, {"to_itself": True}),
    ("delegation_ends_within_thirty_days", delegation, {"ends_at": AT}),
    ("delegation_ends_within_thirty_days", delegation,
     {"ends_at": AT + timedelta(days=30, seconds=1)}),
    ("delegation_revoked_by_somebody", delegation, {"revoked_at": AT}),
    ("delegation_is_for_an_amount", delegation, {"most": 0}),
]  # fmt: skip
GOOD: list[tuple[Make, dict[str, Any]]] = [
    (policy, {"versions": (1, 2)}),
    (decided, {}),
    (rule, {"priorities": (1, 2), "minimum": 5, "maximum": Decimal("5.0001")}),
    (step, {"numbers": (1, 2), "hours": 1, "escalate_to": "controller"}),
    (step, {"mode": "quorum", "count": 2}),
    (limit, {"ends_on": DAY - timedelta(days=1)}),
    (limit, OWN | {"amount": 0}),
    (delegation, {"most": Decimal("0.0001")}),
]


@pytest.mark.parametrize(("name", "make", "values"), BAD)
def test_a_bad_row_is_refused_by_the_constraint_of_this_name(
    name: str, make: Make, values: dict[str, Any], keepers: Keepers
) -> None:
    people(keepers)
    with (
        pytest.raises(IntegrityError, match=name),
        recording("policy.changed", by=factories.TESTER),
    ):
        make(keepers, **values)


@pytest.mark.parametrize(("make", "values"), GOOD)
def test_a_row_at_the_edge_of_what_is_right_is_accepted(
    make: Make, values: dict[str, Any], keepers: Keepers
) -> None:
    people(keepers)
    with recording("policy.changed", by=factories.TESTER):
        assert make(keepers, **values).pk


def people(keepers: Keepers) -> None:
    assert {keepers.controller, keepers.other, keepers.executive}
