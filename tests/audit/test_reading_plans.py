"""A trail that makes most of all events is found by its index, not by a walk through the others."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from audit import actors, paging, roles
from audit.looks import opened_lately
from audit.models import Event
from audit.views import neighbours
from requests_app import reading
from requests_app.models import SupportRequest
from tests import factories

FILL = """
    SELECT audit_open(
        kind => 'record.changed', actor_kind => 'job', actor_id => %s, support_request_id => %s,
        arm => false)
    FROM generate_series(1, %s)
"""


@pytest.fixture
def dominant(own_database: str) -> SupportRequest:
    """A request with most of all events, and before them those of another."""
    other, opened = factories.support_request(), factories.support_request()
    with connection.cursor() as cursor:
        cursor.execute(FILL, ["other", other.pk, 6_000])
        cursor.execute(FILL, ["busy", opened.pk, 9_000])
        cursor.execute(FILL, ["", None, 6_000])
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_event")
    return opened


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def plans_of(act: Any) -> str:
    with CaptureQueriesContext(connection) as captured:
        act()
    return "\n".join(plan_of(query["sql"]) for query in captured)


def is_by(index: str, plan: str) -> bool:
    named = f"using {index}" in plan or f"Bitmap Index Scan on {index}" in plan
    return named and "Seq Scan" not in plan and "audit_event_pkey" not in plan


def test_a_page_of_a_trail_names_its_index(dominant: SupportRequest) -> None:
    events = Event.objects.of_support_request(dominant.pk)
    ways = product(
        (reading.SHOWN["everything"], reading.SHOWN["changes"]),
        (paging.Position(), paging.Position(before=14_000), paging.Position(after=7_000)),
        (True, False),
    )
    for shown, at, newest_first in ways:
        found = events.filter(shown.condition)
        plan = plans_of(partial(paging.cut, found, at, 50, newest_first=newest_first))
        assert is_by("audit_event_request", plan), (shown, at, newest_first)


def test_the_neighbours_of_an_event_are_read_from_its_trail_alone(dominant: SupportRequest) -> None:
    event = Event.objects.of_support_request(dominant.pk)[4_000]
    assert is_by("audit_event_request", plans_of(lambda: neighbours(event, Event.objects.all())))
    signed_in = Event(pk=14_000, subject_type="", subject_id="")
    plan = plans_of(lambda: neighbours(signed_in, Event.objects.all()))
    assert is_by("audit_event_subject", plan)


def test_the_order_of_a_trail_can_be_taken_off_to_group_it(dominant: SupportRequest) -> None:
    events = Event.objects.of_support_request(dominant.pk).order_by()
    assert dict(events.values_list("kind").annotate(Count("pk"))) == {
        "record.changed": 9_000,
        "request.opened": 1,
    }


def test_the_counts_of_a_trail_are_read_from_it_alone(dominant: SupportRequest) -> None:
    assert is_by("audit_event_request", plans_of(lambda: reading.trail_counts(dominant)))


def test_what_a_busy_actor_did_last_is_read_from_it_alone(dominant: SupportRequest) -> None:
    plan = plans_of(lambda: opened_lately(actors.job("busy", "")))
    assert is_by("audit_event_actor", plan)
