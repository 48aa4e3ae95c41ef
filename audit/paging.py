"""Pages by key: as quick at the end of a long list as at its start, and stable while it grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict

LARGEST_ID = 2**63 - 1
# By which the trail of one request, actor or subject is told from others: audit/models.py.
TRAILS = frozenset(("support_request_id", "actor_kind", "actor_id", "subject_type", "subject_id"))


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
    """Rows in the order asked for; ``newer`` and ``older`` are cursors, None at the end. ``total``
    is how many rows there are where this page holds them all, else None."""

    rows: list[Any]
    newer: int | None
    older: int | None
    total: int | None = None


def position(query: QueryDict) -> Position:
    """Reads ``before`` and ``after``; anything that is no id is no page of ours."""
    return Position(before=id_or_none(query, "before"), after=id_or_none(query, "after"))


def id_or_none(query: QueryDict, name: str) -> int | None:
    value = query.get(name, "")
    if not value:
        return None
    found = id_of(value)
    if found is None:
        raise Http404(f"{name} is not an id")
    return found


def id_of(text: str) -> int | None:
    """The id that a text stands for; None where no row could have it."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_ID)):
        return None
    return int(text) if int(text) <= LARGEST_ID else None


def cut(queryset: QuerySet[Any], at: Position, size: int, *, newest_first: bool = True) -> Page:
    """One page in order of id, in one query, whatever the rows were ordered by before. Columns of
    TRAILS stay in front of it: all rows have one value there, and they name the index."""
    upwards = at.after is not None or (at.before is None and not newest_first)
    if at.before is not None:
        queryset = queryset.filter(pk__lt=at.before)
    if at.after is not None:
        queryset = queryset.filter(pk__gt=at.after)
    names = (str(name).lstrip("-") for name in queryset.query.order_by)
    order = [*(name for name in names if name in TRAILS), "pk"]
    rows = list(queryset.order_by(*order if upwards else map("-{}".format, order))[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    rows.sort(key=lambda row: row.pk, reverse=newest_first)
    has_newer = has_more if upwards else at.before is not None
    has_older = at.after is not None if upwards else has_more
    ids = [row.pk for row in rows]
    return Page(
        rows=rows,
        newer=max(ids) if ids and has_newer else None,
        older=min(ids) if ids and has_older else None,
        total=len(rows) if at.is_start and not has_more else None,
    )
