"""In which versions each column was recorded: fields come and go, versions stay.

The recorder notes it as the comment of the version table's column (audit_note_columns), which
survives renaming, dump and restore: "recorded in versions 1-17, 40-".
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.db import connection, models

from audit.versions import version_model

Span = tuple[int, int | None]  # the first and the last version's id, None while it goes on
Spans = tuple[Span, ...]

ALWAYS = "recorded in versions 1-"
NOTED = """
    SELECT relname, attname, col_description(attrelid, attnum)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
      AND col_description(attrelid, attnum) LIKE 'recorded in versions %%'
      AND col_description(attrelid, attnum) <> %s
"""


def recorded(model: type[models.Model], row: dict[str, Any] | None) -> dict[str, Any] | None:
    """The version without the columns that were not recorded then."""
    parted = parted_columns(model, str(connection.settings_dict["NAME"]))
    if row is None or not parted:
        return row
    unknown = {
        name
        for name, spans in parted.items()
        # A value that is there is shown, whatever a comment says.
        if row.get(name) is None and not covers(spans, row["history_id"])
    }
    return {name: value for name, value in row.items() if name not in unknown}


def covers(spans: Spans, version_id: int) -> bool:
    return any(
        first <= version_id and (last is None or version_id <= last) for first, last in spans
    )


@cache
def parted_columns(model: type[models.Model], database: str) -> dict[str, Spans]:
    """By attribute, those that were not recorded from the first version until now."""
    noted = noted_spans(database)
    if not noted:
        return {}
    version = version_model(model)
    found = {
        field.attname: noted.get((version._meta.db_table, field.column))
        for field in version._meta.concrete_fields
    }
    return {name: spans for name, spans in found.items() if spans}


@cache
def noted_spans(_database: str) -> dict[tuple[str, str], Spans]:
    """Of all version tables: few columns are in it, and they change by migrations alone."""
    with connection.cursor() as cursor:
        cursor.execute(NOTED, [ALWAYS])
        return {(table, column): spans_of(note) for table, column, note in cursor.fetchall()}


def spans_of(note: str) -> Spans:
    found = re.findall(r"([0-9]+)-([0-9]*)", note)
    return tuple((int(first), int(last) if last else None) for first, last in found)


def forget() -> None:
    """After a migration, columns may have come or gone."""
    parted_columns.cache_clear()
    noted_spans.cache_clear()
