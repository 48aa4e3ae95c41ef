"""A trail that makes most of all events is found by its index, not by a walk through the others."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from audit import actors, paging, roles
from audit.looks import opened_lately
from audit.models import Event
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


def plain(events: models.QuerySet[Event]) -> str:
    return events.order_by("id")[:51].explain()


def test_a_page_of_a_trail_names_its_index(dominant: SupportRequest) -> None:
    assert "audit_event_pkey" in plain(Event.objects.filter(support_request_id=dominant.pk))
    events = Event.objects.of_support_request(dominant.pk)
    for newest_first in (True, False):
        plan = plans_of(
            lambda events=events, newest=newest_first: paging.cut(
                events, paging.Position(), 50, newest_first=newest
            )
        )
        assert "using audit_event_request" in plan
        assert "Seq Scan" not in plan


def test_the_counts_of_a_trail_are_read_from_it_alone(dominant: SupportRequest) -> None:
    plan = plans_of(lambda: reading.trail_counts(dominant))
    assert "using audit_event_request" in plan
    assert "Seq Scan" not in plan


def test_what_a_busy_actor_did_last_is_read_from_it_alone(dominant: SupportRequest) -> None:
    assert "audit_event_pkey" in plain(Event.objects.filter(actor_kind="job", actor_id="busy"))
    plan = plans_of(lambda: opened_lately(actors.job("busy", "")))
    assert "using audit_event_actor" in plan
    assert "Seq Scan" not in plan
