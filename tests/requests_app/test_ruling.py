"""Rules act by themselves, name themselves, and never act for whom a person could not act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from audit.recording import recording
from audit.versions import version_model
from requests_app import people, services, tasks
from requests_app.models import Entity, Message, RoleGrant, Rule, SupportRequest, User
from requests_app.services import ruling
from tests import factories, promises

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(agent: User) -> Actor:
    return factories.actor(agent)


@pytest.fixture
def assigning(entity: Entity, agent: User) -> Rule:
    return promises.rule(
        entity, "assign_by_category", name="Billing to Ana", category="Billing", assignee=agent
    )


@pytest.fixture
def closing(entity: Entity) -> Rule:
    return promises.rule(entity, "close_after_silence", name="Silence", days=7)


def keep_time() -> int:
    return tasks.keep_time(None, timestamp=1_700_000_000)["closed"]


def test_a_new_request_is_assigned_by_the_rule_of_its_category_on_record(
    entity: Entity, agent: User, assigning: Rule
) -> None:
    row = factories.support_request(entity=entity, category=" billing")
    assert SupportRequest.objects.get(pk=row.pk).assignee == agent
    first, second = Event.objects.of_support_request(row.pk)
    assert (first.kind, second.kind) == ("request.opened", "request.assigned")
    assert first.txid == second.txid
    version = version_model(Rule).objects.get(id=assigning.pk)
    assert (second.actor_kind, second.actor_label) == ("rule", "Rule Billing to Ana")
    assert (second.cause_kind, second.cause_id, second.cause_version) == (
        "rule", f"requests_app.rule/{assigning.pk}", str(version.history_id),
    )  # fmt: skip


def test_other_categories_entities_and_ended_rules_assign_nobody(
    entity: Entity, assigning: Rule
) -> None:
    assert factories.support_request(entity=entity, category="Delivery").assignee is None
    assert factories.support_request(entity=entity).assignee is None
    assert factories.support_request(category="Billing").assignee is None
    services.end_rule(rule=assigning, by=factories.TESTER, reason="r")
    assert factories.support_request(entity=entity, category="Billing").assignee is None


def test_a_rule_whose_assignee_lost_the_role_is_skipped_and_that_is_said_once(
    entity: Entity, agent: User, assigning: Rule
) -> None:
    grant = RoleGrant.objects.get(person=agent)
    yesterday = entity.today() - timedelta(days=1)
    with recording("role.granted", by=factories.TESTER, subject=grant):
        RoleGrant.objects.filter(pk=grant.pk).update(starts_on=yesterday)
    grant.refresh_from_db()
    people.end_role(by=factories.TESTER, grant=grant, last_day=yesterday, reason="Left")
    for _ in range(2):
        assert factories.support_request(entity=entity, category="Billing").assignee is None
    [event] = Event.objects.filter(kind="rule.skipped")
    assert (event.outcome, event.subject_id) == ("done", str(assigning.pk))
    assigning.refresh_from_db()
    assert assigning.trouble.startswith("Ana Reyes cannot be given this request.")
    people.grant_role(by=factories.TESTER, person=agent, entity=entity, role="lead")
    assert factories.support_request(entity=entity, category="Billing").assignee == agent
    assert Event.objects.filter(kind="rule.recovered").count() == 1
    assigning.refresh_from_db()
    assert assigning.trouble == ""


def test_a_request_that_cannot_be_opened_is_not_assigned_either(
    entity: Entity, assigning: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(ruling, "assign", fails)
    with pytest.raises(RuntimeError):
        factories.support_request(entity=entity, category="Billing")
    assert not SupportRequest.objects.exists()
    assert list(Event.objects.filter(kind="request.opened").values_list("outcome", flat=True)) == [
        "failed"
    ]


def resolved(entity: Entity, by: Actor, days_ago: float, **facts: Any) -> SupportRequest:
    row: SupportRequest = factories.support_request(entity=entity, **facts)
    services.take(support_request=row, by=by)
    services.resolve(
        support_request=row, resolution="fixed", note="Done", by=by,
        occurred_at=timezone.now() - timedelta(days=days_ago),
    )  # fmt: skip
    return row


def answered(row: SupportRequest) -> None:
    with recording("request.noted", by=factories.TESTER, subject=row):
        Message.objects.create(
            support_request=row, kind="customer", author_label="Customer", body="Still broken"
        )


def test_what_stays_silent_long_enough_is_closed_by_the_rule_on_record(
    entity: Entity, by: Actor, closing: Rule
) -> None:
    old, young = resolved(entity, by, 7.1), resolved(entity, by, 6.9)
    assert (keep_time(), keep_time()) == (1, 0)
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.status, young.status) == ("closed", "resolved")
    event = Event.objects.of_support_request(old.pk).latest("id")
    assert (event.kind, event.actor_label, event.cause_kind) == (
        "request.closed", "Rule Silence", "rule",
    )  # fmt: skip
    assert event.reason == "Silence: no answer from the customer within 7 days of its resolution."


def test_what_the_customer_answered_is_left_to_people(
    entity: Entity, by: Actor, closing: Rule
) -> None:
    answered(resolved(entity, by, 9))
    assert keep_time() == 0


def test_nothing_is_closed_that_was_reopened_or_is_of_another_entity(
    entity: Entity, by: Actor, closing: Rule
) -> None:
    row = resolved(entity, by, 9)
    services.reopen(support_request=row, reason="r", by=by)
    other = factories.entity()
    elsewhere = factories.actor(factories.person("agent", other))
    resolved(other, elsewhere, 9)
    assert keep_time() == 0


def test_a_rule_for_a_category_goes_before_the_one_for_all_others(
    entity: Entity, by: Actor, closing: Rule
) -> None:
    promises.rule(entity, "close_after_silence", name="Slow", days=30, category="Contract")
    slow, quick = resolved(entity, by, 9, category="contract"), resolved(entity, by, 9)
    keep_time()
    slow.refresh_from_db()
    quick.refresh_from_db()
    assert (slow.status, quick.status) == ("resolved", "closed")


def test_what_somebody_did_between_the_search_and_the_lock_is_respected(
    entity: Entity, by: Actor, closing: Rule
) -> None:
    row = resolved(entity, by, 9)
    [rule] = ruling.rules.in_use("close_after_silence")
    answered(row)
    before = Event.objects.count()
    assert not ruling.close_by_rule(rule, row)
    assert Event.objects.count() == before


def test_a_run_closes_no_more_than_it_may_and_the_oldest_first(
    entity: Entity, by: Actor, closing: Rule
) -> None:
    younger, older = resolved(entity, by, 8), resolved(entity, by, 9)
    assert ruling.close_silent(1) == 1
    older.refresh_from_db()
    younger.refresh_from_db()
    assert (older.status, younger.status) == ("closed", "resolved")
