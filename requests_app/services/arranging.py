"""What an entity promises and lets happen by itself: calendars, service levels and rules.

Leads and administrators arrange it, each time with a reason. Nothing is deleted: it is ended, and
another one may take its place.
"""

from __future__ import annotations

from typing import Any, TypeVar

from audit.actors import Actor
from audit.recording import lock_row, recording
from audit.standing import Standing, refuse_stale
from requests_app import people, promising
from requests_app.models import Entity, Rule, ServiceLevel, WorkCalendar
from requests_app.services.acting import refuse

Row = TypeVar("Row", WorkCalendar, ServiceLevel, Rule)
# How the events of each begin.
NAMES: dict[type, str] = {WorkCalendar: "calendar", ServiceLevel: "service_level", Rule: "rule"}
ENDED = "This is ended and stays as it was. Add a new one instead."


def add_calendar(*, entity: Entity, by: Actor, reason: str, **facts: Any) -> WorkCalendar:
    return added(WorkCalendar(entity=entity, **facts), by, reason)


def change_calendar(
    *, calendar: WorkCalendar, by: Actor, reason: str, seen: Standing | None = None, **facts: Any
) -> WorkCalendar:
    """Dates that were given stay as they are; what waits goes on by the new hours."""
    return changed(calendar, by, reason, seen, facts)


def end_calendar(
    *, calendar: WorkCalendar, by: Actor, reason: str, seen: Standing | None = None
) -> WorkCalendar:
    return ended(calendar, by, reason, seen)


def add_service_level(*, entity: Entity, by: Actor, reason: str, **facts: Any) -> ServiceLevel:
    return added(ServiceLevel(entity=entity, **facts), by, reason)


def change_service_level(
    *, level: ServiceLevel, by: Actor, reason: str, seen: Standing | None = None, **facts: Any
) -> ServiceLevel:
    return changed(level, by, reason, seen, facts)


def end_service_level(
    *, level: ServiceLevel, by: Actor, reason: str, seen: Standing | None = None
) -> ServiceLevel:
    return ended(level, by, reason, seen)


def add_rule(*, entity: Entity, by: Actor, reason: str, **facts: Any) -> Rule:
    return added(Rule(entity=entity, **facts), by, reason)


def change_rule(
    *, rule: Rule, by: Actor, reason: str, seen: Standing | None = None, **facts: Any
) -> Rule:
    """A changed rule is tried afresh."""
    return changed(rule, by, reason, seen, {"trouble": "", **facts})


def end_rule(*, rule: Rule, by: Actor, reason: str, seen: Standing | None = None) -> Rule:
    return ended(rule, by, reason, seen)


def why_not_arrange(by: Actor, entity: Entity) -> str:
    return people.why_not_arrange(by.person, entity) if by.person is not None else ""


def added(row: Row, by: Actor, reason: str) -> Row:
    def look() -> None:
        lock_row(row.entity)  # of two that would stand for the same, the second is refused
        refuse(why_not_arrange(by, row.entity))
        refuse(promising.why_not(row))

    with recording(f"{NAMES[type(row)]}.added", by=by, subject=row, reason=reason, before=look):
        row.save()
    return row


def changed(row: Row, by: Actor, reason: str, seen: Standing | None, facts: dict[str, Any]) -> Row:
    kind = f"{NAMES[type(row)]}.changed"
    with recording(kind, by=by, subject=row, reason=reason, locked=True) as event:
        refuse(why_not_arrange(by, row.entity))
        refuse_changed(row, seen, by)
        lock_row(row.entity)
        if all(getattr(row, name) == value for name, value in facts.items()):
            event.discard()
        for name, value in facts.items():
            setattr(row, name, value)
        refuse(promising.why_not(row))
        row.save(update_fields=list(facts))
    return row


def ended(row: Row, by: Actor, reason: str, seen: Standing | None) -> Row:
    kind = f"{NAMES[type(row)]}.ended"
    with recording(kind, by=by, subject=row, reason=reason, locked=True):
        refuse(why_not_arrange(by, row.entity))
        refuse_changed(row, seen, by)
        row.is_active = False
        row.save(update_fields=["is_active"])
    return row


def refuse_changed(row: Row, seen: Standing | None, by: Actor) -> None:
    """Nobody overwrites what they have not read, or what is over."""
    refuse("" if row.is_active else ENDED)
    refuse_stale(row, seen, by)
