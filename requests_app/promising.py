"""Why a calendar, a service level or a rule cannot stand, and what one would mean for a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from requests_app import calendars, clock, people
from requests_app.models import Priority, Rule, ServiceLevel, WorkCalendar
from requests_app.working_time import NoWorkingTime, Unreadable, parsed

MOST_DAYS = 366


@dataclass(frozen=True)
class Preview:
    """What a request of a priority, opened at a moment, would be promised."""

    priority: str
    first_response_due_at: datetime | None
    due_at: datetime | None
    due_soon_at: datetime | None

    @property
    def label(self) -> str:
        return str(Priority(self.priority).label)


def previews(
    calendar: WorkCalendar | None, levels: Iterable[ServiceLevel], now: datetime
) -> list[Preview]:
    """Of every priority; those without a level, or all without a calendar, have no dates."""
    of_priority = {level.priority: level for level in levels if level.is_active}
    found = []
    for priority in Priority.values:
        level = of_priority.get(priority)
        given = None
        if calendar is not None and level is not None:
            given = clock.Terms(level, 0, calendars.working_time(calendar))
        dates = clock.dates(given, now.replace(microsecond=0))
        del dates["service_level_version"]
        found.append(Preview(priority, **dates))
    return found


def previews_with(row: WorkCalendar | ServiceLevel, now: datetime) -> list[Preview]:
    """What it would be with this row in use, saved or not."""
    levels = ServiceLevel.objects.filter(entity_id=row.entity_id, is_active=True)
    if isinstance(row, ServiceLevel):
        calendar = clock.calendar_in_use(row.entity_id)
        return previews(calendar, [*levels.exclude(pk=row.pk), row], now)
    return previews(row, levels, now)


def why_not(row: WorkCalendar | ServiceLevel | Rule) -> str:
    """Why it cannot stand; empty if it can. It has its entity, and may be unsaved."""
    if isinstance(row, WorkCalendar):
        return why_not_calendar(row)
    return why_not_level(row) if isinstance(row, ServiceLevel) else why_not_rule(row)


def why_not_calendar(calendar: WorkCalendar) -> str:
    refusal = (
        calendars.why_not_zone(calendar.time_zone)
        or calendars.why_not_place(calendar.country, calendar.subdivision)
        or why_not_hours(calendar)
        or why_not_days(calendar)
    )
    if refusal:
        return refusal
    other = WorkCalendar.objects.filter(entity_id=calendar.entity_id, is_active=True)
    known = other.exclude(pk=calendar.pk).first()
    if known is not None:
        code = calendar.entity.code
        return f"{code} works by the calendar {known.name} already. Change that one, or end it."
    levels = ServiceLevel.objects.filter(entity_id=calendar.entity_id, is_active=True)
    return next(filter(None, (why_never(calendar, level) for level in levels)), "")


def why_not_hours(calendar: WorkCalendar) -> str:
    for name in WorkCalendar.WEEKDAYS:
        try:
            parsed(calendar.hours.get(name, ""))
        except Unreadable as error:
            return f"{name.capitalize()}: {error}"
    if not any(calendar.hours.get(name, "").strip() for name in WorkCalendar.WEEKDAYS):
        return "A week without a working day is never over. Give hours for at least one day."
    return ""


def why_not_days(calendar: WorkCalendar) -> str:
    if len(calendar.days) > MOST_DAYS:
        return f"There are more than {MOST_DAYS} single days. Remove those that have passed."
    for day, said in calendar.days.items():
        try:
            date.fromisoformat(day)
            parsed(said["hours"])
        except Unreadable as error:
            return f"{day}: {error}"
        except ValueError:
            return f"{day} is no day. Write it like 2026-12-24."
    return ""


def why_never(calendar: WorkCalendar, level: ServiceLevel) -> str:
    """Why a level would never fall due by a calendar."""
    try:
        working = calendars.working_time(calendar)
        clock.Terms(level, 0, working).dates(clock.database_time())
    except NoWorkingTime as error:
        return f"{level}: {error} Give more hours, or a shorter time."
    return ""


def why_not_level(level: ServiceLevel) -> str:
    if level.priority not in Priority.values:
        return "Choose one of the priorities."
    if level.first_response_minutes < 1:
        return "A first response takes at least a minute."
    if level.resolution_minutes < level.first_response_minutes:
        return "The first response comes before the end: give the end at least as much time."
    if level.warn_minutes >= level.resolution_minutes:
        return "The warning would come before the work begins. Give it less time."
    others = ServiceLevel.objects.filter(
        entity_id=level.entity_id, priority=level.priority, is_active=True
    )
    if others.exclude(pk=level.pk).exists():
        label = level.get_priority_display()
        return f"{level.entity.code} has a level for {label} already. Change that one, or end it."
    calendar = clock.calendar_in_use(level.entity_id)
    return why_never(calendar, level) if calendar is not None else ""


def why_not_rule(rule: Rule) -> str:
    if rule.kind == Rule.Kind.ASSIGN_BY_CATEGORY:
        refusal = why_not_assigning(rule)
    elif rule.kind == Rule.Kind.CLOSE_AFTER_SILENCE:
        refusal = "" if rule.days and rule.assignee_id is None else "Give at least one day."
    else:
        refusal = "Choose what the rule does."
    if refusal:
        return refusal
    others = Rule.objects.filter(
        entity_id=rule.entity_id, kind=rule.kind, category__iexact=rule.category, is_active=True
    )
    known = others.exclude(pk=rule.pk).first()
    if known is not None:
        return f"{known} does so for this category already. Change that one, or end it."
    return ""


def why_not_assigning(rule: Rule) -> str:
    if not rule.category.strip():
        return "Say which category is assigned."
    if rule.assignee is None:
        return "Say to whom it is assigned."
    refusal = people.why_not_work(rule.assignee, rule.entity)
    return f"{rule.assignee} cannot be given requests. {refusal}" if refusal else ""
