"""Template tags of differences: values as a page shows them, its moments in its zone."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit import diffs, moments
from audit.templatetags.trail import time_element

register = template.Library()

# What a plain change is made of.
REMOVED = (
    '<del class="diff__before"><span class="visually-hidden">removed: </span>'
    '<span dir="auto">{}</span></del> '
)
ADDED = (
    '<ins class="diff__after"><span class="visually-hidden">added: </span>'
    '<span dir="auto">{}</span></ins> '
)
STATE = '<span class="diff__state diff__state--{}">{}</span> '
ARROW = SafeString('<span class="diff__arrow" aria-hidden="true">→</span> ')
DIFFERENCE = '<span class="diff__difference">({})</span>'
NOTICE = '<p class="diff__notice">{}</p>'
WHOLE = '<p class="diff__notice"><a href="{}">All {} characters</a></p>'
# What a page shows of a long text, and all of it: folded on a screen, alone on paper.
CUT = (
    '<div class="cut">{}</div><details class="uncut"><summary>All {} characters</summary>{}'
    "</details>"
)
LINE = (
    '<div class="diff__change diff__change--{}"><dt class="diff__label" dir="auto">{}</dt>'
    '<dd class="diff__values">{}{}{}{}</dd></div>'
)


@register.filter
def old_to_new(change: diffs.Change) -> SafeString:
    """A plain change, in components/changes.html. A page shows hundreds, so they are put together
    here: the same in a template would take a fifth of the page's time."""
    shown = sides(change)
    if change.uncut is not None:
        shown = format_html(CUT, shown, length_of(change), sides(change.uncut))
    difference = format_html(DIFFERENCE, change.difference) if change.difference else ""
    notice = format_html(NOTICE, change.notice) if change.notice else ""
    whole = whole_link(change)
    return format_html(LINE, change.kind, change.label, shown, difference, notice, whole)


def sides(change: diffs.Change) -> SafeString:
    old = side(change.before_state, before_shown(change), REMOVED)
    new = side(change.after_state, after_shown(change), ADDED)
    return format_html("{}{}{}", old, ARROW if old and new else "", new)


def side(state: str, text: str, value: str) -> SafeString:
    if state == "absent":
        return SafeString("")
    return format_html(value, text) if state == "value" else format_html(STATE, state, text)


@register.filter
def before_shown(change: diffs.Change) -> str:
    return in_zone(change, 0) or change.before


@register.filter
def after_shown(change: diffs.Change) -> str:
    return in_zone(change, 1) or change.after


def in_zone(change: diffs.Change, place: int) -> SafeString | str:
    """A moment in the zone of the page, with its microseconds where both are within one second;
    empty for what is none."""
    moment = change.moments[place]
    if moment is None:
        return ""
    zone = timezone.get_current_timezone()
    told = {moments.exact(each, zone) for each in change.moments if each is not None}
    is_fine = len(told) < len({each for each in change.moments if each is not None})
    return time_element(moment, (moments.fine if is_fine else moments.exact)(moment, zone))


@register.filter
def whole_link(change: diffs.Change) -> SafeString | str:
    """Where a page cut it for length and does not hold the rest: the way to all of it."""
    if change.whole is None or change.uncut is not None:
        return ""
    address = reverse("audit:event-show", args=[change.whole[0]])
    return format_html(WHOLE, address, length_of(change))


@register.filter
def length_of(change: diffs.Change) -> str:
    """How many characters all of it has."""
    return f"{change.whole[1]:,}" if change.whole is not None else ""
