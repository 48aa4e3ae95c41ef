"""The clocks of a request in words: what is due when, what was kept, and missed by how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from audit import moments
from audit.versions import version_model
from requests_app.filters import listed
from requests_app.models import ServiceLevel, SupportRequest

PAUSED = "Paused while it waits for the customer"
LISTED = {"late": "overdue", "soon": "soon"}
ICONS = {"met": "check", "late": "alert", "soon": "clock", "running": "clock", "paused": "pause"}


@dataclass(frozen=True)
class Clock:
    """``state`` is met, late, soon, running, paused or over; ``address`` lists what is as late."""

    label: str
    state: str
    words: str
    due_at: datetime
    met_at: datetime | None = None
    note: str = ""
    address: str = ""

    @property
    def icon(self) -> str:
        return ICONS.get(self.state, "dot")


@dataclass(frozen=True)
class DueFacts:
    """``nothing`` says why there are no clocks; ``address`` leads to the level that gave them."""

    clocks: list[Clock]
    nothing: str = ""
    level: str = ""
    address: str = ""


def of(row: SupportRequest, now: datetime) -> DueFacts:
    """Costs one query where a level gave the dates."""
    clocks = list(clocks_of(row, now))
    level, address = level_of(row)
    return DueFacts(clocks, "" if clocks else why_nothing(row), level, address)


def pressing(row: SupportRequest, now: datetime) -> Clock | None:
    """The clock that has run out, or is about to; none where there is time."""
    if row.ended_at is not None:
        return None
    clocks = list(clocks_of(row, now))
    found = (each for state in LISTED for each in clocks if each.state == state and each.address)
    return next(found, None)


def why_nothing(row: SupportRequest) -> str:
    if row.source:
        return "Not set: imported."
    return f"Not set: no service level for the priority {row.get_priority_display()}."


def clocks_of(row: SupportRequest, now: datetime) -> Iterator[Clock]:
    if row.first_response_due_at is not None:
        yield first_response(row, row.first_response_due_at, now)
    if row.due_at is not None:
        yield resolution(row, row.due_at, now)


def first_response(row: SupportRequest, due_at: datetime, now: datetime) -> Clock:
    label, answered_at = "First response", row.first_responded_at
    if answered_at is not None and answered_at <= due_at:
        return Clock(label, "met", "Answered in time", due_at, answered_at)
    if answered_at is not None:
        late = f"Answered {length(due_at, answered_at)} late"
        return Clock(label, "late", late, due_at, answered_at)
    if row.ended_at is not None:
        return Clock(label, "over", "Ended without an answer", due_at)
    if row.due_paused_at is not None and row.due_paused_at < due_at:
        return Clock(label, "paused", PAUSED, due_at)
    state, words = running(due_at, None, now)
    return Clock(label, state, words, due_at, address=alike(state))


def resolution(row: SupportRequest, due_at: datetime, now: datetime) -> Clock:
    label, ended_at = "Resolution", row.ended_at
    by_hand = row.due_by_hand_at is not None
    note = "Set by hand; neither the priority nor waiting moves it." if by_hand else ""
    if ended_at is not None and ended_at <= due_at:
        return Clock(label, "met", "Ended in time", due_at, ended_at, note)
    if ended_at is not None:
        return Clock(
            label, "late", f"Ended {length(due_at, ended_at)} late", due_at, ended_at, note
        )
    if row.due_paused_at is not None and row.due_paused_at < due_at and not by_hand:
        return Clock(label, "paused", PAUSED, due_at)
    state, words = running(due_at, row.due_soon_at, now)
    return Clock(label, state, words, due_at, note=note, address=alike(state))


def running(due_at: datetime, soon_at: datetime | None, now: datetime) -> tuple[str, str]:
    if now >= due_at:
        return "late", f"Overdue by {length(due_at, now)}"
    state = "soon" if soon_at is not None and now >= soon_at else "running"
    return state, f"Due {moments.relative(due_at, now)}"


def alike(state: str) -> str:
    """The list of all requests that are as late, where there is one."""
    return listed(due=LISTED[state]) if state in LISTED else ""


def length(earlier: datetime, later: datetime) -> str:
    """For example "3 h"."""
    words = moments.relative(earlier, later)
    return "a moment" if words == "just now" else words.removesuffix(" ago")


def level_of(row: SupportRequest) -> tuple[str, str]:
    if row.service_level_version is None:
        return "", ""
    versions: Any = version_model(ServiceLevel).objects
    version = versions.filter(history_id=row.service_level_version).first()
    if version is None:
        return "", ""
    address = reverse("audit:version-compare", args=["requests_app.servicelevel", version.id])
    return str(version.instance), f"{address}?to={version.history_id}"
