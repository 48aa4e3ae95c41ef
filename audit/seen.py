"""Leaves out of entries the rows that their reader may not see, and says that it did.

Who may see an event is told by its request and its entity. What it changed besides may be of
others, as in a bulk update, and is seen by who may see each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from audit import sentences
from audit.access import VersionKey, access
from audit.timeline import Entry, Page


@dataclass(frozen=True)
class PartOfEntry(Entry):
    """An entry without some of its rows; ``unseen`` counts these."""

    unseen: int = 0

    @property
    def remarks(self) -> list[str]:
        return [*super().remarks, sentences.unseen(self.unseen)]


def page(whole: Page, person: Any) -> Page:
    return replace(whole, entries=entries(whole.entries, person))


def entries(whole: Sequence[Entry], person: Any) -> list[Entry]:
    """The entries as this person may see them. One query for all their rows."""
    versions = [(row.model, row.version_id) for entry in whole for row in entry.rows]
    hidden = access().unseen(person, versions) if versions else set()
    return [part_of(entry, hidden) for entry in whole]


def part_of(entry: Entry, hidden: set[VersionKey]) -> Entry:
    rows = [row for row in entry.rows if (row.model, row.version_id) not in hidden]
    unseen = len(entry.rows) - len(rows)
    return PartOfEntry(entry.event, entry.kind, rows, unseen) if unseen else entry


def count_unseen(entry: Entry) -> int:
    return entry.unseen if isinstance(entry, PartOfEntry) else 0
