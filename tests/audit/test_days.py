"""A range of days means the same moments wherever people ask for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit import days
from requests_app.models import Entity, User
from tests import factories
from tests.pages import signed_in

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def auditor(db: None) -> User:
    entity: Entity = factories.entity(code="US")
    return factories.person("auditor", entity, time_zone="Pacific/Auckland")


def test_both_days_are_included_in_the_zone_of_the_page() -> None:
    with timezone.override(PARIS):
        start, end = days.bounds(date(2026, 1, 5), date(2026, 1, 6))
    assert start == datetime(2026, 1, 4, 23, tzinfo=UTC)
    assert end == datetime(2026, 1, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(day: date, hours: int) -> None:
    with timezone.override(PARIS):
        start, end = days.bounds(day, day)
    assert start is not None
    assert end is not None
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


def test_a_range_may_be_open_at_either_end() -> None:
    start, end = days.bounds(None, date(2026, 1, 6))
    assert (start, end) == (None, datetime(2026, 1, 7, tzinfo=UTC))
    start, end = days.bounds(date(2026, 1, 6), None)
    assert (start, end) == (datetime(2026, 1, 6, tzinfo=UTC), None)


@pytest.mark.parametrize("text", ["soon", "0001-01-01", "1969-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_outside_every_trail_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        days.field("From").clean(text)


def test_the_trail_and_the_admin_mean_the_same_days(auditor: User) -> None:
    client = signed_in(auditor)
    there = timezone.localdate(timezone=ZoneInfo("Pacific/Auckland"))
    for since, until in (("", there), (there, ""), (there, there), (there + timedelta(1), "")):
        trail = client.get("/trail/", {"since": since, "until": until})
        asked = {"recorded_at_since": since, "recorded_at_until": until}
        admin = client.get("/admin/audit/event/", asked)
        ids = {entry.event.pk for entry in trail.context["page"].entries}
        listed = {event.pk for event in admin.context["cl"].result_list}
        # Each of the two searches is an event itself.
        assert listed - ids <= {max(listed, default=0)}
        assert ids <= listed
        assert bool(ids) == (since != there + timedelta(1))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_break_no_list_in_any_zone(day: str, auditor: User) -> None:
    client = signed_in(auditor)
    for end in ("since", "until"):
        assert client.get("/admin/audit/event/", {f"recorded_at_{end}": day}).status_code == 302
        assert client.get("/trail/", {end: day}).status_code == 200
