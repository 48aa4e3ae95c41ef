"""Pages by key: as quick at the end of a long list as at its start, and stable while it grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Position:
    """Where a page lies: below ``before``, above ``after``, or at the start."""

    before: int | None = None
    after: int | None = None

    @property
    def is_start(self) -> bool:
        return self.before is None and self.after is None


@dataclass(frozen=True)
class Page:
    """Rows, newest first; ``newer`` and ``older`` are cursors, None at the end."""

    rows: list[Any]
    newer: int | None
    older: int | None


def position(query: QueryDict) -> Position:
    """Reads ``before`` and ``after``; anything that is no id is no page of ours."""
    return Position(before=id_or_none(query, "before"), after=id_or_none(query, "after"))


def id_or_none(query: QueryDict, name: str) -> int | None:
    value = query.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or len(value) > 19 or int(value) > LARGEST_ID:
        raise Http404(f"{name} is not an id")
    return int(value)


def newest_first(queryset: QuerySet[Any], at: Position, size: int) -> Page:
    """One page in descending order of id, in one query."""
    upwards = at.after is not None
    if at.before is not None:
        queryset = queryset.filter(pk__lt=at.before)
    if at.after is not None:
        queryset = queryset.filter(pk__gt=at.after)
    rows = list(queryset.order_by("pk" if upwards else "-pk")[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if upwards:
        rows.reverse()
    has_newer = has_more if upwards else at.before is not None
    has_older = upwards or has_more
    return Page(
        rows=rows,
        newer=rows[0].pk if rows and has_newer else None,
        older=rows[-1].pk if rows and has_older else None,
    )
