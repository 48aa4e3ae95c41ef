"""The newest events that the overview tells of: all by one statement, or each by itself where that
fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from audit import firsts
from audit.models import Event, EventQuerySet


def checks() -> EventQuerySet:
    """By the index of actors: the job's own trail."""
    return Event.objects.of_actor("job", "audit.check_trail").filter(kind="trail.checked").reverse()


def clocks() -> EventQuerySet:
    return Event.objects.of_actor("job", "config.measure_clock").reverse()


def measures() -> EventQuerySet:
    own = Event.objects.of_actor("job", "config.measure_storage")
    return own.filter(kind="storage.measured").reverse()


def measured_before() -> EventQuerySet:
    """About a week ago, for what has grown since."""
    return measures().filter(recorded_at__lte=timezone.now() - timedelta(days=6, hours=12))


EVENTS: dict[str, Callable[[], EventQuerySet]] = {
    "check": checks, "clock": clocks, "measure": measures, "measured before": measured_before,
}  # fmt: skip


def read() -> dict[str, Event | None]:
    found = firsts.of_each(**{name: events() for name, events in EVENTS.items()})
    return {name: found.get(name) for name in EVENTS}


def event(given: Mapping[str, Any], name: str) -> Event | None:
    """As it was read with the others, or by itself."""
    found: Event | None = given[name] if name in given else EVENTS[name]().first()
    return found
