"""Due dates that people set, and dates computed again after a level or a calendar changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from audit.actors import Actor
from audit.recording import recording
from requests_app import clock
from requests_app.models import SupportRequest
from requests_app.services.acting import acting, put, refuse
from requests_app.transitions import OPEN

LATEST = timedelta(days=3_660)


def change_due_date(
    *, support_request: SupportRequest, due_at: datetime, by: Actor, reason: str, **when: Any
) -> SupportRequest:
    """Sets the date by hand. From then on neither the priority nor waiting moves it; reopening
    starts anew."""
    at = clock.moment(when.get("occurred_at"))
    with acting(
        "change_due_date", "request.due_date_changed", support_request, by=by, reason=reason, **when
    ) as event:
        if support_request.due_by_hand_at is not None and support_request.due_at == due_at:
            event.discard()
        refuse(why_not_due_at(due_at, at()))
        put(event, support_request, **clock.by_hand(support_request, due_at, at()))
    return support_request


def why_not_due_at(due_at: datetime, now: datetime) -> str:
    if due_at <= now:
        return "This moment has passed. Give one that is still to come."
    if due_at > now + LATEST:
        return "This moment is more than ten years away. Check the year."
    return ""


def would_recompute(support_request: SupportRequest) -> bool:
    """Whether the level and calendar of now give a request other dates than it has."""
    if support_request.status not in OPEN or support_request.due_from is None:
        return False
    dates = clock.of_other_priority(support_request, support_request.priority)
    return any(getattr(support_request, name) != value for name, value in dates.items())


def recompute(*, support_request: SupportRequest, by: Actor, reason: str) -> SupportRequest:
    """The dates by the level and calendar of now. A date set by hand stays; so does one of a
    request that has ended, or that never had one."""
    with recording(
        "request.due_dates_recomputed", by=by, subject=support_request, reason=reason, locked=True
    ) as event:
        if support_request.status not in OPEN or support_request.due_from is None:
            event.discard()
        put(
            event, support_request,
            **clock.of_other_priority(support_request, support_request.priority),
        )  # fmt: skip
    return support_request
