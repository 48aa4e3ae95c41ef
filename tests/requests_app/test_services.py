"""Each verb works, is recorded once, and refuses the wrong person and the wrong state."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection

from audit.actors import Actor
from audit.models import Event
from audit.recording import ReasonMissing, recording
from requests_app import services
from requests_app.models import Entity, RawIntake, SupportRequest
from tests import factories

pytestmark = pytest.mark.django_db

Verb = Callable[..., Any]
FACTS = {
    "requested_remedy": "refund", "claimed_amount": Decimal("12.50"), "claimed_currency": "USD",
    "invoice_reference": "INV-1", "contract_reference": "C-7", "contact_name": "Ms. Vega",
    "contact_address": "vega@harbor.example", "reason": "Read again",
}  # fmt: skip
VERBS: dict[str, tuple[Verb, dict[str, Any], str, str]] = {
    "take": (services.take, {}, "new", "request.taken"),
    "reply": (services.reply, {"body": "Hello"}, "in_progress", "request.replied"),
    "change_priority": (
        services.change_priority, {"priority": "high"}, "in_progress", "request.priority_changed",
    ),
    "resolve": (
        services.resolve, {"resolution": "refunded", "note": "Paid back"}, "in_progress",
        "request.resolved",
    ),
    "note": (services.note, {"body": "Ask Ben"}, "closed", "request.noted"),
    "triage": (
        services.triage, {"priority": "high", "category": "Billing"}, "new", "request.triaged",
    ),
    "correct_facts": (services.correct_facts, FACTS, "in_progress", "request.facts_corrected"),
    "reject": (services.reject, {"reason": "Not ours"}, "in_progress", "request.rejected"),
    "change_category": (
        services.change_category, {"category": "Billing"}, "in_progress",
        "request.category_changed",
    ),
    "wait": (
        services.wait, {"waiting_for": "waiting_vendor"}, "in_progress", "request.waiting_started",
    ),
    "resume": (services.resume, {}, "waiting", "request.resumed"),
    "assign": (services.assign, {"assignee": None}, "in_progress", "request.assigned"),
    "cancel": (services.cancel, {"reason": "Opened by mistake"}, "new", "request.cancelled"),
    "close": (services.close, {}, "resolved", "request.closed"),
    "reopen": (services.reopen, {"reason": "It came back"}, "closed", "request.reopened"),
}  # fmt: skip
LEADS_TO = {
    "take": "in_progress", "reply": "in_progress", "change_priority": "in_progress",
    "resolve": "resolved", "close": "closed", "reopen": "in_progress", "note": "closed",
    "change_category": "in_progress", "wait": "waiting_vendor", "resume": "in_progress",
    "assign": "in_progress", "cancel": "cancelled", "triage": "triaged", "reject": "rejected",
    "correct_facts": "in_progress",
}  # fmt: skip
REFUSED_IN = {
    "take": "closed", "reply": "closed", "change_priority": "closed", "resolve": "new",
    "close": "in_progress", "reopen": "in_progress", "change_category": "closed", "wait": "new",
    "resume": "in_progress", "assign": "closed", "cancel": "closed", "triage": "in_progress",
    "reject": "resolved", "correct_facts": "resolved",
}  # fmt: skip


@pytest.fixture
def entity() -> Entity:
    return factories.entity()


@pytest.fixture
def agent(entity: Entity) -> Actor:
    return factories.actor(factories.person("agent", entity))


def request_in(status: str, entity: Entity, agent: Actor) -> SupportRequest:
    """A request brought to a status by the verbs that lead there."""
    opened = factories.support_request(entity=entity)
    steps: dict[str, list[Verb]] = {
        "new": [],
        "in_progress": [take],
        "waiting": [take, wait],
        "resolved": [take, resolve],
        "closed": [take, resolve, close],
    }
    for step in steps[status]:
        step(opened, agent)
    return opened


def take(support_request: SupportRequest, by: Actor) -> None:
    services.take(support_request=support_request, by=by)


def wait(support_request: SupportRequest, by: Actor) -> None:
    services.wait(support_request=support_request, waiting_for="waiting_customer", by=by)


def resolve(support_request: SupportRequest, by: Actor) -> None:
    services.resolve(support_request=support_request, resolution="fixed", note="Done", by=by)


def close(support_request: SupportRequest, by: Actor) -> None:
    services.close(support_request=support_request, by=by)


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_moves_the_request_and_is_recorded_once(
    name: str, entity: Entity, agent: Actor
) -> None:
    verb, arguments, status, kind = VERBS[name]
    support_request = request_in(status, entity, agent)
    verb(support_request=support_request, by=agent, **arguments)
    support_request.refresh_from_db()
    assert support_request.status == LEADS_TO[name]
    [event] = (
        Event.objects.of_support_request(support_request.pk).filter(kind=kind).order_by("-id")[:1]
    )
    assert (event.outcome, event.actor_id, event.actor_role) == ("done", agent.id, "Agent")
    assert (event.entity_id, event.subject_label) == (entity.pk, str(support_request))


@pytest.mark.parametrize("name", REFUSED_IN)
def test_a_verb_refuses_the_wrong_state_and_says_so(
    name: str, entity: Entity, agent: Actor
) -> None:
    verb, arguments, _, kind = VERBS[name]
    support_request = request_in(REFUSED_IN[name], entity, agent)
    versions = support_request.history.count()
    with pytest.raises(services.RequestRefused) as refused:
        verb(support_request=support_request, by=agent, **arguments)
    event = Event.objects.of_support_request(support_request.pk).latest("id")
    assert (event.kind, event.outcome) == (kind, "denied")
    assert event.detail["refusal"] == str(refused.value)
    assert support_request.history.count() == versions


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_refuses_a_person_without_the_role_there(
    name: str, entity: Entity, agent: Actor
) -> None:
    verb, arguments, status, kind = VERBS[name]
    support_request = request_in(status, entity, agent)
    elsewhere = factories.actor(factories.person("agent", factories.entity()))
    with pytest.raises(services.RequestRefused, match="needs the role agent or lead there"):
        verb(support_request=support_request, by=elsewhere, **arguments)
    event = Event.objects.of_support_request(support_request.pk).latest("id")
    assert (event.kind, event.outcome, event.actor_id) == (kind, "denied", elsewhere.id)


@pytest.mark.parametrize("role", ["auditor", "administrator", "controller"])
def test_a_role_that_looks_does_not_work_on_requests(role: str, entity: Entity) -> None:
    looking = factories.actor(factories.person(role, entity))
    with pytest.raises(services.RequestRefused):
        services.take(support_request=factories.support_request(entity=entity), by=looking)


def test_taking_twice_records_one_event(entity: Entity, agent: Actor) -> None:
    support_request = request_in("in_progress", entity, agent)
    services.take(support_request=support_request, by=agent)
    taken = Event.objects.of_support_request(support_request.pk).filter(kind="request.taken")
    assert taken.count() == 1


def test_setting_the_same_priority_records_nothing(entity: Entity, agent: Actor) -> None:
    support_request = request_in("in_progress", entity, agent)
    before = Event.objects.count()
    services.change_priority(support_request=support_request, priority="normal", by=agent)
    assert Event.objects.count() == before


def test_reopening_needs_a_reason(entity: Entity, agent: Actor) -> None:
    support_request = request_in("closed", entity, agent)
    with pytest.raises(ReasonMissing, match="needs a reason"):
        services.reopen(support_request=support_request, by=agent, reason="  ")
    support_request.refresh_from_db()
    assert support_request.status == "closed"


def test_reopening_keeps_the_earlier_resolution_in_the_trail(entity: Entity, agent: Actor) -> None:
    support_request = request_in("closed", entity, agent)
    services.reopen(support_request=support_request, by=agent, reason="It came back")
    assert support_request.resolution == ""
    assert "fixed" in support_request.history.values_list("resolution", flat=True)


def test_opening_gives_the_next_number_of_entity_and_year(entity: Entity, agent: Actor) -> None:
    numbers = [
        factories.support_request(entity=entity, by=agent).number.rpartition("-")[2]
        for _ in range(3)
    ]
    assert numbers == ["000001", "000002", "000003"]
    assert factories.support_request().number.endswith("000001")


def test_a_refused_opening_uses_no_number(entity: Entity, agent: Actor) -> None:
    looking = factories.actor(factories.person("auditor", entity))
    with pytest.raises(services.RequestRefused):
        factories.support_request(entity=entity, by=looking)
    assert factories.support_request(entity=entity, by=agent).number.endswith("000001")


def test_the_original_is_kept_byte_for_byte_with_its_hash(entity: Entity, agent: Actor) -> None:
    raw = b"Subject: \xff\xfe broken\r\n\r\n\x00"
    opened = factories.support_request(entity=entity, by=agent, original=raw, description="broken")
    opened.refresh_from_db()
    assert bytes(opened.intake.content) == raw
    assert opened.intake.sha256 == hashlib.sha256(raw).hexdigest()
    assert opened.intake.size == len(raw)
    assert opened.intake.history.get().sha256 == opened.intake.sha256


@pytest.mark.parametrize("statement", [
    "UPDATE requests_app_rawintake SET media_type = 'text/html' WHERE id = %s",
    "UPDATE requests_app_rawintake SET content = content WHERE id = %s",
    "DELETE FROM requests_app_rawintake WHERE id = %s",
])  # fmt: skip
def test_the_application_may_neither_change_nor_delete_an_original(
    statement: str, entity: Entity, agent: Actor
) -> None:
    intake = factories.support_request(entity=entity, by=agent).intake

    with (
        pytest.raises(ProgrammingError, match="permission denied for table requests_app_rawintake"),
        recording("request.updated", by=agent),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [intake.pk])

    assert RawIntake.objects.values().get(pk=intake.pk)["sha256"] == intake.sha256


def test_what_was_claimed_is_not_what_was_granted(entity: Entity, agent: Actor) -> None:
    opened = factories.support_request(
        entity=entity, by=agent, claimed_amount="25000", claimed_currency="USD"
    )
    opened.refresh_from_db()
    assert (str(opened.claimed_amount), opened.claimed_currency) == ("25000.0000", "USD")
    assert not opened.adjustments.exists()
