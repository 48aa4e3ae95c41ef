"""Periods: opened, closed and reopened. One person asks, another one decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from audit.actors import Actor
from audit.recording import recording
from audit.standing import Standing, refuse_stale
from finance.models import Period
from finance.roles import ASKS_ABOUT_PERIODS, DECIDES_ON_PERIODS, refuse, why_not
from requests_app.models import Entity, Role

Status = Period.Status


@dataclass(frozen=True)
class Move:
    """``takes`` from the one status to the other; ``decides`` answers what somebody asked for."""

    kind: str
    takes: tuple[Period.Status, Period.Status]
    label: str
    note: str
    done: str
    decides: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        return DECIDES_ON_PERIODS if self.decides else ASKS_ABOUT_PERIODS


MOVES = {
    "ask-close": Move(
        "period.close_asked", (Status.OPEN, Status.CLOSING), "Ask to close",
        "Entries are still taken, until somebody else closes it.",
        "{} is to be closed once somebody else agrees.",
    ),
    "close": Move(
        "period.closed", (Status.CLOSING, Status.CLOSED), "Close",
        "No entry is taken any more. Reopening it needs two people again.",
        "{} is closed.", decides=True,
    ),
    "decline-close": Move(
        "period.close_declined", (Status.CLOSING, Status.OPEN), "Leave open",
        "The period stays open.", "{} stays open.", decides=True,
    ),
    "ask-reopen": Move(
        "period.reopen_asked", (Status.CLOSED, Status.REOPENING), "Ask to reopen",
        "It stays closed, until somebody else reopens it.",
        "{} is to be reopened once somebody else agrees.",
    ),
    "reopen": Move(
        "period.reopened", (Status.REOPENING, Status.OPEN), "Reopen",
        "Entries are taken again, in a month that was reported as closed.",
        "{} is open again.", decides=True,
    ),
    "decline-reopen": Move(
        "period.reopen_declined", (Status.REOPENING, Status.CLOSED), "Leave closed",
        "The period stays closed.", "{} stays closed.", decides=True,
    ),
}  # fmt: skip


def open_period(*, entity: Entity, year: int, month: int, by: Actor, reason: str = "") -> Period:
    period = Period(entity=entity, year=year, month=month)
    with recording("period.opened", by=by, subject=period, reason=reason):
        refuse(why_not_add(by, entity))
        refuse(why_not_open(entity, year, month))
        period.save()
    return period


def why_not_open(entity: Entity, year: int, month: int) -> str:
    if not (1 <= month <= 12 and 1900 <= year <= 9999):
        return "A period is a month. Give a year and a month from 1 to 12."
    known = Period.objects.filter(entity=entity, year=year, month=month).first()
    return (
        f"{known} of {entity.code} is there already: {known.get_status_display().lower()}."
        if known
        else ""
    )


def move(
    slug: str, *, period: Period, by: Actor, reason: str, seen: Standing | None = None
) -> Period:
    """Takes a period a step on; ``slug`` is one of MOVES."""
    way = MOVES[slug]
    with recording(way.kind, by=by, subject=period, reason=reason, locked=True):
        refuse(why_not_move(slug, period, by))
        refuse_stale(period, seen, by)
        period.status = way.takes[1]
        if way.decides:
            period.decided_by = by.person
        else:
            period.asked_by, period.decided_by = by.person, None
        period.save(update_fields=["status", "asked_by", "decided_by"])
    return period


def why_not_move(slug: str, period: Period, by: Actor) -> str:
    """Why this actor may not take the step now; empty if they may. Pages ask it, too."""
    way = MOVES[slug]
    if by.person is None:
        return "Closing and reopening takes people: one who asks, and another one who decides."
    refusal = why_not(by, period.entity, way.roles, "Closing and reopening periods")
    if refusal:
        return refusal
    if period.status != way.takes[0]:
        return f"{period} is {period.get_status_display().lower()}, so this cannot be done now."
    if way.decides and period.asked_by_id == by.person.pk:
        return "You asked for this yourself. Somebody else decides it."
    return ""


def moves_for(period: Period, by: Actor) -> list[tuple[str, Move]]:
    return [(slug, way) for slug, way in MOVES.items() if not why_not_move(slug, period, by)]


def why_not_post_on(entity: Entity, day: date) -> str:
    """Why no entry is taken on a day; empty if one is. Never another day instead."""
    period = Period.objects.filter(entity=entity, year=day.year, month=day.month).first()
    if period is None:
        return (
            f"{entity.code} has no period {day:%Y-%m}. Open it first, or post on a day of one "
            "that is open."
        )
    if period.status not in Period.TAKES_ENTRIES:
        return (
            f"The period {period} of {entity.code} is {period.get_status_display().lower()}. Post "
            "on a day of an open one, or let two people reopen it."
        )
    return ""


def why_not_add(by: Actor, entity: Entity) -> str:
    return why_not(by, entity, ASKS_ABOUT_PERIODS, "Opening periods")


def refusals(period: Period, by: Actor) -> list[tuple[str, str]]:
    """The steps that come next from where the period stands, with why they are not this actor's."""
    return [
        (way.label, refusal) for slug, way in MOVES.items()
        if way.takes[0] == period.status and (refusal := why_not_move(slug, period, by))
    ]  # fmt: skip
