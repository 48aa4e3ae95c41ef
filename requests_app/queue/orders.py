"""The orders of the request list, and its pages in each: by a key and the id, so that rows that tie
are neither shown twice nor skipped, and the last page costs no more than the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan, LessThan
from django.http import Http404

from audit.paging import id_of
from audit.versions import version_model
from requests_app.models import SupportRequest
from requests_app.queue import documents

ROWS = 50


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment has a zone")
    return found


def amount(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite():
        raise ValueError("an amount is a number")
    return found


@dataclass(frozen=True)
class Order:
    """``name`` stands in the address, ``column`` is the heading that leads to it; the value of the
    key is read from an address by ``parse``. Without a key it goes by the id alone."""

    name: str
    label: str
    column: str
    descends: bool
    key: Callable[[], Combinable] | None = None
    parse: Callable[[str], Any] = int

    @property
    def is_newest_first(self) -> bool:
        return not self.name


ORDERS = {
    order.name: order
    for order in (
        Order("", "Newest first", "number", descends=True),
        Order("oldest", "Oldest first", "number", descends=False),
        Order("due", "Due first", "due", descends=False, key=documents.due,
              parse=moment),
        Order("-due", "Due last", "due", descends=True, key=documents.due,
              parse=moment),
        Order("priority", "Most urgent first", "priority", descends=False, key=documents.urgency),
        Order("-priority", "Least urgent first", "priority", descends=True, key=documents.urgency),
        Order("-amount", "Largest amount first", "amount", descends=True, key=documents.claimed,
              parse=amount),
        Order("amount", "Smallest amount first", "amount", descends=False, key=documents.claimed,
              parse=amount),
        Order("-changed", "Last changed first", "changed", descends=True),
        Order("changed", "Longest unchanged first", "changed", descends=False),
    )
}  # fmt: skip
# What a heading leads to first; from there, to the other way round.
FIRST = {"number": "", "due": "due", "priority": "priority", "amount": "-amount",
         "changed": "-changed"}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """Rows in their order; ``newer`` leads to the page before, ``older`` to the one after."""

    rows: list[Any]
    newer: str | None
    older: str | None


@dataclass(frozen=True)
class Cursor:
    """A row's place in an order: its key, if the order has one, and its id."""

    id: int
    key: Any = None

    @classmethod
    def parsed(cls, text: str, order: Order) -> Cursor:
        key, _, id_text = text.rpartition("~")
        found = id_of(id_text)
        try:
            if found is None or bool(key) is (order.key is None):
                raise ValueError(text)
            return cls(found, order.parse(key) if key else None)
        except (ValueError, InvalidOperation, OverflowError):
            raise Http404("no page begins there") from None


class Pair(Func):
    """Two values compared as one, which an index of both can answer."""

    template = "ROW(%(expressions)s)"
    output_field = BooleanField()


def cut(found: QuerySet[Any], order: Order, before: str, after: str) -> Page:
    """One page: the rows after the one that ``before`` names, or before the one of ``after``."""
    at = Cursor.parsed(before or after, order) if before or after else None
    goes_on = not after
    descends = order.descends is goes_on
    way = by_change if order.column == "changed" else by_key
    rows = way(found, order, at, descends=descends)
    has_more, rows = len(rows) > ROWS, rows[:ROWS]
    if not goes_on:
        rows.reverse()
    has_newer, has_older = (bool(before), has_more) if goes_on else (has_more, True)
    return Page(
        rows,
        newer=cursor_of(rows[0], order) if rows and has_newer else None,
        older=cursor_of(rows[-1], order) if rows and has_older else None,
    )


def by_key(found: QuerySet[Any], order: Order, at: Cursor | None, *, descends: bool) -> list[Any]:
    sign = "-" if descends else ""
    if order.key is None:
        if at is not None:
            found = found.filter(**{"pk__lt" if descends else "pk__gt": at.id})
        return list(found.order_by(f"{sign}pk")[: ROWS + 1])
    if at is not None:
        compared = LessThan if descends else GreaterThan
        place = Pair(Value(at.key), Value(at.id))
        found = found.filter(compared(Pair(order.key(), F("pk")), place))
    return list(found.annotate(order_key=order.key()).order_by(f"{sign}order_key", f"{sign}pk")
                [: ROWS + 1])  # fmt: skip


def by_change(
    found: QuerySet[Any], order: Order, at: Cursor | None, *, descends: bool
) -> list[Any]:
    """By the newest version of each, which the versions themselves give in order: those that have
    no newer one. No column holds it."""
    versions = version_model(SupportRequest).objects
    newer = versions.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    newest = versions.filter(~Exists(newer), id__in=found.order_by().values("pk"))
    if at is not None:
        newest = newest.filter(**{"history_id__lt" if descends else "history_id__gt": at.id})
    ordered = newest.order_by("-history_id" if descends else "history_id")
    version_of = dict(ordered.values_list("id", "history_id")[: ROWS + 1])
    rows = list(found.order_by().filter(pk__in=version_of))
    for row in rows:
        row.version_id = version_of[row.pk]
    rows.sort(key=lambda row: int(row.version_id), reverse=descends)
    return rows


def cursor_of(row: Any, order: Order) -> str:
    if order.column == "changed":
        return str(row.version_id)
    if order.key is None:
        return str(row.pk)
    key = row.order_key
    return f"{key.isoformat() if isinstance(key, datetime) else key}~{row.pk}"


def sorted_all(found: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """All of them in this order, for an export."""
    sign = "-" if order.descends else ""
    if order.column == "changed":
        newest = version_model(SupportRequest).objects.filter(id=OuterRef("pk"))
        key: Any = newest.order_by("-history_id").values("history_id")[:1]
    elif order.key is None:
        return found.order_by(f"{sign}pk")
    else:
        key = order.key()
    return found.alias(order_key=key).order_by(f"{sign}order_key", f"{sign}pk")


@dataclass(frozen=True)
class Heading:
    """A heading of the list: how it is sorted now, and the order that it leads to."""

    sorted: str  # ascending, descending, or none, as aria-sort has it
    next: str
    next_label: str


def headings(order: Order) -> dict[str, Heading]:
    found = {}
    for column, first in FIRST.items():
        is_this = order.column == column
        other = next(o.name for o in ORDERS.values() if o.column == column and o.name != first)
        following = ORDERS[other if is_this and order.name == first else first]
        state = ("descending" if order.descends else "ascending") if is_this else "none"
        found[column] = Heading(state, following.name, following.label)
    return found
