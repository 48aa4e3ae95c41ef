"""Pure: which neighbours on a page of a trail are shown as one. Nothing is counted, exported or
proven by it: a fold is a way to show single entries."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

GAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Mark:
    """What folding has to know of an entry. ``who`` is alike for entries of one actor, channel and
    kind of change; ``at`` is the moment it happened, in the zone of the page, which says its day;
    ``is_passive`` is False for whatever must be seen by itself."""

    who: Hashable
    at: datetime
    is_passive: bool


def runs(marks: Sequence[Mark]) -> Iterator[range]:
    """The places of the marks, in order, cut where two neighbours must be shown apart."""
    start = 0
    for place, (before, after) in enumerate(pairwise(marks), start=1):
        if not belong_together(before, after):
            yield range(start, place)
            start = place
    if marks:
        yield range(start, len(marks))


def belong_together(before: Mark, after: Mark) -> bool:
    """Of two neighbours in either order of time."""
    return (
        before.is_passive
        and after.is_passive
        and before.who == after.who
        and before.at.date() == after.at.date()
        and abs(after.at - before.at) <= GAP
    )
