"""Erasing: clears declared columns of one row and of all its versions, for good.

The database does it (sql/erasing.sql), under an open event whose kind says that it erases. What
stood there is gone; who cleared it, why, how long it was and a commitment to it are kept and shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models

from audit.diffs import Redacted
from audit.models import Erasure, Event
from audit.recording import Recording

Column = tuple[str, str]  # (id of the row as text, name of the column)


@dataclass(frozen=True)
class Tombstone:
    """What is shown where a value stood. The hash is a commitment: SHA-256 over the value and a
    salt that went with it, so that nobody can find out the value by guessing."""

    event: Event
    unit: str
    size: int
    commitment: str


def erase(event: Recording, row: models.Model, *names: str) -> int:
    """Clears these fields within the recording. Returns how many values went, of the row and its
    versions together; 0 where nothing stood there."""
    assert event.id, "an erasure names its event"
    columns = [row._meta.get_field(name).column for name in names]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.audit_erase(%s, %s, %s)", [row._meta.db_table, str(row.pk), columns]
        )
        cleared = int(cursor.fetchone()[0])
    if cleared:
        row.refresh_from_db(fields=list(names))
    return cleared


def tombstones(model: type[models.Model], keys: Collection[Any]) -> dict[Column, Tombstone]:
    """What was erased of these rows as they stand, newest last. One query."""
    found = Erasure.objects.filter(
        table_name=model._meta.db_table, row_key__in=[str(key) for key in keys],
        version_id__isnull=True,
    ).order_by("id")  # fmt: skip
    return {
        (each.row_key, each.column_name): Tombstone(
            each.event, each.unit, each.size, each.commitment
        )
        for each in found.select_related("event")
    }


def tombstone_of(row: models.Model, name: str) -> Tombstone | None:
    return tombstones(type(row), [row.pk]).get((str(row.pk), name))


@cache
def is_erasable(model: type[models.Model]) -> bool:
    return bool(getattr(getattr(model, "_versioned", None), "erasable", ()))


def marked(row: dict[str, Any] | None, erased: Mapping[str, int] | None) -> dict[str, Any] | None:
    """A version in which each value that was erased says by which event."""
    if row is None or not erased:
        return row
    marks = {
        name: Redacted(event_id, is_now=event_id == row.get("event_id"))
        for name, event_id in erased.items()
        if name in row and not row[name]
    }
    return {**row, **marks}


def with_marks(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Versions, each with what was erased of it under "erased"; one query, and none of most
    models."""
    found = list(rows)
    if not found or not is_erasable(model):
        return found
    key = str(model._meta.pk.attname)
    known = Erasure.objects.filter(
        table_name=model._meta.db_table, row_key__in={str(row[key]) for row in found}
    ).order_by("id")
    for row in found:
        row["erased"] = {
            each.column_name: each.event_id
            for each in known
            if each.row_key == str(row[key]) and holds(each, row)
        }
    return found


def holds(erasure: Erasure, row: Mapping[str, Any]) -> bool:
    """Whether an erasure cleared this version, or came before it."""
    if erasure.version_id is not None:
        return erasure.version_id == row["history_id"]
    return bool(erasure.event_id <= row["event_id"])


def marks(rows: Sequence[Any]) -> list[dict[str, Redacted]]:
    """Of each of these rows, or versions, of one model: which field was erased by which event. One
    query, and none of most models."""
    found: list[dict[str, Redacted]] = [{} for _ in rows]
    model: Any = getattr(rows[0], "instance_type", type(rows[0])) if rows else None
    if model is None or not is_erasable(model):
        return found
    key = model._meta.pk.attname
    names = {field.column: field.attname for field in model._meta.concrete_fields}
    keys = [str(getattr(row, key)) for row in rows]
    known = Erasure.objects.filter(table_name=model._meta.db_table, row_key__in=set(keys))
    of_row: dict[str, list[Erasure]] = {}
    for each in known.order_by("id"):
        of_row.setdefault(each.row_key, []).append(each)
    for row, its_key, marked_here in zip(rows, keys, found, strict=True):
        for each in of_row.get(its_key, ()):
            if is_of(each, row, model):
                marked_here[names[each.column_name]] = Redacted(each.event_id)
    return found


def is_of(erasure: Erasure, row: Any, model: type[models.Model]) -> bool:
    if model is type(row):
        return erasure.version_id is None
    return holds(erasure, {"history_id": row.history_id, "event_id": row.event_id})


def mark_of(row: Any, name: str) -> Redacted | None:
    """Of one blank value of a row, or of a version: the event that erased it, if one did."""
    model = getattr(row, "instance_type", type(row))
    if name not in getattr(getattr(model, "_versioned", None), "erasable", ()):
        return None
    return marks([row])[0].get(name)
