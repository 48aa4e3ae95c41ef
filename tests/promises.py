"""Calendars, service levels and rules for tests, made through the services."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from requests_app import services
from requests_app.models import Entity, Rule, ServiceLevel, WorkCalendar
from tests.factories import TESTER

OFFICE = dict.fromkeys(WorkCalendar.WEEKDAYS[:5], "09:00-17:00")
ALWAYS = dict.fromkeys(WorkCalendar.WEEKDAYS, "00:00-24:00")
WHY = "As agreed with sales"


def calendar(entity: Entity, **facts: Any) -> WorkCalendar:
    given = {"name": "Office", "time_zone": "UTC", "hours": OFFICE} | facts
    return services.add_calendar(entity=entity, by=TESTER, reason=WHY, **given)


def level(entity: Entity, priority: str = "normal", **facts: Any) -> ServiceLevel:
    """A first response in 2 hours, done in 8, a warning 1 before."""
    given = {"first_response_minutes": 120, "resolution_minutes": 480, "warn_minutes": 60} | facts
    return services.add_service_level(
        entity=entity, by=TESTER, reason=WHY, priority=priority, **given
    )


def office(entity: Entity, **facts: Any) -> ServiceLevel:
    """Monday to Friday from nine to five, and a level for requests of normal priority."""
    calendar(entity)
    return level(entity, **facts)


def rule(entity: Entity, kind: str, **facts: Any) -> Rule:
    return services.add_rule(
        entity=entity, by=TESTER, reason=WHY, kind=kind, **{"name": "By itself"} | facts
    )


def at(text: str) -> datetime:
    """A moment in UTC; 2026-11-16 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
