"""Moments in words: exact with their zone, and relative to now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from audit import moments

MOMENT = datetime(2026, 3, 5, 13, 4, 9, 120_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "5 Mar 2026, 13:04:09 UTC"),
        ("Europe/Berlin", "5 Mar 2026, 14:04:09 CET"),
        ("America/Sao_Paulo", "5 Mar 2026, 10:04:09 UTC-03"),
        ("Pacific/Kiritimati", "6 Mar 2026, 03:04:09 UTC+14"),
    ],
)
def test_exact_moments_have_seconds_and_a_zone(zone: str, words: str) -> None:
    assert moments.exact(MOMENT, ZoneInfo(zone)) == words


def test_an_hour_that_happens_twice_is_told_apart_by_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moments.exact(first, berlin) == "25 Oct 2026, 02:30:00 CEST"
    assert moments.exact(first + timedelta(hours=1), berlin) == "25 Oct 2026, 02:30:00 CET"


def test_the_machine_form_is_utc_to_the_microsecond() -> None:
    berlin = MOMENT.astimezone(ZoneInfo("Europe/Berlin"))
    assert moments.machine(berlin) == "2026-03-05T13:04:09.120000Z"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=42), "42 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
        (timedelta(days=95), "3 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(hours=-3), "in 3 h"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_relative_moments_use_the_largest_fitting_unit(passed: timedelta, words: str) -> None:
    assert moments.relative(MOMENT, MOMENT + passed) == words
