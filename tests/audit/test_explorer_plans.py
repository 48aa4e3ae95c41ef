"""The explorer's filters are answered by indexes, and the index of fields follows the versions."""

from __future__ import annotations

import time

import psycopg
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import fields, offered, roles, specs, timeline
from audit.asking import TrailFilter
from audit.models import Event, FieldChange
from requests_app import services
from requests_app.models import User
from tests import factories
from tests.audit import sessions
from tests.audit.test_reading_plans import plan_of

PATIENCE = 60

# Of 12,000 events each filter is true of few, and these are the oldest.
FILL = """
    SELECT count(audit_open(
        kind => CASE WHEN rare THEN 'request.closed' ELSE 'request.updated' END,
        actor_kind => 'user', actor_id => CASE WHEN rare THEN '77' ELSE '1' END,
        actor_label => CASE WHEN rare THEN 'Rare Bird' ELSE 'Ana Reyes' END,
        subject_type => 'requests_app.message', subject_id => i::text,
        outcome => CASE WHEN rare THEN 'denied' ELSE 'done' END,
        channel => CASE WHEN rare THEN 'sql' ELSE 'web' END,
        address => CASE WHEN rare THEN inet '192.0.2.7' ELSE inet '198.51.100.1' END,
        correlation_id => 'c-' || i, arm => false))
    FROM (SELECT i, i <= 40 AS rare FROM generate_series(1, 12000) i) filled
"""


@pytest.fixture(scope="module")
def auditor(committed: str) -> User:
    entity = factories.entity(code="PL")
    person = factories.person("auditor", entity)
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE audit_event")
    return person


def plan_of_page(person: User, asked: str) -> str:
    form = TrailFilter(QueryDict(asked), person=person)
    assert form.is_valid(), form.errors
    found = form.applied_to(Event.objects.all())
    with CaptureQueriesContext(connection) as captured:
        timeline.count(found)
        page = timeline.page(found)
    assert page.entries
    reads = [query["sql"] for query in captured if 'FROM "audit_event"' in query["sql"]]
    assert len(reads) == 2
    return "\n".join(map(plan_of, reads))


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("kind=request.closed", "audit_event_kind"),
        ("outcome=denied", "audit_event_not_done"),
        ("channel=sql", "audit_event_channel"),
        ("address=192.0.2.7", "audit_event_address"),
        ("address=192.0.2.0/24", "audit_event_address"),
        ("correlation=c-11000", "audit_event_correlation"),
        ("actor=rare", "audit_event_words"),
        ("q=bird", "audit_event_words"),
        ("actor_kind=user&actor_id=77", "audit_event_actor"),
        ("type=requests_app.message&subject=11000", "audit_event_subject"),
    ],
)
def test_a_filter_is_answered_by_its_index(asked: str, index: str, auditor: User) -> None:
    plan = plan_of_page(auditor, asked)
    assert plan.count(index) >= 2, plan
    # Whom words would give away is read of the names on file, which no filter of events narrows.
    assert "Seq Scan on audit_event" not in plan, plan
    assert "Seq Scan" not in plan or asked.startswith("q="), plan


def test_a_day_is_read_from_its_own_part_of_the_ids(auditor: User) -> None:
    today = timezone.localdate()
    with CaptureQueriesContext(connection) as captured:
        form = TrailFilter(QueryDict(f"since={today}&until={today}"), person=auditor)
        assert form.is_valid()
        timeline.page(form.applied_to(Event.objects.all()))
    bounds = [query["sql"] for query in captured if 'ORDER BY "audit_event"."recorded_at"' in
              query["sql"]]  # fmt: skip
    assert len(bounds) == 2
    assert all("audit_event_recorded" in plan_of(sql) for sql in bounds)
    assert (
        '"audit_event"."id" >= ' in captured[-2]["sql"] + captured[-1]["sql"] + captured[-3]["sql"]
    )


def test_what_lists_offer_is_read_step_by_step(auditor: User) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert "request.closed" in offered.values(auditor)["kind"]
    plan = plan_of(captured[-1]["sql"])
    assert "Seq Scan on audit_event" not in plan, plan


def test_the_index_takes_over_what_is_compared_until_then(
    auditor: User,
) -> None:
    entity = factories.entity(code="IX")
    opened = factories.support_request(entity=entity)
    by = factories.TESTER
    services.change_priority(support_request=opened, priority="high", by=by, reason="So")
    name = "requests_app.supportrequest.priority"
    before = found_by_field(name)
    fields.catch_up()
    assert not FieldChange.objects.exists()
    catch_up_with_all()
    assert list(FieldChange.objects.filter(field=name).values_list("event_id", flat=True)) == before
    assert fields.not_indexed(name, None, None) == []
    assert found_by_field(name) == before
    assert fields.catch_up() == 0


def catch_up_with_all() -> None:
    """In as many runs as that takes: one goes no further than the one before has seen."""
    until = time.monotonic() + PATIENCE
    while any(
        fields.progress().get(label, 0) < fields.newest_version(model)
        for label, model in specs.versioned_models().items()
    ):
        assert time.monotonic() < until, "the index does not catch up"
        fields.catch_up()


def test_what_a_transaction_holds_up_is_indexed_once_it_is_over(auditor: User) -> None:
    """Also where the next one has begun before: nobody waits for a moment without any."""
    catch_up_with_all()
    factories.entity(code="HU")
    with sessions.open("app") as first, sessions.open("app") as second:
        write_underway(first)
        fields.catch_up()
        write_underway(second)
        assert fields.catch_up() == 0
        first.rollback()
        assert caught_up("requests_app.entity")


def write_underway(session: psycopg.Connection) -> None:
    session.autocommit = False
    session.execute("SELECT pg_current_xact_id()")


def caught_up(label: str) -> bool:
    """Within a while: see `catch_up_with_all`."""
    model, until = specs.versioned_models()[label], time.monotonic() + PATIENCE
    while time.monotonic() < until:
        fields.catch_up()
        if fields.progress()[label] == fields.newest_version(model):
            return True
    return False


def found_by_field(name: str) -> list[int]:
    return list(fields.within(Event.objects.all(), name, None, None).values_list("pk", flat=True))


def test_what_no_http_request_did_takes_no_place_among_correlations(auditor: User) -> None:
    """All of it has one hash: each event would be put behind all others."""
    before = size_of("audit_event_correlation")
    with connection.cursor() as cursor:
        cursor.execute(FILL.replace("'c-' || i", "''"))
    assert size_of("audit_event_correlation") == before


def size_of(index: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass)", [index])
        [size] = cursor.fetchone()
    return int(size)
