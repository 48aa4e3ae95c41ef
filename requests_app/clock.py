"""The clocks of a request: which dates follow from what happens to it. docs/due-dates.md says why.

Nothing here writes; services put what this tells into the row, under the event of the act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from audit.versions import version_model
from requests_app.calendars import working_time
from requests_app.models import ServiceLevel, SupportRequest, WorkCalendar
from requests_app.transitions import OPEN
from requests_app.working_time import NoWorkingTime, WorkingTime

PAUSES = "waiting_customer"

Columns = dict[str, Any]
Moment = Callable[[], datetime]


@dataclass(frozen=True)
class Terms:
    """What an entity promises for a priority; ``version`` is that of the level."""

    level: ServiceLevel
    version: int
    working: WorkingTime

    def dates(self, begins: datetime) -> Columns:
        """Due dates counted from a moment. Raises NoWorkingTime."""
        done, warning = minutes(self.level.resolution_minutes), minutes(self.level.warn_minutes)
        answered = minutes(self.level.first_response_minutes)
        return {
            "first_response_due_at": self.working.after(begins, answered),
            "due_at": self.working.after(begins, done),
            "due_soon_at": self.working.after(begins, done - warning),
            "service_level_version": self.version,
        }


NO_DATES: Columns = {
    "first_response_due_at": None,
    "due_at": None,
    "due_soon_at": None,
    "service_level_version": None,
}


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def moment(occurred_at: datetime | None) -> Moment:
    """When an act happens, to the second: as claimed, or by the database, which is asked once."""
    return cache(lambda: (occurred_at or database_time()).replace(microsecond=0))


def calendar_in_use(entity_id: int) -> WorkCalendar | None:
    return WorkCalendar.objects.filter(entity_id=entity_id, is_active=True).first()


def terms(entity_id: int, priority: str) -> Terms | None:
    """What is promised now; None where there is no level for the priority, or no calendar."""
    versions = version_model(ServiceLevel).objects.filter(id=OuterRef("pk"))
    newest = versions.order_by("-history_id").values("history_id")[:1]
    levels = ServiceLevel.objects.filter(entity_id=entity_id, priority=priority, is_active=True)
    level: Any = levels.annotate(newest_version=Subquery(newest)).first()
    calendar = calendar_in_use(entity_id) if level is not None else None
    if level is None or calendar is None:
        return None
    return Terms(level, level.newest_version, working_time(calendar))


def dates(promised: Terms | None, begins: datetime) -> Columns:
    """No dates also where the hours have become too few for the level."""
    try:
        return promised.dates(begins) if promised is not None else dict(NO_DATES)
    except NoWorkingTime:
        return dict(NO_DATES)


def starting(entity_id: int, priority: str, at: Moment) -> Columns:
    """The clocks of a request that is opened now."""
    promised = terms(entity_id, priority)
    return {} if promised is None else {"due_from": at(), **dates(promised, at())}


def following(row: SupportRequest, columns: Mapping[str, Any], at: Moment) -> Columns:
    """What changes beside these columns, since the status or the priority changes with them."""
    status, priority = columns.get("status", row.status), columns.get("priority", row.priority)
    if (status, priority) == (row.status, row.priority):
        return {}
    found: Columns = {}
    if row.due_paused_at is not None and status != PAUSES:
        found |= resumed(row, at())
    if status not in OPEN:
        return found | ({"ended_at": at()} if row.status in OPEN else {})
    if row.status not in OPEN:
        return found | reopened(row, priority, at())
    if status == PAUSES != row.status and row.due_from is not None:
        found["due_paused_at"] = at()
    if priority != row.priority:
        found |= of_other_priority(row, priority)
    return found


def resumed(row: SupportRequest, now: datetime) -> Columns:
    """Dates go on by the working time that was waited; what was late already stays late, and a date
    set by hand stays as it is."""
    since, calendar = row.due_paused_at, calendar_in_use(row.entity_id)
    assert since is not None
    found: Columns = {"due_paused_at": None}
    if calendar is None:
        return found
    working = working_time(calendar)
    waited = working.between(since, now)
    names = ["due_from"]
    if row.due_by_hand_at is None and row.due_at is not None and row.due_at > since:
        names += ["due_at", "due_soon_at"]
    if row.first_responded_at is None and (row.first_response_due_at or since) > since:
        names += ["first_response_due_at"]
    return found | {name: working.after(getattr(row, name), waited) for name in names}


def reopened(row: SupportRequest, priority: str, now: datetime) -> Columns:
    """The work starts anew, and so does its clock. An answer that was given stays given; imported
    requests stay without dates."""
    found: Columns = {"ended_at": None}
    if row.source:
        return found
    started = {"due_from": now, "due_by_hand_at": None, "due_paused_at": None}
    started |= dates(terms(row.entity_id, priority), now)
    if row.first_responded_at is not None:
        del started["first_response_due_at"]
    return found | started


def of_other_priority(row: SupportRequest, priority: str) -> Columns:
    """The dates of the other level, counted from the same moment; one set by hand stays."""
    if row.due_from is None:
        return {}
    found = dates(terms(row.entity_id, priority), row.due_from)
    if row.due_by_hand_at is not None:
        del found["due_at"], found["due_soon_at"]
    if row.first_responded_at is not None:
        del found["first_response_due_at"]
    return found


def by_hand(row: SupportRequest, due_at: datetime, now: datetime) -> Columns:
    """A date that somebody chose. The level says only how long before it a warning comes."""
    promised = terms(row.entity_id, row.priority)
    soon = None
    if promised is not None:
        try:
            soon = promised.working.before(due_at, minutes(promised.level.warn_minutes))
        except NoWorkingTime:
            soon = None
    return {"due_at": due_at, "due_soon_at": soon, "due_by_hand_at": now}
