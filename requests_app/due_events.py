"""The event kinds of due dates, and of the rules and calendars behind them."""

from __future__ import annotations

from audit.kinds import Kind


def due_dates() -> tuple[Kind, ...]:
    return (
        Kind("request.due_date_changed", "Due date changed", "changed the due date", "clock",
             needs_reason=True),
        Kind("request.due_dates_recomputed", "Due dates computed again",
             "computed the due dates again", "clock", needs_reason=True),
        Kind("request.due_soon", "Due soon", "warned that the request is due soon", "clock"),
        Kind("request.due_breached", "Not done when due",
             "found the request not done when it was due", "alert"),
        Kind("request.first_response_breached", "No first response when due",
             "found the request without a first response when that was due", "alert"),
    )  # fmt: skip


def arrangements() -> tuple[Kind, ...]:
    return (
        Kind("calendar.added", "Calendar added", "added the calendar", "plus", needs_reason=True),
        Kind("calendar.changed", "Calendar changed", "changed the calendar", "edit",
             needs_reason=True),
        Kind("calendar.ended", "Calendar ended", "ended the calendar", "x", needs_reason=True),
        Kind("service_level.added", "Service level added", "added the service level", "plus",
             needs_reason=True),
        Kind("service_level.changed", "Service level changed", "changed the service level", "edit",
             needs_reason=True),
        Kind("service_level.ended", "Service level ended", "ended the service level", "x",
             needs_reason=True),
        Kind("rule.added", "Rule added", "added the rule", "plus", needs_reason=True),
        Kind("rule.changed", "Rule changed", "changed the rule", "edit", needs_reason=True),
        Kind("rule.ended", "Rule ended", "ended the rule", "x", needs_reason=True),
        Kind("due_settings.view_denied", "Look at due dates and rules refused",
             "was refused a look", "eye"),
        Kind("rule.skipped", "Rule skipped", "could not act and was skipped", "alert"),
        Kind("rule.recovered", "Rule works again", "can act again", "check"),
    )  # fmt: skip
