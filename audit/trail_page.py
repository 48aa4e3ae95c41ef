"""Reads a page of what is asked of the trail, and how many events there are of it."""

from __future__ import annotations

from audit import timeline
from audit.asking import TrailFilter
from audit.models import EventQuerySet
from audit.paging import Position
from audit.timeline import Page


def read(form: TrailFilter, events: EventQuerySet, at: Position) -> tuple[Page, int]:
    """Of these events; none where it is unclear what is asked. Words are sought once: where their
    events can be counted, a page is cut from their ids. Else the planner might seek the page among
    all events, one by one, since it cannot tell how rare a word is that it has no figures of."""
    if not form.is_valid():
        return timeline.page(events.none()), 0
    found, newest_first = form.applied_to(events), not form.is_oldest_first
    if form.has_words:
        ids = list(found.order_by().values_list("pk", flat=True)[: timeline.COUNTED + 1])
        if len(ids) <= timeline.COUNTED:
            found = events.filter(pk__in=near(ids, at, newest_first=newest_first))
        return page(found, at, newest_first=newest_first), len(ids)
    cut = page(found, at, newest_first=newest_first)
    return cut, form.count(found, cut)


def page(found: EventQuerySet, at: Position, *, newest_first: bool) -> Page:
    return timeline.page(
        found, size=timeline.PAGE, before=at.before, after=at.after, newest_first=newest_first
    )


def near(ids: list[int], at: Position, *, newest_first: bool) -> list[int]:
    """Those of a page, and one more if there is one."""
    upwards = at.after is not None or (at.before is None and not newest_first)
    within = [
        each for each in sorted(ids, reverse=not upwards)
        if (at.before is None or each < at.before) and (at.after is None or each > at.after)
    ]  # fmt: skip
    return within[: timeline.PAGE + 1]
