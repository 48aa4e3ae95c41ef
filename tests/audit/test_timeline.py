"""A page of a trail: the same few queries however long it is, with names as they were then."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import timeline
from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.models import Customer, SupportRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked_on() -> SupportRequest:
    """A request of which an agent made a longer story."""
    entity = factories.entity(code="US")
    agent = factories.actor(factories.person("agent", entity, display_name="Ana Reyes"))
    opened = factories.support_request(entity=entity, customer=factories.customer(entity=entity))
    services.take(support_request=opened, by=agent)
    services.reply(support_request=opened, body="We look into it.", by=agent)
    services.change_priority(support_request=opened, priority="high", by=agent, reason="Asked for")
    return opened


def events_of(support_request: SupportRequest) -> Any:
    return Event.objects.of_support_request(support_request.pk)


def page_queries(support_request: SupportRequest) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        timeline.page(events_of(support_request))
    return len(captured)


def test_each_entry_shows_what_its_event_changed(worked_on: SupportRequest) -> None:
    page = timeline.page(events_of(worked_on), newest_first=False)
    told = [
        (entry.event.kind, [(row.model_label, row.verb) for row in entry.rows])
        for entry in page.entries
    ]
    assert told == [
        ("request.opened", [("raw intake", "created"), ("support request", "created")]),
        ("request.taken", [("support request", "changed")]),
        ("request.replied", [("support request", "changed"), ("message", "created")]),
        ("request.priority_changed", [("support request", "changed")]),
    ]
    taken = page.entries[1].rows[0]
    assert [(c.label, c.before, c.after) for c in taken.changes] == [
        ("Status", "New", "In progress"),
        ("Assignee", "not set", "Ana Reyes"),
    ]


def test_a_trail_ten_times_as_long_costs_no_query_more(worked_on: SupportRequest) -> None:
    agent = factories.actor(worked_on.assignee)
    short = page_queries(worked_on)
    for index in range(40):
        services.change_priority(
            support_request=worked_on, priority=("low", "high")[index % 2], by=agent
        )
        services.reply(support_request=worked_on, body=f"Answer {index}", by=agent)
    assert page_queries(worked_on) <= short


def test_queries_of_a_page_are_two_one_per_model_and_one_per_kind_of_name(
    worked_on: SupportRequest, django_assert_num_queries: Any
) -> None:
    timeline.page(events_of(worked_on))  # once per process, since when each column is recorded
    # Models touched: intake, request, message. Names: entity, customer, intake, person, request.
    with django_assert_num_queries(2 + 3 + 5):
        timeline.page(events_of(worked_on))


def test_pages_meet_without_gap_or_overlap_in_both_directions(worked_on: SupportRequest) -> None:
    events = events_of(worked_on)
    everything = [entry.event.pk for entry in timeline.page(events).entries]
    first = timeline.page(events, size=2)
    second = timeline.page(events, size=2, before=first.older)
    assert [e.event.pk for e in (*first.entries, *second.entries)] == everything
    assert (first.newer, second.older) == (None, None)
    back = timeline.page(events, size=2, after=second.newer)
    assert [e.event.pk for e in back.entries] == [e.event.pk for e in first.entries]
    oldest = timeline.page(events, size=3, newest_first=False)
    assert [e.event.pk for e in oldest.entries] == sorted(everything)[:3]
    assert (oldest.older, oldest.newer) == (None, sorted(everything)[2])


def test_a_version_is_compared_with_the_one_before_it_also_across_pages(
    worked_on: SupportRequest,
) -> None:
    newest = timeline.page(events_of(worked_on), size=1).entries[0]
    [row] = newest.rows
    assert [(c.label, c.before, c.after) for c in row.changes] == [("Priority", "Normal", "High")]


def test_names_are_those_of_the_time(worked_on: SupportRequest) -> None:
    entity = worked_on.entity
    agent = factories.actor(worked_on.assignee)
    other = factories.customer(entity=entity, name="Name at first")
    with recording("record.changed", by=agent, subject=worked_on):
        worked_on.customer = other
        worked_on.save()
    with recording("record.changed", by=agent, subject=other):
        Customer.objects.filter(pk=other.pk).update(name="Name of today")
    change = timeline.page(events_of(worked_on)).entries[0].rows[0].changes[0]
    assert change.after == "Name at first"


def test_an_event_of_a_kind_that_nobody_knows_any_more_still_renders() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_open('forgotten.thing_done', actor_label => 'Someone')")
        event_id = cursor.fetchone()[0]
    entry = timeline.entry_of(event_id, Event.objects.all())
    assert (entry.kind.label, entry.rows) == ("Forgotten thing done", [])


def test_any_two_versions_of_a_row_are_compared(worked_on: SupportRequest) -> None:
    ids = list(worked_on.history.order_by("history_id").values_list("history_id", flat=True))
    found = timeline.compare(SupportRequest, worked_on.pk, ids[-1], ids[0])
    assert [c.field for c in found.changes] == [
        "status", "priority", "assignee_id", "first_responded_at",
    ]  # fmt: skip
    backwards = timeline.compare(SupportRequest, worked_on.pk, ids[0], ids[-1])
    first = backwards.changes[0]
    assert (first.before, first.after) == ("In progress", "New")
    assert timeline.compare(SupportRequest, worked_on.pk, ids[0], ids[0]).changes == []


def test_unchanged_references_have_names_too(worked_on: SupportRequest) -> None:
    ids = list(worked_on.history.order_by("history_id").values_list("history_id", flat=True))
    found = timeline.compare(SupportRequest, worked_on.pk, ids[-1], ids[-2], all_fields=True)
    shown = {change.field: change.after for change in found.changes}
    assert shown["assignee_id"] == "Ana Reyes"


def test_comparing_with_a_version_of_another_row_is_refused(worked_on: SupportRequest) -> None:
    other = factories.support_request()
    own = worked_on.history.latest().history_id
    with pytest.raises(worked_on.history.model.DoesNotExist):
        timeline.compare(SupportRequest, worked_on.pk, own, other.history.latest().history_id)


def test_counting_stops_past_its_cap(worked_on: SupportRequest, monkeypatch: Any) -> None:
    monkeypatch.setattr(timeline, "COUNTED", 2)
    assert timeline.count(events_of(worked_on)) == 3
