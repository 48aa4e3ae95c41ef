"""What the pages of due dates and rules read: all that is arranged, per entity, in few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404

from audit.actors import Actor
from audit.recording import record
from requests_app import answerable, calendars, people
from requests_app.models import Entity, Rule, ServiceLevel, WorkCalendar
from requests_app.promising import Preview, previews

AHEAD = timedelta(days=120)
DAYS_SHOWN = 6


@dataclass(frozen=True)
class DayOff:
    """A day unlike its week; ``hours`` is empty where nobody works."""

    day: date
    name: str
    hours: str


@dataclass
class Arranged:
    """All of one entity, for one person: what is in use, what is ended, and what it means now."""

    entity: Entity
    may_change: bool
    calendar: WorkCalendar | None = None
    levels: list[ServiceLevel] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    ended: list[Any] = field(default_factory=list)
    days: list[DayOff] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)


def arranged(person: Any, now: datetime) -> list[Arranged]:
    """Of every entity that the person may see. Four queries."""
    entities = people.entities_of(person)
    ids = [entity.pk for entity in entities]
    found = {
        entity.pk: Arranged(entity, not people.why_not_arrange(person, entity))
        for entity in entities
    }
    rules = list(Rule.objects.filter(entity__in=ids).select_related("assignee"))
    put_calendars(found, WorkCalendar.objects.filter(entity__in=ids))
    for entity_id, levels in in_use(found, ServiceLevel.objects.filter(entity__in=ids)).items():
        found[entity_id].levels = levels
    answerable.note(rules)
    for entity_id, of_entity in in_use(found, rules).items():
        found[entity_id].rules = of_entity
    for one in found.values():
        one.previews = previews(one.calendar, one.levels, now)
        one.days = days_ahead(one.calendar, now) if one.calendar is not None else []
    return list(found.values())


def put_calendars(found: dict[int, Arranged], calendars_found: Iterable[WorkCalendar]) -> None:
    for entity_id, [calendar] in in_use(found, calendars_found).items():
        found[entity_id].calendar = calendar


def in_use(found: dict[int, Arranged], rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Those in use by entity; the others are noted as ended."""
    used: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        (used[row.entity_id] if row.is_active else found[row.entity_id].ended).append(row)
    return used


def days_ahead(calendar: WorkCalendar, now: datetime) -> list[DayOff]:
    """The next days unlike their week, holidays that fall on a day off anyway left out."""
    working = calendars.working_time(calendar)
    today = now.astimezone(working.zone).date()
    found = []
    for offset in range(AHEAD.days):
        day = today + timedelta(days=offset)
        name = calendars.holiday(calendar, day)
        usual = calendar.hours.get(WorkCalendar.WEEKDAYS[day.weekday()], "")
        if name and (usual or day.isoformat() in calendar.days):
            hours = ", ".join(map(str, working.hours_on(day)))
            found.append(DayOff(day, name, hours))
    return found[:DAYS_SHOWN]


def find(rows: Any, row_id: int, by: Actor) -> Any:
    """The row, if the person may see it. A refused look is recorded, and answered like a wrong
    one."""
    row = rows.select_related("entity").filter(pk=row_id).first()
    if row is not None and row.entity_id in people.entity_ids(by.person):
        return row
    if row is not None:
        record("due_settings.view_denied", by=by, subject=row, outcome="denied")
    raise Http404("no such row")


def find_entity(code: str, by: Actor) -> Entity:
    entity = Entity.objects.filter(code=code).first()
    if entity is not None and entity.pk in people.entity_ids(by.person):
        return entity
    if entity is not None:
        record("due_settings.view_denied", by=by, subject=entity, outcome="denied")
    raise Http404("no such entity")
