"""Reads versions in bulk, each with the one before it, as plain rows.

By statements of our own, made once per model: for the same rows the model's query compiler takes
as long as the database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from django.db import connections, models

from audit import columns, erasing, specs
from audit.names import listed
from audit.versions import version_model

Row = dict[str, Any]

# The ids come through a SELECT: of a bare list the planner would weigh each by the statistics.
TOUCHED = """
    SELECT '{label}' WHERE EXISTS (
        SELECT FROM {table} WHERE event_id = ANY ((SELECT %(events)s::bigint[])::bigint[]))
"""
# By column, the event that erased a version's value, or came before it and left nothing there.
ERASED = """(
            SELECT jsonb_object_agg(column_name, erasure.event_id ORDER BY erasure.id)
            FROM audit_erasure erasure
            WHERE table_name = '{live}' AND row_key = version.{key}::text
              AND (version_id = version.history_id
                   OR version_id IS NULL AND erasure.event_id <= version.event_id))"""
# The versions under some events, and those right before them that are not among these.
PAIRS = """
    WITH page AS (
        SELECT {columns}, {erased} AS erased, (
            SELECT older.history_id FROM {table} older
            WHERE older.{key} = version.{key} AND older.history_id < version.history_id
            ORDER BY older.history_id DESC LIMIT 1
        ) AS previous_id
        FROM {table} version WHERE event_id = ANY ((SELECT %(events)s::bigint[])::bigint[])
    )
    SELECT * FROM page
    UNION ALL
    SELECT {columns}, {erased}, NULL FROM {table} version WHERE history_id = ANY (
        ARRAY(SELECT previous_id FROM page EXCEPT SELECT history_id FROM page))
"""


@dataclass(slots=True)
class Pair:
    """A version and the one before it, as plain rows; before and after as they are compared."""

    model: type[models.Model]
    version: Row
    previous: Row | None
    before: Row | None = field(init=False)
    after: Row | None = field(init=False)

    def __post_init__(self) -> None:
        is_deletion = self.version["history_type"] == "-"
        self.before = shown(self.model, self.previous)
        self.after = None if is_deletion else shown(self.model, self.version)


def shown(model: type[models.Model], row: Row | None) -> Row | None:
    """A version as it is compared: without what was not recorded, marked where it was erased."""
    found = columns.recorded(model, row)
    erased = found.get("erased") if found is not None else None
    return erasing.marked(found, json.loads(erased) if isinstance(erased, str) else erased)


def touched(event_ids: Iterable[int]) -> list[str]:
    """The labels of the models that have versions under these events: one query for all, instead
    of one for each that has none."""
    with connections["default"].cursor() as cursor:
        cursor.execute(touched_sql(), {"events": listed(event_ids)})
        return [label for (label,) in cursor.fetchall()]


def pairs_of(label: str, event_ids: Sequence[int]) -> list[Pair]:
    """The versions written under these events, oldest first, each with its predecessor."""
    model = specs.versioned_models()[label]
    statement, names, converters = pairs_sql(model)
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, {"events": listed(event_ids)})
        found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    for row in found:
        for name, convert in converters:
            row[name] = convert(row[name])
    known = {row["history_id"]: row for row in found}
    asked = frozenset(event_ids)
    return [
        Pair(model, row, known.get(row["previous_id"]))
        for history_id, row in sorted(known.items())
        if row["event_id"] in asked
    ]


@cache
def touched_sql() -> str:
    return " UNION ALL ".join(
        TOUCHED.format(label=label, table=quoted(version_model(model)._meta.db_table))
        for label, model in specs.versioned_models().items()
    )


@cache
def pairs_sql(
    model: type[models.Model],
) -> tuple[str, tuple[str, ...], tuple[tuple[str, Callable[[Any], Any]], ...]]:
    """The statement, the names of its columns, and what makes Python values of some of them."""
    own = ("history_id", "history_date", "history_type", "event_id")
    version = version_model(model)
    fields = [*specs.copied_fields(model), *(version._meta.get_field(name) for name in own[:-1])]
    key = quoted(str(model._meta.pk.column))
    erased = ERASED.format(live=model._meta.db_table, key=key)
    if not erasing.is_erasable(model):
        erased = "NULL::jsonb"
    statement = PAIRS.format(
        columns=", ".join(f"version.{quoted(each.column)}" for each in fields) + ", event_id",
        erased=erased,
        table=quoted(version._meta.db_table),
        key=key,
    )
    names = (*(each.attname for each in fields), "event_id", "erased", "previous_id")
    return statement, names, tuple(converters_of(fields))


def converters_of(fields: Iterable[Any]) -> Iterable[tuple[str, Callable[[Any], Any]]]:
    """What makes Python values of some columns, as the models' own queries would."""
    connection = connections["default"]
    for each in fields:
        if hasattr(each, "from_db_value"):
            yield each.attname, partial(each.from_db_value, expression=None, connection=connection)


def quoted(name: str) -> str:
    return str(connections["default"].ops.quote_name(name))
