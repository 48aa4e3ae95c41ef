"""Leaves out of entries the rows that their reader may not see, says that it did, and hides
personal data and network addresses from whom they are not shown.

Who may see an event is told by its request and its entity. What it changed besides may be of
others, as in a bulk update, and is seen by who may see each row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from audit import origins, sentences
from audit.access import About, Row, Veil, VersionKey, access
from audit.diffs import NO_MOMENTS, Change, FieldSpec, changes
from audit.models import Event
from audit.timeline import Entry, Page, RowChange
from audit.veils import personal_fields, way_of

NOTICE = "Personal data: you see that it changed, not from what to what."


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
    """The entries as this person may see them. One query for all their rows, and two more for who
    is not shown personal data."""
    versions = [(row.model, row.version_id) for entry in whole for row in entry.rows]
    hidden = access().unseen(person, versions) if versions else set()
    parts = [part_of(entry, hidden) for entry in whole]
    rows = [about(row) for entry in parts for row in entry.rows]
    recorded = [entry.event for entry in parts]
    veil = access().veil(person, About(rows, recorded)) if parts else None
    told = origins.told(recorded, person)
    parts = [with_event(entry, event) for entry, event in zip(parts, told, strict=True)]
    return parts if veil is None else [covered_entry(veil, entry) for entry in parts]


def with_event(entry: Entry, event: Event) -> Entry:
    return entry if entry.event is event else replace(entry, event=event)


def part_of(entry: Entry, hidden: set[VersionKey]) -> Entry:
    rows = [row for row in entry.rows if (row.model, row.version_id) not in hidden]
    unseen = len(entry.rows) - len(rows)
    return PartOfEntry(entry.event, entry.kind, rows, unseen) if unseen else entry


def count_unseen(entry: Entry) -> int:
    return entry.unseen if isinstance(entry, PartOfEntry) else 0


def row_changes(rows: Sequence[RowChange], person: Any) -> list[RowChange]:
    """Differences as this person may see them, where no entry holds them."""
    veil = access().veil(person, About([about(row) for row in rows])) if rows else None
    return list(rows) if veil is None else [covered_row(veil, row) for row in rows]


def events(found: Sequence[Event], person: Any) -> list[Event]:
    veil = access().veil(person, About(events=found)) if found else None
    told = origins.told(found, person)
    return told if veil is None else [veil.event(event) for event in told]


def about(row: RowChange) -> tuple[type[models.Model], Row]:
    return row.pair.model, row.pair.version


def covered_entry(veil: Veil, entry: Entry) -> Entry:
    rows = [covered_row(veil, row) for row in entry.rows]
    return replace(entry, event=veil.event(entry.event), rows=rows)


def covered_row(veil: Veil, row: RowChange) -> RowChange:
    return replace(row, changes=[covered_change(veil, row, change) for change in row.changes])


def covered_change(veil: Veil, row: RowChange, change: Change) -> Change:
    pair = row.pair
    sides = (pair.previous, pair.version)
    is_personal = any(change.field in personal_fields(pair.model, side or {}) for side in sides)
    if is_personal and veil.hides(pair.model, pair.version):
        return hidden_change(veil, row, change)
    if change.kind == "reference":
        return renamed(veil, row, change)
    return without_words(way_of(veil, pair.model, change.field), change)


def hidden_change(veil: Veil, row: RowChange, change: Change) -> Change:
    """The states stay, so that a value that was given or taken away still shows as that."""
    shown = veil.stand_in(row.pair.model, change.field, row.pair.version)
    before = shown if change.before_state == "value" else change.before
    after = shown if change.after_state == "value" else change.after
    both = change.is_changed and before == after
    return replace(
        change,
        before=before,
        after=after,
        segments=(),
        rows=(),
        notice=NOTICE if both else "",
        moments=NO_MOMENTS,
    )


def renamed(veil: Veil, row: RowChange, change: Change) -> Change:
    spec: Any = row.pair.model._meta.get_field(change.field.removesuffix("_id"))
    label = spec.related_model._meta.label_lower
    found = {}
    for side, values in (("before", row.pair.previous), ("after", row.pair.version)):
        key = (values or {}).get(spec.attname)
        name = veil.name(label, str(key), row.pair.version) if key is not None else None
        if name is not None and getattr(change, f"{side}_state") == "value":
            found[side] = name
    return replace(change, **found) if found else without_words(veil.label, change)  # type: ignore[arg-type]


def without_words(way: Callable[[str], str], change: Change) -> Change:
    """Compared anew where a word is hidden: a part of it might stand in the marks of a change."""
    before, after = way(change.before), way(change.after)
    rows = tuple(replace(row, before=way(row.before), after=way(row.after)) for row in change.rows)
    if (before, after, rows) == (change.before, change.after, change.rows):
        return change
    if not change.segments:
        return replace(change, before=before, after=after, rows=rows)
    spec = FieldSpec(change.field, change.label, change.kind)
    compared = changes({change.field: before}, {change.field: after}, [spec], all_fields=True)
    notice = change.notice if before != after else NOTICE
    return replace(compared[0], notice=notice or compared[0].notice, is_changed=change.is_changed)
