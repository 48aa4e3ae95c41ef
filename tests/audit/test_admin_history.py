"""The change history of a row asked for by person, field and days; the differences stay true."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from audit import moments
from audit.admin import site
from audit.models import Event
from requests_app import services
from requests_app.logs import states
from requests_app.models import Role, SupportRequest
from requests_app.request_page import origins
from tests import factories
from tests.audit.desk import Desk, as_role, new_desk

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r'rowheader" class="table__id"><a href="[^"]*/history/(\d+)/"')


@pytest.fixture
def desk() -> Desk:
    """Four versions by the agent and the tester, then two changes of priority by the lead."""
    made = new_desk()
    lead = factories.actor(made.people[Role.LEAD])
    for priority in ("high", "critical"):
        services.change_priority(support_request=made.request, priority=priority, by=lead)
    return made


def page(desk: Desk, **asked: str) -> Any:
    address = reverse("admin:requests_app_supportrequest_history", args=[desk.request.pk])
    return as_role(desk, Role.AUDITOR).get(address, asked)


def versions(answer: Any) -> list[int]:
    return [int(found) for found in NUMBER.findall(answer.content.decode())]


def test_by_one_person_are_the_versions_that_person_made(desk: Desk) -> None:
    lead = desk.people[Role.LEAD]
    shown = page(desk, actor=f"user:{lead.pk}")
    newest = desk.request.history.order_by("-history_id")[:2]

    assert versions(shown) == [version.pk for version in newest]
    assert "Show all 6" in shown.content.decode()


def test_of_one_field_are_the_versions_that_changed_it(desk: Desk) -> None:
    of_status = versions(page(desk, field="status"))
    of_priority = versions(page(desk, field="priority"))

    told = desk.request.history.order_by("-history_id").values_list("pk", "status", "priority")
    assert of_status == [told[4][0], told[5][0]]
    assert of_priority == [told[0][0], told[1][0], told[5][0]]


def test_a_value_that_was_never_set_is_no_change(desk: Desk) -> None:
    assert versions(page(desk, field="claimed_amount")) == []
    assert "No version matches." in page(desk, field="claimed_amount").content.decode()


def test_each_difference_is_to_the_version_before_it_though_that_is_filtered_out(
    desk: Desk,
) -> None:
    shown = re.sub(r"<[^>]+>|\s+", " ", page(desk, field="status").content.decode())

    # Taking changed status and assignee alone; against the newer page it would be the text as well.
    assert "fields changed: status, assignee" in shown
    assert "description" not in shown.partition("fields changed:")[2].partition("fields set:")[0]


def test_days_are_included_and_the_wrong_order_is_said(desk: Desk) -> None:
    today = desk.request.history.latest("history_id").history_date.date().isoformat()

    assert len(versions(page(desk, since=today, until=today))) == 6
    assert versions(page(desk, since="2020-01-01", until="2020-01-02")) == []
    wrong = page(desk, since="2026-02-01", until="2026-01-01")
    assert "The last day lies before the first." in wrong.content.decode()
    assert versions(wrong) == []


@pytest.mark.parametrize("asked", [{"field": "password"}, {"actor": "user:x"}, {"since": "soon"}])
def test_what_is_not_offered_is_refused_in_words(desk: Desk, asked: dict[str, str]) -> None:
    shown = page(desk, **asked)

    assert versions(shown) == []
    assert "errorlist" in shown.content.decode()


def test_the_pages_of_a_filtered_history_stay_filtered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(site._registry[SupportRequest]), "history_list_per_page", 1)
    first = page(desk, field="priority")
    second = page(desk, field="priority", p="2")

    assert "?field=priority&amp;p=2" in first.content.decode()
    assert len(versions(first)) == len(versions(second)) == 1
    assert versions(first) > versions(second)


def test_a_filter_costs_the_same_however_many_versions_there_are(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    lead = factories.actor(desk.people[Role.LEAD])
    for number in range(30):
        services.change_priority(
            support_request=desk.request, priority=("low", "high")[number % 2], by=lead
        )
    client = as_role(desk, Role.AUDITOR)
    address = reverse("admin:requests_app_supportrequest_history", args=[desk.request.pk])
    client.get(address)
    # 12 of the page; 7 read what the versions changed, under which events, and who is hidden.
    with django_assert_max_num_queries(12 + 7):
        client.get(address, {"field": "priority"})


def test_an_act_has_one_moment_wherever_it_is_shown(desk: Desk) -> None:
    """A version is written a little after its event was recorded; it is the same act."""
    client = as_role(desk, Role.AUDITOR)
    newest = desk.request.history.select_related("event").latest("history_id")
    named = "admin:requests_app_supportrequest"
    history = reverse(f"{named}_history", args=[desk.request.pk])
    version = reverse(f"{named}_simple_history", args=[desk.request.pk, newest.pk])
    assert newest.history_date != newest.event.recorded_at
    for address in (history, version, reverse("audit:event-show", args=[newest.event_id])):
        shown = client.get(address).content.decode()
        assert f'datetime="{moments.machine(newest.event.recorded_at)}"' in shown
        assert f'datetime="{moments.machine(newest.history_date)}"' not in shown


def test_a_request_is_in_its_state_since_the_event_that_brought_it(desk: Desk) -> None:
    origin = origins.of(desk.request)["status"]
    newest = states.moves(desk.request)[-1]
    event = Event.objects.get(pk=origin.event_id)
    assert (origin.at, newest.at) == (event.recorded_at, event.recorded_at)
