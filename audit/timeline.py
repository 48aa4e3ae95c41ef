"""Reads a page of a trail: events with what each changed, names as they were at the time.

The number of queries does not grow with the trail: one for the events, one for what they touched,
one per versioned model that they did, one per kind of name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models
from django.db.models import QuerySet

from audit import erasing, kinds, paging, sentences, specs
from audit.diffs import Change, FieldSpec, Work, changes, field_count
from audit.kinds import Kind
from audit.models import Event
from audit.names import Key, names_at
from audit.pairs import Pair, pairs_of, touched
from audit.versions import key_of, version_model

PAGE = 50
COUNTED = 10_000


@dataclass(frozen=True)
class RowChange:
    """One row that an event changed: two versions of it, and the difference in between."""

    model: str
    model_label: str
    row_id: str
    type: str
    version_id: int
    previous_id: int | None
    changed_at: datetime
    tracked: int
    changes: list[Change]
    pair: Pair = field(repr=False, compare=False)

    @property
    def verb(self) -> str:
        return {"+": "created", "~": "changed", "-": "deleted"}[self.type]


@dataclass(frozen=True)
class Entry:
    event: Event
    kind: Kind
    rows: list[RowChange] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        return sentences.remarks(self.event.detail)

    @property
    def is_passive(self) -> bool:
        return self.kind.is_passive and not self.event.reason and self.event.outcome == "done"


@dataclass(frozen=True)
class Page:
    """Entries in the order asked for; newer, older and total as in paging."""

    entries: list[Entry]
    newer: int | None
    older: int | None
    total: int | None = None


def page(
    events: QuerySet[Event],
    *,
    size: int = PAGE,
    before: int | None = None,
    after: int | None = None,
    newest_first: bool = True,
    is_bare: bool = False,
) -> Page:
    """One page of these events: those below ``before``, those above ``after``, or the first. A bare
    one says nothing of what they changed: one query instead of a dozen."""
    position = paging.Position(before, after)
    cut = paging.cut(events, position, size, newest_first=newest_first)
    entries = bare(cut.rows) if is_bare else entries_of(cut.rows)
    return Page(entries, newer=cut.newer, older=cut.older, total=cut.total)


def bare(events: Iterable[Any]) -> list[Entry]:
    return [Entry(event, kinds.describe(event.kind)) for event in events]


def count(
    events: QuerySet[Any], cut: Page | paging.Page | None = None, *, from_newest: bool = False
) -> int:
    """How many rows, counted no further than one past COUNTED; not at all where a page holds them
    all. From the newest where the oldest are no quicker to find: the planner takes matches to be
    spread evenly."""
    if cut is not None and cut.total is not None:
        return cut.total
    return (events.reverse() if from_newest else events.order_by())[: COUNTED + 1].count()


def entry_of(event_id: int, events: QuerySet[Event]) -> Entry:
    """One event of these with its changes; raises Event.DoesNotExist."""
    return entries_of([events.get(pk=event_id)])[0]


def entries_of(events: Sequence[Any]) -> list[Entry]:
    """Entries with their changes, in the order given."""
    ids = [event.pk for event in events]
    found = [pair for label in touched(ids) for pair in pairs_of(label, ids)] if ids else []
    rows = defaultdict(list)
    for row_change, event_id in described(found):
        rows[event_id].append(row_change)
    return [Entry(event, kinds.describe(event.kind), rows[event.pk]) for event in events]


def described(pairs: Iterable[Pair], *, all_fields: bool = False) -> list[tuple[RowChange, int]]:
    """Row changes with the ids of their events. All share one budget for comparing texts."""
    named = [(pair, references_of(pair, all_fields=all_fields)) for pair in pairs]
    names = names_at(key for _, keys in named for key in keys)
    work = Work()
    return [
        (
            row_change(
                pair,
                {(label, row_id): names.get((label, row_id, at), "") for label, row_id, at in keys},
                work,
                all_fields=all_fields,
            ),
            pair.version["event_id"],
        )
        for pair, keys in named
    ]


def row_change(
    pair: Pair, own_names: dict[tuple[str, str], str], work: Work, *, all_fields: bool = False
) -> RowChange:
    version, fields = pair.version, specs.of_model(pair.model)
    return RowChange(
        model=pair.model._meta.label_lower,
        model_label=str(pair.model._meta.verbose_name),
        row_id=str(version[key_of(pair.model)]),
        type=version["history_type"],
        version_id=version["history_id"],
        previous_id=pair.previous["history_id"] if pair.previous else None,
        changed_at=version["history_date"],
        tracked=field_count(pair.before, pair.after, fields),
        changes=changes(
            pair.before, pair.after, fields, own_names, work=work, all_fields=all_fields
        ),
        pair=pair,
    )


@cache
def reference_specs(model: type[models.Model]) -> tuple[FieldSpec, ...]:
    return tuple(spec for spec in specs.of_model(model) if spec.kind == "reference")


def references_of(pair: Pair, *, all_fields: bool = False) -> list[Key]:
    """The names a difference shows: of both values, as they were at the newer version's time."""
    moment, found = pair.version["history_date"], []
    for spec in reference_specs(pair.model):
        values = {row.get(spec.name) if row else None for row in (pair.before, pair.after)}
        if len(values) > 1 or all_fields:
            found += [(spec.reference, str(value), moment) for value in values - {None}]
    return found


def compare(
    model: type[models.Model],
    row_id: object,
    newer_id: int,
    older_id: int | None,
    *,
    all_fields: bool = False,
) -> RowChange:
    """Any two versions of one row; older None compares with nothing. Raises DoesNotExist."""
    manager = version_model(model).objects.filter(**{key_of(model): row_id})
    rows = {
        row["history_id"]: row
        for row in erasing.with_marks(model, manager.filter(pk__in=[newer_id, older_id]).values())
    }
    if newer_id not in rows or (older_id is not None and older_id not in rows):
        raise version_model(model).DoesNotExist(f"no such version of {model._meta.verbose_name}")
    older = rows[older_id] if older_id is not None else None
    [(compared, _)] = described([Pair(model, rows[newer_id], older)], all_fields=all_fields)
    return compared
