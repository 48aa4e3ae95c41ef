"""What the demo's company promises, when it works, and what the clock found late in its story."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from audit.actors import Actor
from requests_app import rules, services
from requests_app.models import DueNotice, Entity, Rule, SupportRequest, User, WorkCalendar
from requests_app.services import keeping, ruling

if TYPE_CHECKING:
    from requests_app.demo.story import Story

HOURS = {"US": "08:00-18:00", "DE": "09:00-12:30, 13:00-17:30"}
# Priority: minutes to the first response, to the end, and of warning.
LEVELS = {
    "critical": (30, 8 * 60, 120),
    "high": (60, 16 * 60, 120),
    "normal": (4 * 60, 24 * 60, 240),
    "low": (8 * 60, 60 * 60, 480),
}
SILENCE = 14
WHY = "Terms of service of this year"
KINDS = (
    (DueNotice.Kind.FIRST_RESPONSE_BREACHED, "first_response_due_at"),
    (DueNotice.Kind.DUE_SOON, "due_soon_at"),
    (DueNotice.Kind.DUE_BREACHED, "due_at"),
)


def arrange(entity: Entity, lead: Actor, year: int) -> None:
    services.add_calendar(
        entity=entity, by=lead, reason=WHY, name="Office hours", time_zone=entity.time_zone,
        country=entity.code, hours=dict.fromkeys(WorkCalendar.WEEKDAYS[:5], HOURS[entity.code]),
        days={f"{year}-12-24": {"name": "Christmas Eve", "hours": "09:00-12:00"}},
    )  # fmt: skip
    for priority, (answer, done, warning) in LEVELS.items():
        services.add_service_level(
            entity=entity, by=lead, reason=WHY, priority=priority, first_response_minutes=answer,
            resolution_minutes=done, warn_minutes=warning,
        )  # fmt: skip
    services.add_rule(
        entity=entity, by=lead, reason="Nobody keeps a list of what was resolved",
        kind=Rule.Kind.CLOSE_AFTER_SILENCE, name="Close after two quiet weeks", days=SILENCE,
    )  # fmt: skip


def let_assign(entity: Entity, lead: Actor, category: str, assignee: User) -> None:
    services.add_rule(
        entity=entity, by=lead, reason="The carrier's portal knows one contact only",
        kind=Rule.Kind.ASSIGN_BY_CATEGORY, name=f"{category} to {assignee.get_short_name()}",
        category=category, assignee=assignee,
    )  # fmt: skip


def tell_lateness(story: Story, row: SupportRequest, until: datetime) -> None:
    """What the worker would have found until then, claimed for the minute after each date."""
    row.refresh_from_db()
    by = keeping.keeper("demo").through("demo")
    for kind, name in KINDS:
        passed_at, due_at = getattr(row, name), getattr(row, keeping.DATE[kind])
        is_answered = name == "first_response_due_at" and row.first_responded_at is not None
        if passed_at is None or passed_at > until or row.due_paused_at or is_answered:
            continue
        if not row.due_notices.filter(kind=kind, due_at=due_at).exists():
            claimed = min(passed_at + timedelta(minutes=1), until)
            keeping.write(kind, [row], by, occurred_at=claimed)


def close_as_silent(row: SupportRequest, when: datetime) -> None:
    [rule] = rules.in_use(Rule.Kind.CLOSE_AFTER_SILENCE).filter(entity=row.entity)
    ruling.close_by_rule(rule, row, occurred_at=when, channel="demo")
