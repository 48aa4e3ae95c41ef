"""What the database itself refuses of policies, limits and delegations, whoever writes and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from audit.recording import recording
from requests_app.models import ApprovalPolicy, PolicyRule, PolicyStep
from requests_app.services import policies
from tests import factories
from tests.requests_app.matrix import AT, Keepers, usual

pytestmark = pytest.mark.django_db
POLICY, RULE, STEP = (
    "requests_app_approvalpolicy", "requests_app_policyrule", "requests_app_policystep",
)  # fmt: skip


@pytest.fixture
def keepers() -> Keepers:
    return Keepers()


def sql(words: str, *given: Any) -> None:
    """As the application's own role, within an event."""
    with recording("policy.changed", by=factories.TESTER), connection.cursor() as cursor:
        cursor.execute(words, given)


@pytest.mark.parametrize("state", ["proposed", "approved"])
@pytest.mark.parametrize("words", [
    f"UPDATE {RULE} SET maximum = 9999999 WHERE priority = 3",
    f"UPDATE {RULE} SET priority = NULL WHERE priority = 1",
    f"UPDATE {RULE} SET daily_cap = 999999 WHERE daily_cap IS NOT NULL",
    f"UPDATE {STEP} SET role = 'lead'",
    f"UPDATE {STEP} SET number = NULL WHERE number = 3",
    f"INSERT INTO {RULE} (policy_id, entity_id, priority, name, kinds, currency, minimum,"
    f" conditions) SELECT policy_id, entity_id, 90, 'All', '{{}}', currency, 0, '{{}}'"
    f" FROM {RULE} WHERE priority = 1",
    f"INSERT INTO {STEP} (rule_id, entity_id, number, mode, count, role, currency, escalate_to)"
    f" SELECT rule_id, entity_id, 9, 'any', 1, 'lead', currency, '' FROM {STEP} LIMIT 1",
])  # fmt: skip
def test_rules_and_steps_never_change_once_proposed(
    keepers: Keepers, words: str, state: str
) -> None:
    getattr(keepers, state)()

    with pytest.raises(IntegrityError, match="so its rules never change"):
        sql(words)


@pytest.mark.parametrize("table", [POLICY, RULE, STEP])
def test_the_application_deletes_nothing_of_a_policy(keepers: Keepers, table: str) -> None:
    keepers.draft()
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql(f"DELETE FROM {table}")


@pytest.mark.parametrize("change", [
    "version = 9", "window_days = 300", "note = 'other'", "editors = '{}'", "edits = 0",
    "currency = 'EUR'", "proposed_by_id = drafted_by_id",
    "status = 'draft', proposed_by_id = NULL", "status = 'declined'", "starts_at = '2020-01-01'",
    "decided_at = '2020-01-01', starts_at = '2020-01-01'",
])  # fmt: skip
def test_an_approved_version_never_changes(keepers: Keepers, change: str) -> None:
    policies.change_draft(policy=(policy := keepers.draft()), by=keepers.by("other"), note="One")
    policies.propose(policy=policy, by=keepers.by("other"), reason="Ready.")
    policies.approve(policy=policy, by=keepers.by("executive"), reason="Good.", at=AT)

    with pytest.raises(IntegrityError, match=r"never changes|never becomes"):
        sql(f"UPDATE {POLICY} SET {change}")


def test_a_version_begins_as_a_draft(keepers: Keepers) -> None:
    with pytest.raises(IntegrityError, match="a policy begins as a draft"):
        made(keepers, status="in_force")


def made(keepers: Keepers, **facts: Any) -> ApprovalPolicy:
    given: dict[str, Any] = {
        "entity": keepers.entity, "version": 1, "currency": "USD", "drafted_by": keepers.controller,
    }  # fmt: skip
    policy = ApprovalPolicy(**given | facts)
    with recording("policy.drafted", by=factories.TESTER, subject=policy):
        policy.save()
    return policy


def test_who_wrote_on_it_is_no_approver_to_the_database_either(keepers: Keepers) -> None:
    keepers.proposed()
    words = (
        f"UPDATE {POLICY} SET status = 'in_force', decided_by_id = %s, decided_at = %s,"
        " starts_at = %s"
    )

    with pytest.raises(IntegrityError, match="who wrote on version 1 does not approve it"):
        sql(words, keepers.controller.pk, AT, AT)


def test_who_proposed_it_is_no_approver_to_the_database_either(keepers: Keepers) -> None:
    policies.propose(policy=keepers.draft(), by=keepers.by("other"), reason="Ready.")
    words = (
        f"UPDATE {POLICY} SET status = 'in_force', decided_by_id = %s, decided_at = %s,"
        " starts_at = %s"
    )

    with pytest.raises(IntegrityError, match="approval_policy_approved_by_another"):
        sql(words, keepers.other.pk, AT, AT)


def test_a_proposal_takes_everything_to_the_database_too(keepers: Keepers) -> None:
    keepers.draft(usual()[:-1])

    with pytest.raises(IntegrityError, match="version 1 leaves cases without a rule"):
        sql(f"UPDATE {POLICY} SET status = 'proposed', proposed_by_id = drafted_by_id")


def test_a_version_is_copied_from_one_of_its_own_entity(keepers: Keepers) -> None:
    other = Keepers().draft()

    with pytest.raises(IntegrityError, match="from one of its own entity"):
        made(keepers, copied_from=other)


def part_of_another_entity(keepers: Keepers) -> None:
    policy = keepers.draft()
    PolicyRule.objects.create(
        policy=policy, entity=factories.entity(), priority=9, name="Ours", currency="USD"
    )


def part_in_another_currency(keepers: Keepers) -> None:
    PolicyRule.objects.create(
        policy=keepers.draft(), entity=keepers.entity, priority=9, name="Euro", currency="EUR"
    )


def step_of_another_entity(keepers: Keepers) -> None:
    held = PolicyRule.objects.filter(policy=keepers.draft()).first()
    assert held is not None
    PolicyStep.objects.create(
        rule=held, entity=factories.entity(), number=9, mode="any", role="lead", currency="USD"
    )


@pytest.mark.parametrize(
    "act", [part_of_another_entity, part_in_another_currency, step_of_another_entity]
)
def test_a_part_is_of_its_entity(keepers: Keepers, act: Callable[[Keepers], None]) -> None:
    with (
        pytest.raises(IntegrityError, match="of the entity and the currency"),
        recording("policy.changed", by=factories.TESTER),
    ):
        act(keepers)


def test_a_rule_stays_with_its_policy(keepers: Keepers) -> None:
    keepers.draft()
    second = keepers.draft()

    with pytest.raises(IntegrityError, match="stays with its policy"):
        sql(f"UPDATE {RULE} SET policy_id = %s", second.pk)
