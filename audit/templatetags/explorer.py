"""Template tags of the explorer: what of an event stands in one line of a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from audit import moments
from audit.diffs import Change
from audit.templatetags.differences import ARROW, REMOVED, STATE, after_shown, before_shown
from audit.templatetags.trail import time_element
from audit.timeline import Entry

register = template.Library()

LONGEST = 40
ACTOR_ICONS = {
    "user": "person", "customer": "people", "key": "key", "rule": "swap", "job": "clock",
    "import": "download", "command": "play", "anonymous": "lock", "outside": "alert",
}  # fmt: skip
ADDED = REMOVED.replace("del", "ins").replace("before", "after").replace("removed", "added")


@dataclass(frozen=True)
class First:
    """The change that stands for all of an event: a new row only says that it is new."""

    label: str
    change: Change | None
    more: int


@register.filter
def first_change(entry: Entry) -> First | None:
    if not entry.rows:
        return None
    changed = [(row, change) for row in entry.rows if row.type == "~" for change in row.changes]
    if not changed:
        about = entry.event.subject_type
        row = next((row for row in entry.rows if row.model == about), entry.rows[0])
        return First(f"{row.model_label} {row.verb}".capitalize(), None, len(entry.rows) - 1)
    _, first = changed[0]
    others = sum(row.type != "~" for row in entry.rows)
    return First(first.label, first, len(changed) - 1 + others)


@register.filter
def brief(change: Change | None) -> SafeString | str:
    """Old → new, each cut to a line: the page of the event has all of it."""
    if change is None:
        return ""
    old, new = (
        side(change.before_state, before_shown(change), REMOVED),
        side(change.after_state, after_shown(change), ADDED),
    )
    return format_html("{}{}{}", old, ARROW if old and new else "", new)


def side(state: str, text: str, value: str) -> SafeString | str:
    if state == "absent":
        return ""
    is_moment = isinstance(text, SafeString)
    cut = text if is_moment else Truncator(" ".join(text.split())).chars(LONGEST)
    return format_html(value, cut) if state == "value" else format_html(STATE, state, cut)


@register.filter
def actor_icon(kind: str) -> str:
    return ACTOR_ICONS.get(kind, "dot")


@register.filter
def day(value: datetime) -> str:
    local = value.astimezone(timezone.get_current_timezone())
    return f"{local.day} {local:%b %Y}"


@register.filter
def clock(value: datetime) -> SafeString | str:
    """The time of day to the second with its zone, and all of it in the title."""
    local = value.astimezone(timezone.get_current_timezone())
    return time_element(value, f"{local:%H:%M:%S} {moments.zone_name(local)}")
