"""Warnings and breaches are said once per due date, whatever becomes of the worker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from audit.recording import recording
from audit.versions import version_model
from requests_app import services, tasks
from requests_app.models import DueNotice, Entity, ServiceLevel, SupportRequest, User
from requests_app.services import keeping
from tests import factories, promises

SAID = ("request.due_soon", "request.due_breached", "request.first_response_breached")
# As many running requests as asked for, all due a minute ago.
LATE = """
    INSERT INTO requests_app_supportrequest
        (entity_id, number, source, source_number, channel, subject, description, status, priority,
         category, invoice_reference, claimed_currency, received_at, resolution, resolution_note,
         custom, due_from, due_at, due_soon_at)
    SELECT %s, 'L-' || n, '', '', 'mail', 'Late ' || n, '', 'new', 'normal', '', '', '', now(), '',
           '', '{}', now(), now() - interval '1 minute', now() - interval '1 hour'
    FROM generate_series(1, %s) AS n
"""


@pytest.fixture
def level(entity: Entity) -> ServiceLevel:
    """Every minute counts: a first response in 2 hours, done in 8, a warning 1 before."""
    promises.calendar(entity, hours=promises.ALWAYS)
    return promises.level(entity)


@pytest.fixture
def by(agent: User) -> Actor:
    return factories.actor(agent)


def opened(entity: Entity, hours_ago: float) -> SupportRequest:
    return factories.support_request(
        entity=entity, occurred_at=timezone.now() - timedelta(hours=hours_ago)
    )


def keep_time() -> dict[str, int]:
    return tasks.keep_time(None, timestamp=1_700_000_000)


def said() -> list[str]:
    found = Event.objects.filter(kind__in=SAID, outcome="done").order_by("id")
    return [kind.removeprefix("request.") for kind in found.values_list("kind", flat=True)]


@pytest.mark.django_db
def test_a_warning_and_a_breach_come_once_each_as_their_time_comes(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity, 7.5)
    services.reply(support_request=row, body="b", by=by)
    assert keep_time() == {
        "due_soon": 1, "due_breached": 0, "first_response_breached": 0, "closed": 0,
    }  # fmt: skip
    keep_time()
    assert said() == ["due_soon"]
    late = opened(entity, 9)
    keep_time()
    keep_time()
    assert said() == ["due_soon", "due_breached", "first_response_breached"]
    notices = DueNotice.objects.filter(support_request=late).order_by("id")
    assert list(notices.values_list("kind", "due_at")) == [
        ("due_breached", late.due_at), ("first_response_breached", late.first_response_due_at),
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_is_said_names_the_version_of_the_level_that_gave_the_date(
    entity: Entity, level: ServiceLevel
) -> None:
    row = opened(entity, 9)
    services.change_service_level(level=level, by=factories.TESTER, reason="r", warn_minutes=5)
    keep_time()
    event = Event.objects.get(kind="request.due_breached")
    version = version_model(ServiceLevel).objects.earliest("history_id")
    assert (event.actor_kind, event.actor_label) == ("rule", "Service level Normal")
    assert (event.cause_kind, event.cause_id, event.cause_version) == (
        "rule", f"requests_app.servicelevel/{level.pk}", str(version.history_id),
    )  # fmt: skip
    assert (event.support_request_id, event.entity_id) == (row.pk, entity.pk)
    assert (event.subject_label, event.channel) == (str(row), "job")
    written = version_model(DueNotice).objects.get(event=event)
    assert written.support_request_id == row.pk


@pytest.mark.django_db
def test_of_a_date_set_by_hand_the_event_that_set_it_is_the_cause(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity, 1)
    services.reply(support_request=row, body="b", by=by)
    services.change_due_date(
        support_request=row, due_at=timezone.now() + timedelta(minutes=20), by=by, reason="r"
    )
    setting = Event.objects.latest("id")
    services.change_priority(support_request=row, priority="high", by=by)
    keep_time()
    event = Event.objects.get(kind="request.due_soon")
    assert (event.actor_label, event.cause_event_id) == ("Due dates", setting.pk)


@pytest.mark.django_db
def test_another_due_date_is_warned_of_again(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity, 9)
    keep_time()
    soon = timezone.now() + timedelta(minutes=5)
    services.change_due_date(support_request=row, due_at=soon, by=by, reason="r")
    keep_time()
    assert said() == ["due_breached", "first_response_breached", "due_soon"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["paused", "resolved", "cancelled", "answered"])
def test_nothing_is_said_of_what_waits_has_ended_or_is_answered(
    state: str, entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity, 9)
    services.take(support_request=row, by=by)
    if state == "paused":
        services.wait(support_request=row, waiting_for="waiting_customer", by=by)
    elif state == "resolved":
        services.resolve(support_request=row, resolution="fixed", note="n", by=by)
    elif state == "cancelled":
        services.cancel(support_request=row, reason="r", by=by)
    else:
        services.reply(support_request=row, body="b", by=by)
    keep_time()
    assert said() == (["due_breached"] if state == "answered" else [])


@pytest.mark.django_db
def test_a_date_set_by_hand_goes_on_while_the_request_waits(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity, 1)
    services.take(support_request=row, by=by)
    services.wait(support_request=row, waiting_for="waiting_customer", by=by)
    soon = timezone.now() + timedelta(minutes=5)
    services.change_due_date(support_request=row, due_at=soon, by=by, reason="r")
    keep_time()
    assert said() == ["due_soon"]


@pytest.mark.django_db
def test_the_database_refuses_a_second_notice_of_the_same_date(
    entity: Entity, level: ServiceLevel
) -> None:
    row = opened(entity, 9)
    keep_time()
    with (
        pytest.raises(IntegrityError, match="one_notice_per_due_date"),
        recording("request.due_breached", by=factories.TESTER, subject=row),
    ):
        DueNotice.objects.create(support_request=row, kind="due_breached", due_at=row.due_at)


@pytest.mark.django_db
def test_after_a_batch_an_unrecorded_write_is_refused_as_before(
    entity: Entity, level: ServiceLevel
) -> None:
    opened(entity, 9)
    keep_time()
    with pytest.raises(IntegrityError, match="unrecorded change"):
        SupportRequest.objects.update(priority="low")


def late_requests(entity: Entity, count: int) -> None:
    with recording("demo.loaded", by=factories.TESTER), connection.cursor() as cursor:
        cursor.execute(LATE, [entity.pk, count])


@pytest.mark.django_db
def test_a_run_that_breaks_off_keeps_whole_batches_and_the_next_one_does_the_rest(
    entity: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BATCH", 10)
    late_requests(entity, 25)
    written = keeping.statement
    done: list[int] = []

    def killed(*args: Any) -> Any:
        done.append(1)
        if len(done) == 16:
            raise KeyboardInterrupt
        return written(*args)

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "statement", killed)
        with pytest.raises(KeyboardInterrupt):
            keep_time()
    assert (DueNotice.objects.count(), len(said())) == (10, 10)
    assert keep_time()["due_breached"] == 15
    assert DueNotice.objects.values("support_request").distinct().count() == 25
    assert len(said()) == 25


def test_two_workers_at_once_say_everything_once(own_database: str) -> None:
    entity = factories.entity(code="US")
    late_requests(entity, 300)
    both = Barrier(2)

    def keep() -> int:
        both.wait(timeout=10)
        try:
            return keep_time()["due_breached"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        counts = [future.result() for future in [threads.submit(keep) for _ in range(2)]]

    assert sum(counts) == 300
    assert DueNotice.objects.count() == len(said()) == 300


def test_what_somebody_works_on_is_left_to_the_next_run(own_database: str) -> None:
    entity = factories.entity(code="US")
    late_requests(entity, 2)
    held = SupportRequest.objects.earliest("id")
    with recording("request.noted", by=factories.TESTER, subject=held, locked=True) as event:
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(keep_and_close).result() == 1
        event_id = event.id
    assert event_id
    assert keep_time()["due_breached"] == 1
    assert DueNotice.objects.count() == 2


def keep_and_close() -> int:
    try:
        return keep_time()["due_breached"]
    finally:
        connections.close_all()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1_000, pytest.param(3_000, marks=pytest.mark.slow)])
def test_thousands_due_at_once_are_done_in_batches_of_few_statements(
    count: int, entity: Entity, django_assert_max_num_queries: Any
) -> None:
    late_requests(entity, count)
    # Per batch the turn, the rows, the levels, and a savepoint in and out; not one per request.
    with django_assert_max_num_queries(6 * (count // keeping.BATCH + 4)):
        assert keep_time()["due_breached"] == count
    assert DueNotice.objects.count() == count


@pytest.mark.django_db
def test_the_search_for_what_is_due_reads_an_index(entity: Entity) -> None:
    late_requests(entity, 1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    indexes = {
        "due_soon": "support_request_due_soon",
        "due_breached": "support_request_due",
        "first_response_breached": "support_request_unanswered",
    }
    for kind, index in indexes.items():
        found = keeping.unnoticed(kind).order_by(keeping.ORDER[DueNotice.Kind(kind)])[:10]
        assert f"using {index} " in found.explain()
