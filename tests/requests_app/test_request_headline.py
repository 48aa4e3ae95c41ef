"""The top of a request: whom it waits for, who looks, when the recorder was checked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit import actors
from audit.recording import record, recording
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from requests_app.request_page import headline
from tests import factories
from tests.pages import address, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity)


def in_status(support_request: SupportRequest, status: str) -> SupportRequest:
    with recording("record.changed", by=factories.TESTER, subject=support_request):
        support_request.status = status
        support_request.save()
    return support_request


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("new", "somebody who takes it"), ("waiting_customer", "the customer"),
        ("waiting_vendor", "a vendor"), ("awaiting_approval", "an approver"), ("closed", ""),
        ("cancelled", ""), ("duplicate", ""),
    ],
)  # fmt: skip
def test_each_status_says_whom_the_next_step_is_up_to(
    status: str, words: str, support_request: SupportRequest
) -> None:
    assert headline.waits_for(in_status(support_request, status)) == words


def test_what_somebody_works_on_waits_for_them(
    support_request: SupportRequest, agent: User
) -> None:
    services.take(support_request=support_request, by=factories.actor(agent))
    assert "Waits for Ana Reyes" in text(signed_in(agent).get(address(support_request)))


def test_a_duplicate_leads_to_its_original_and_that_one_back(
    support_request: SupportRequest, agent: User, entity: Entity
) -> None:
    others = [factories.support_request(entity=entity) for _ in range(2)]
    for other in others:
        services.mark_duplicate(
            support_request=other, original=support_request, by=factories.actor(agent)
        )
    client = signed_in(agent)
    html = client.get(address(others[0])).content.decode()
    assert f'<a href="{address(support_request)}">{support_request.number}</a>' in html
    html = client.get(address(support_request)).content.decode()
    assert all(f'<a href="{address(other)}">{other.number}</a>' in html for other in others)


def test_who_opened_it_lately_is_told_to_others_and_not_to_themselves(
    support_request: SupportRequest, agent: User, entity: Entity
) -> None:
    other = factories.person("lead", entity, display_name="Liam Novak")
    mine, theirs = signed_in(agent), signed_in(other)
    assert "opened this" not in text(mine.get(address(support_request)))
    assert "Ana Reyes opened this just now" in text(theirs.get(address(support_request)))
    shown = text(mine.get(address(support_request)))
    assert "Liam Novak opened this just now" in shown
    assert "Ana Reyes opened this" not in shown


def test_a_look_is_told_for_as_long_as_another_one_would_not_be_recorded(
    support_request: SupportRequest, agent: User, entity: Entity
) -> None:
    by = factories.actor(factories.person("lead", entity))
    with recording("request.viewed", by=factories.actor(agent), subject=support_request):
        pass
    [onlooker] = headline.onlookers(support_request, by)
    assert onlooker.name == "Ana Reyes"
    assert headline.onlookers(support_request, factories.actor(agent)) == []


def test_the_last_check_of_the_recorder_is_told_with_what_it_found(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    client = signed_in(auditor)
    assert "The recorder was not checked yet" in text(client.get(address(support_request)))
    by = actors.job("audit.check_trail", 7)
    record("trail.checked", by=by, detail={"problems": []})
    shown = text(client.get(address(support_request)))
    assert "Recorder last checked" in shown
    assert ": nothing found" in shown
    record("trail.checked", by=by, outcome="failed", detail={"problems": ["a trigger is off"]})
    assert "not as it must be" in text(client.get(address(support_request)))
    # Who works on requests can do nothing about it.
    assert "Recorder last checked" not in text(signed_in(agent).get(address(support_request)))


def test_of_the_past_only_checks_of_the_past_are_told(
    support_request: SupportRequest, agent: User
) -> None:
    record("trail.checked", by=actors.job("audit.check_trail", 7))
    assert headline.last_check() is not None
    assert headline.last_check(timezone.now() - timedelta(days=1)) is None


def test_how_often_it_was_reopened_stands_at_the_top(
    support_request: SupportRequest, agent: User
) -> None:
    by = factories.actor(agent)
    services.take(support_request=support_request, by=by)
    for _ in range(2):
        services.resolve(support_request=support_request, resolution="fixed", note="x", by=by)
        services.reopen(support_request=support_request, reason="Again", by=by)
    assert "Reopened 2" in text(signed_in(agent).get(address(support_request)))


def test_minutes_ago_are_by_the_clock(support_request: SupportRequest, agent: User) -> None:
    other = factories.person("lead", support_request.entity, display_name="Liam Novak")
    signed_in(other).get(address(support_request))
    client = signed_in(agent)
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        assert "Liam Novak opened this 4 min ago" in text(client.get(address(support_request)))
