"""Compares each row with the one before it of the same request, in memory that does not grow."""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from requests_app.importing.source.layout import Layout, Row

# Requests whose last row is at hand: a log sorted by request needs one, by time some thousands.
AT_HAND = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """A row and what it changed: places in `Row.cells`, all of them for a request's first row.

    `reached` is the highest order number of the request's rows in this file so far.
    """

    row: Row
    digest: str
    changed: tuple[int, ...]
    reached: int
    first: bool = False
    logged_creation: bool = False
    order_step: int = 1
    time_back: bool = False
    last: bool = False


@dataclass(slots=True)
class _Before:
    cells: tuple[str, ...]
    order: int
    reached: int
    at: datetime
    seen: dict[bytes, int]


class _LastRows:
    """The last row by request number: recent ones in memory, others in SQLite's temporary file."""

    def __init__(self, at_hand: int) -> None:
        self._recent: OrderedDict[str, _Before] = OrderedDict()
        self._at_hand = at_hand
        # An empty name is a private file that SQLite itself deletes.
        self._spilled = sqlite3.connect("", isolation_level=None)
        self._spilled.execute(
            "CREATE TABLE before (number TEXT PRIMARY KEY, row BLOB) WITHOUT ROWID"
        )

    def get(self, number: str) -> _Before | None:
        if before := self._recent.get(number):
            return before
        found = self._spilled.execute(
            "SELECT row FROM before WHERE number = ?", (number,)
        ).fetchone()
        # Only what this process itself put into its private file is unpickled.
        return pickle.loads(found[0]) if found else None  # noqa: S301

    def put(self, number: str, before: _Before) -> None:
        self._recent[number] = before
        self._recent.move_to_end(number)
        if len(self._recent) > self._at_hand:
            self._spill()

    def _spill(self) -> None:
        oldest = [self._recent.popitem(last=False) for _ in range(len(self._recent) // 2)]
        self._spilled.execute("BEGIN")
        self._spilled.executemany(
            "INSERT OR REPLACE INTO before VALUES (?, ?)",
            [(name, pickle.dumps(before)) for name, before in oldest],
        )
        self._spilled.execute("COMMIT")

    def close(self) -> None:
        self._spilled.close()


class Tracker:
    """Turns rows into steps, in the order they stand in the file. The source's own order number
    only shows where it lost or swapped some."""

    def __init__(self, layout: Layout, at_hand: int = AT_HAND) -> None:
        column, self._opening = layout.profile.opening
        self._state = layout.compared.index(column)
        self._every = tuple(range(len(layout.compared)))
        self._rows = _LastRows(at_hand)

    def step(self, row: Row) -> Step:
        before = self._rows.get(row.number)
        seen = before.seen if before else {}
        again = seen.get(row.digest, 0)
        seen[row.digest] = again + 1
        reached = max(before.reached, row.order) if before else row.order
        self._rows.put(row.number, _Before(row.cells, row.order, reached, row.time.at, seen))
        # Two rows of a request alike in every cell are two rows: each has a digest of its own.
        digest = hashlib.sha256(row.digest + again.to_bytes(4, "big")).hexdigest()[:32]
        if before is None:
            opened = row.cells[self._state] == self._opening
            return Step(row, digest, self._every, reached, first=True, logged_creation=opened)
        old, new = before.cells, row.cells
        return Step(
            row=row,
            digest=digest,
            changed=()
            if old == new
            else tuple([place for place in self._every if old[place] != new[place]]),
            reached=reached,
            order_step=row.order - before.order,
            time_back=row.time.at < before.at,
        )

    def close(self) -> None:
        self._rows.close()


def with_last(steps: Iterable[Step]) -> Iterator[Step]:
    """Marks the step after which the file goes on with another request."""
    held: Step | None = None
    for step in steps:
        if held is not None:
            yield held if held.row.number == step.row.number else replace(held, last=True)
        held = step
    if held is not None:
        yield replace(held, last=True)
