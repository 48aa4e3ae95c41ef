"""Working time is counted right: over nights, weekends, changes of the clock, in every zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.working_time import (
    DAY,
    NoWorkingTime,
    Span,
    Spans,
    Unreadable,
    WorkingTime,
    parsed,
    words,
)

OFFICE = "09:00-17:00"
WEEKDAYS = [OFFICE] * 5 + ["", ""]
ALWAYS = ["00:00-24:00"] * 7
NIGHTS = ["22:00-06:00"] * 7


def working(week: list[str], zone: str = "UTC", off: frozenset[date] = frozenset()) -> WorkingTime:
    spans = [parsed(text) for text in week]
    return WorkingTime(ZoneInfo(zone), lambda day: () if day in off else spans[day.weekday()])


def moment(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


# Week, zone, from, minutes, until; 2026-11-20 is a Friday.
COUNTED = {
    "within a day": (WEEKDAYS, "UTC", "2026-11-20T10:00", 60, "2026-11-20T11:00"),
    "until the very end": (WEEKDAYS, "UTC", "2026-11-20T10:00", 420, "2026-11-20T17:00"),
    "over a weekend": (WEEKDAYS, "UTC", "2026-11-20T16:30", 60, "2026-11-23T09:30"),
    "from before the day begins": (WEEKDAYS, "UTC", "2026-11-20T03:00", 30, "2026-11-20T09:30"),
    "from a day off": (WEEKDAYS, "UTC", "2026-11-21T12:00", 1, "2026-11-23T09:01"),
    "nothing to count": (WEEKDAYS, "UTC", "2026-11-21T12:00", 0, "2026-11-21T12:00"),
    "with a break": (
        ["09:00-12:00, 13:00-17:00"] * 7, "UTC", "2026-11-20T11:30", 60, "2026-11-20T13:30",
    ),
    "over midnight": (NIGHTS, "UTC", "2026-11-20T23:30", 60, "2026-11-21T00:30"),
    "in a span of the day before": (NIGHTS, "UTC", "2026-11-20T05:30", 60, "2026-11-20T22:30"),
    "spans of two days that overlap": (
        ["20:00-10:00"] * 7, "UTC", "2026-11-20T09:00", 120, "2026-11-20T21:00",
    ),
    "a night longer than the gap": (
        ["00:00-24:00", "12:00-11:00"] + [""] * 5, "UTC", "2026-11-23T23:00", 120,
        "2026-11-24T13:00",
    ),
    "the first zone of the earth": (
        WEEKDAYS, "Pacific/Kiritimati", "2026-11-23T16:59", 2, "2026-11-24T09:01",
    ),
    "the last zone of the earth": (
        WEEKDAYS, "Pacific/Pago_Pago", "2026-11-20T16:59", 2, "2026-11-23T09:01",
    ),
    "a night that loses an hour": (
        ALWAYS, "Europe/Berlin", "2026-03-28T12:00", DAY, "2026-03-29T13:00",
    ),
    "a night that gains an hour": (
        ALWAYS, "Europe/Berlin", "2026-10-24T12:00", DAY, "2026-10-25T11:00",
    ),
    "an office does not feel it": (
        [OFFICE] * 7, "Europe/Berlin", "2026-03-28T16:00", 120, "2026-03-29T10:00",
    ),
    "opening in the hour that is skipped": (
        ["02:30-05:00"] * 7, "Europe/Berlin", "2026-03-29T00:00", 30, "2026-03-29T04:00",
    ),
    "a day that a zone skipped": (
        ALWAYS, "Pacific/Apia", "2011-12-29T12:00", DAY, "2011-12-31T12:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COUNTED.values(), ids=COUNTED)
def test_minutes_are_counted_forwards_and_backwards(
    case: tuple[list[str], str, str, int, str],
) -> None:
    week, zone, since, minutes, until = case
    time, amount = working(week, zone), timedelta(minutes=minutes)

    assert time.after(moment(since, zone), amount) == moment(until, zone)
    assert time.between(moment(since, zone), moment(until, zone)) == amount
    assert time.between(time.before(moment(until, zone), amount), moment(until, zone)) == amount


def test_a_day_off_counts_nothing() -> None:
    time = working([OFFICE] * 7, off=frozenset({date(2026, 12, 25), date(2026, 12, 26)}))
    assert time.after(moment("2026-12-24T16:00"), timedelta(hours=2)) == moment("2026-12-27T10:00")
    assert time.between(moment("2026-12-25T00:00"), moment("2026-12-26T23:59")) == timedelta(0)


def test_hours_that_never_come_are_refused() -> None:
    never = working([""] * 7)
    with pytest.raises(NoWorkingTime, match="within 20 years"):
        never.after(moment("2026-11-20T10:00"), timedelta(minutes=1))
    with pytest.raises(NoWorkingTime, match="within 20 years"):
        never.before(moment("2026-11-20T10:00"), timedelta(minutes=1))
    assert never.between(moment("2026-11-20T10:00"), moment("2027-11-20T10:00")) == timedelta(0)


def test_all_of_the_20_years_are_counted_both_ways_and_no_more() -> None:
    weekly = WorkingTime(UTC, lambda day: (Span(540, 541),) if day.weekday() == 6 else ())
    now, most = moment("2026-11-20T10:00"), timedelta(minutes=1045)

    due = weekly.after(now, most)
    assert weekly.between(now, due) == most
    assert weekly.between(weekly.before(due, most), due) == most
    for counted in (weekly.after, weekly.before):
        with pytest.raises(NoWorkingTime, match="within 20 years"):
            counted(now, timedelta(minutes=1047))


def test_a_span_without_length_counts_nothing() -> None:
    spans: Spans = (Span(540, 540),)
    with pytest.raises(NoWorkingTime):
        WorkingTime(UTC, lambda day: spans).after(moment("2026-11-20T10:00"), timedelta(seconds=1))


def test_years_of_work_are_counted_in_a_blink() -> None:
    time = working(WEEKDAYS, "Europe/Berlin")
    due = time.after(moment("2026-11-20T10:00"), timedelta(hours=8 * 5 * 52 * 5))
    assert due.year == 2031


@pytest.mark.parametrize(("text", "shown"), [
    ("", ""), ("9:00-17:00", "09:00-17:00"), (" 09:00 \u2013 17:00 ", "09:00-17:00"),
    ("13:00-17:00,09:00-12:00", "09:00-12:00, 13:00-17:00"), ("22:00-06:00", "22:00-06:00"),
    ("00:00-24:00", "00:00-24:00"),
])  # fmt: skip
def test_hours_are_read_as_people_write_them(text: str, shown: str) -> None:
    assert words(parsed(text)) == shown


@pytest.mark.parametrize(("text", "told"), [
    ("nine to five", "Write it like 09:00-17:00."), ("09:00", "Write it like 09:00-17:00."),
    ("24:00-25:00", "from 00:00 to 24:00"), ("09:60-10:00", "from 00:00 to 24:00"),
    ("09:00-09:00", "Leave a day off empty"), ("09:00-13:00, 12:00-17:00", "overlap"),
    ("09:00-17:00 17:00-18:00", "Write it like"),
])  # fmt: skip
def test_hours_that_cannot_be_read_are_refused_with_what_to_write(text: str, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        parsed(text)


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).map(
    lambda both: (Span(both[0], both[0] + both[1]),)
)
days = st.one_of(st.just(()), spans)
# An hour a week at least, so that two amounts pass within the 20 years that are counted.
weeks = st.lists(days, min_size=7, max_size=7).filter(
    lambda week: any(span.closes - span.opens >= 60 for day in week for span in day)
)
amounts = st.integers(0, 60 * 24 * 20).map(lambda count: timedelta(minutes=count))
working_times = st.builds(
    lambda week, zone: WorkingTime(ZoneInfo(zone), lambda day: week[day.weekday()]),
    weeks, st.sampled_from(ZONES),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(working_times, moments, amounts)
def test_as_much_passes_until_the_date_as_was_counted(
    time: WorkingTime, since: datetime, amount: timedelta
) -> None:
    due = time.after(since, amount)
    assert due >= since
    assert time.between(since, due) == amount
    assert time.between(time.before(due, amount), due) == amount


@settings(max_examples=60, deadline=None)
@given(working_times, moments, amounts, amounts)
def test_counting_in_two_steps_is_counting_at_once(
    time: WorkingTime, since: datetime, first: timedelta, second: timedelta
) -> None:
    """So a date that moves by the time waited is the date that counts that much more."""
    assert time.after(time.after(since, first), second) == time.after(since, first + second)


@settings(max_examples=60, deadline=None)
@given(working_times, moments, moments, amounts)
def test_who_begins_later_is_due_no_earlier(
    time: WorkingTime, one: datetime, other: datetime, amount: timedelta
) -> None:
    earlier, later = sorted((one, other))
    assert time.after(earlier, amount) <= time.after(later, amount)
