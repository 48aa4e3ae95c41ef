"""Clocks of a request: when they begin, move, stand still, end and begin anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from audit.recording import ReasonMissing
from audit.versions import version_model
from requests_app import clock, services
from requests_app.models import Entity, ServiceLevel, SupportRequest, User
from tests import factories, promises
from tests.pages import act, address, signed_in, text, value_of
from tests.promises import at

pytestmark = pytest.mark.django_db

MONDAY = "2026-11-16T10:00"


@pytest.fixture
def level(entity: Entity) -> ServiceLevel:
    return promises.office(entity)


@pytest.fixture
def by(agent: User) -> Actor:
    return factories.actor(agent)


def opened(entity: Entity, when: str = MONDAY, **facts: Any) -> SupportRequest:
    return factories.support_request(entity=entity, occurred_at=at(when), **facts)


def stored(support_request: SupportRequest) -> SupportRequest:
    return SupportRequest.objects.get(pk=support_request.pk)


def test_opening_sets_the_dates_that_the_level_promises(
    entity: Entity, level: ServiceLevel
) -> None:
    row = stored(opened(entity))
    assert row.first_response_due_at == at("2026-11-16T12:00")
    assert row.due_soon_at == at("2026-11-16T17:00"), "an hour of work before it is due"
    assert row.due_at == at("2026-11-17T10:00")
    version = version_model(ServiceLevel).objects.get(history_id=row.service_level_version)
    assert version.instance == level
    version = version_model(SupportRequest).objects.get(id=row.pk)
    assert (version.due_at, version.event.kind) == (row.due_at, "request.opened")


def test_a_request_opened_now_is_due_by_the_clock_of_the_database(entity: Entity) -> None:
    promises.calendar(entity, hours=promises.ALWAYS)
    promises.level(entity)
    before = clock.database_time()
    row = factories.support_request(entity=entity)
    begun = row.due_at - timedelta(hours=8)
    assert before - timedelta(seconds=1) <= begun <= clock.database_time()


def test_without_a_level_or_a_calendar_nothing_is_promised(entity: Entity) -> None:
    assert opened(entity).due_at is None
    promises.level(entity)
    assert opened(entity).due_at is None
    promises.calendar(entity)
    assert opened(entity, priority="low").due_at is None
    assert opened(entity).due_at is not None


def test_public_holidays_and_single_days_are_days_off(entity: Entity) -> None:
    days = {
        "2026-12-24": {"name": "Christmas Eve", "hours": ""},
        "2026-12-26": {"name": "Sale", "hours": "10:00-12:00"},
    }
    promises.calendar(entity, country="DE", subdivision="BY", days=days)
    promises.level(entity)
    row = opened(entity, "2026-12-23T16:00")  # the 25th is a holiday, the 26th one with work
    assert row.first_response_due_at == at("2026-12-26T11:00")
    assert row.due_at == at("2026-12-28T14:00")


def test_the_first_reply_answers_and_later_ones_change_nothing(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity)
    services.note(support_request=row, body="Look", by=by, occurred_at=at("2026-11-16T10:30"))
    assert stored(row).first_responded_at is None
    for when in ("2026-11-16T11:00", "2026-11-16T11:30"):
        services.reply(support_request=row, body="Hello", by=by, occurred_at=at(when))
    assert stored(row).first_responded_at == at("2026-11-16T11:00")


def test_another_priority_counts_anew_from_the_same_moment_and_shows_the_old_date(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    promises.level(entity, "high", first_response_minutes=30, resolution_minutes=240)
    row = opened(entity)
    services.change_priority(support_request=row, priority="high", by=by)
    assert (row.first_response_due_at, row.due_at) == (
        at("2026-11-16T10:30"),
        at("2026-11-16T14:00"),
    )
    older, newer = version_model(SupportRequest).objects.filter(id=row.pk).order_by("history_id")
    assert (older.due_at, newer.due_at) == (at("2026-11-17T10:00"), row.due_at)
    assert newer.event.kind == "request.priority_changed"
    services.change_priority(support_request=row, priority="low", by=by)
    assert (row.due_at, row.service_level_version) == (None, None)
    services.change_priority(support_request=row, priority="normal", by=by)
    assert row.due_at == at("2026-11-17T10:00")


def test_waiting_for_the_customer_stops_the_clocks_and_resuming_moves_the_dates(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity)
    services.take(support_request=row, by=by, occurred_at=at("2026-11-16T10:10"))
    services.wait(
        support_request=row, waiting_for="waiting_customer", by=by,
        occurred_at=at("2026-11-16T11:00"),
    )  # fmt: skip
    assert stored(row).due_paused_at == at("2026-11-16T11:00")
    services.resume(support_request=row, by=by, occurred_at=at("2026-11-17T12:00"))
    row = stored(row)
    # Nine hours of work were waited: six on Monday, three on Tuesday.
    assert row.due_paused_at is None
    assert row.first_response_due_at == at("2026-11-17T13:00")
    assert (row.due_soon_at, row.due_at) == (at("2026-11-18T10:00"), at("2026-11-18T11:00"))
    services.change_priority(support_request=row, priority="low", by=by)
    services.change_priority(support_request=row, priority="normal", by=by)
    assert row.due_at == at("2026-11-18T11:00"), "what was waited is not forgotten"


@pytest.mark.parametrize("leave", ["take", "wait for a vendor", "resolve"])
def test_every_way_out_of_waiting_starts_the_clock_again(
    leave: str, entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity)
    services.take(support_request=row, by=by)
    services.wait(
        support_request=row, waiting_for="waiting_customer", by=by,
        occurred_at=at("2026-11-16T11:00"),
    )  # fmt: skip
    when = at("2026-11-16T13:00")
    if leave == "take":
        services.take(support_request=row, by=by, occurred_at=when)
    elif leave == "resolve":
        services.resolve(
            support_request=row, resolution="fixed", note="Done", by=by, occurred_at=when
        )
    else:
        services.wait(support_request=row, waiting_for="waiting_vendor", by=by, occurred_at=when)
    assert (row.due_paused_at, row.due_at) == (None, at("2026-11-17T12:00"))


def test_waiting_for_anybody_else_does_not_stop_the_clock(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity)
    services.take(support_request=row, by=by)
    services.wait(support_request=row, waiting_for="waiting_vendor", by=by)
    assert row.due_paused_at is None


def test_what_was_late_before_it_waited_stays_late(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity)
    services.take(support_request=row, by=by)
    services.wait(
        support_request=row, waiting_for="waiting_customer", by=by,
        occurred_at=at("2026-11-18T11:00"),
    )  # fmt: skip
    services.resume(support_request=row, by=by, occurred_at=at("2026-11-20T11:00"))
    assert (row.first_response_due_at, row.due_at) == (
        at("2026-11-16T12:00"), at("2026-11-17T10:00"),
    )  # fmt: skip


def test_the_clock_ends_with_the_work_and_starts_anew_when_it_is_reopened(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity)
    services.take(support_request=row, by=by)
    services.reply(support_request=row, body="Hi", by=by, occurred_at=at("2026-11-16T11:00"))
    services.resolve(
        support_request=row, resolution="fixed", note="Done", by=by,
        occurred_at=at("2026-11-16T15:00"),
    )  # fmt: skip
    services.close(support_request=row, by=by, occurred_at=at("2026-11-19T15:00"))
    assert row.ended_at == at("2026-11-16T15:00"), "closing does not end it a second time"
    services.reopen(support_request=row, reason="Again", by=by, occurred_at=at("2026-11-23T09:00"))
    row = stored(row)
    assert (row.ended_at, row.due_at) == (None, at("2026-11-23T17:00"))
    assert row.first_response_due_at == at("2026-11-16T12:00")
    assert row.first_responded_at == at("2026-11-16T11:00")


def test_imported_requests_have_no_dates_whatever_is_done_to_them(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = opened(entity)
    from audit.recording import recording

    with recording("record.changed", by=factories.TESTER, subject=row):
        row.source, row.source_number = "tickets", "17"
        row.due_at = row.due_from = row.due_soon_at = row.first_response_due_at = None
        row.status = "resolved"
        row.save()
    services.reopen(support_request=row, reason="Again", by=by)
    services.reply(support_request=row, body="Hello", by=by)
    services.change_priority(support_request=row, priority="high", by=by)
    row = stored(row)
    assert (row.due_at, row.first_response_due_at, row.first_responded_at) == (None, None, None)


def soon(**span: float) -> datetime:
    return (timezone.now() + timedelta(**span)).replace(second=0, microsecond=0)


def test_a_date_set_by_hand_is_recorded_and_stands_against_priority_and_waiting(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    promises.level(entity, "high", resolution_minutes=240)
    row, given = factories.support_request(entity=entity), soon(days=30)
    services.change_due_date(support_request=row, due_at=given, by=by, reason="Agreed by phone")
    event = Event.objects.latest("id")
    assert (event.kind, event.reason) == ("request.due_date_changed", "Agreed by phone")
    services.change_priority(support_request=row, priority="high", by=by)
    services.take(support_request=row, by=by)
    services.wait(support_request=row, waiting_for="waiting_customer", by=by)
    services.resume(support_request=row, by=by, occurred_at=soon(days=9))
    row = stored(row)
    assert (row.due_at, row.due_by_hand_at is not None) == (given, True)
    before = Event.objects.count()
    services.change_due_date(support_request=row, due_at=given, by=by, reason="Again")
    assert Event.objects.count() == before, "the same date once more is no change"


def test_reopening_forgets_the_date_that_was_set_by_hand(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row = factories.support_request(entity=entity)
    services.change_due_date(support_request=row, due_at=soon(days=30), by=by, reason="r")
    services.cancel(support_request=row, reason="r", by=by)
    services.reopen(support_request=row, reason="r", by=by, occurred_at=at(MONDAY))
    assert (row.due_by_hand_at, row.due_at) == (None, at("2026-11-17T10:00"))


def test_a_date_by_hand_needs_no_level_and_warns_where_there_is_one(
    entity: Entity, by: Actor
) -> None:
    row, given = factories.support_request(entity=entity), at("2027-01-18T10:00")
    services.change_due_date(support_request=row, due_at=given, by=by, reason="r")
    assert (row.due_at, row.due_soon_at) == (given, None)
    promises.office(entity)
    later = at("2027-01-19T09:30")
    services.change_due_date(support_request=row, due_at=later, by=by, reason="r")
    assert row.due_soon_at == at("2027-01-18T16:30")


@pytest.mark.parametrize(("due_at", "told"), [
    (at("2020-01-01T10:00"), "has passed"), (at("2099-01-01T10:00"), "Check the year"),
])  # fmt: skip
def test_a_date_by_hand_that_cannot_be_meant_is_refused_on_record(
    due_at: datetime, told: str, entity: Entity, by: Actor
) -> None:
    row = factories.support_request(entity=entity)
    with pytest.raises(services.RequestRefused, match=told):
        services.change_due_date(support_request=row, due_at=due_at, by=by, reason="r")
    event = Event.objects.latest("id")
    assert (event.kind, event.outcome) == ("request.due_date_changed", "denied")
    assert stored(row).due_at is None


def test_a_date_by_hand_needs_a_reason_a_worker_and_an_open_request(
    entity: Entity, by: Actor
) -> None:
    row, given = factories.support_request(entity=entity), soon(days=3)
    with pytest.raises(ReasonMissing):
        services.change_due_date(support_request=row, due_at=given, by=by, reason=" ")
    auditor = factories.actor(factories.person("auditor", entity))
    with pytest.raises(services.RequestRefused, match="needs the role agent or lead"):
        services.change_due_date(support_request=row, due_at=given, by=auditor, reason="r")
    services.cancel(support_request=row, reason="r", by=by)
    with pytest.raises(services.RequestRefused, match="Reopen it first"):
        services.change_due_date(support_request=row, due_at=given, by=by, reason="r")


def test_a_date_is_typed_and_shown_in_the_zone_of_the_person(entity: Entity) -> None:
    person = factories.person("agent", entity, time_zone="Pacific/Kiritimati")
    row, client = factories.support_request(entity=entity), signed_in(person)
    given = {"due_at": "2027-01-18T09:30", "reason": "Agreed"}
    assert act(client, row, "change-due-date", given).status_code == 302
    assert stored(row).due_at == at("2027-01-17T19:30")
    page = client.get(address(row))
    assert value_of(page, "change-due-date-due_at") == "2027-01-18T09:30"
    assert "In Pacific/Kiritimati" in text(page)


def test_dates_are_computed_again_by_the_level_of_now_where_somebody_asks(
    entity: Entity, level: ServiceLevel, by: Actor
) -> None:
    row, other, given = opened(entity), opened(entity), soon(days=30)
    services.change_due_date(support_request=other, due_at=given, by=by, reason="r")
    services.change_service_level(
        level=level, by=factories.TESTER, reason="r", resolution_minutes=240
    )
    assert stored(row).due_at == at("2026-11-17T10:00"), "dates that were given stay"
    services.recompute(support_request=row, by=factories.TESTER, reason="New contract")
    services.recompute(support_request=other, by=factories.TESTER, reason="New contract")
    assert stored(row).due_at == at("2026-11-16T14:00")
    assert stored(other).due_at == given
    event = Event.objects.of_support_request(row.pk).latest("id")
    assert (event.kind, event.reason) == ("request.due_dates_recomputed", "New contract")


def numbers(found: Any) -> list[str]:
    return sorted(row.subject for row in found)


def test_lists_tell_what_is_overdue_due_soon_and_due_before_a_moment(
    entity: Entity, by: Actor
) -> None:
    promises.calendar(entity, hours=promises.ALWAYS)
    promises.level(entity)
    now = timezone.now()
    for subject, hours in (("late", 9), ("soon", 7.5), ("unanswered", 3), ("fresh", 0)):
        row = factories.support_request(
            entity=entity, subject=subject, occurred_at=now - timedelta(hours=hours)
        )
        if subject != "unanswered":
            services.reply(support_request=row, body="b", by=by)
    requests = SupportRequest.objects
    assert numbers(requests.overdue()) == ["late", "unanswered"]
    assert numbers(requests.due_soon()) == ["soon"]
    assert numbers(requests.due_before(now + timedelta(hours=1))) == ["late", "soon", "unanswered"]
    for row in requests.overdue():
        services.take(support_request=row, by=by)
        services.wait(support_request=row, waiting_for="waiting_customer", by=by)
    assert numbers(requests.overdue()) == []
