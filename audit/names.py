"""Names of rows as they were at given moments, in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connections, models

from audit import specs
from audit.opening import item
from audit.versions import version_model

Key = tuple[str, str, datetime]  # (model label, id, moment): whose name, as of when


def names_at(keys: Iterable[Key]) -> dict[Key, str]:
    """Names of rows as they were at given moments; one query per model."""
    by_model: dict[str, set[Key]] = defaultdict(set)
    for key in keys:
        by_model[key[0]].add(key)
    names: dict[Key, str] = {}
    for label, wanted in by_model.items():
        model = specs.versioned_models().get(label)
        if model is not None:
            names |= names_of_model(model, sorted(wanted))
    return names


# Each version comes once, with the places of all who asked for it: most ask for the same few.
AT_MOMENTS = """
    WITH found AS (
        SELECT wanted.place, (
            SELECT history_id FROM {table}
            WHERE {key} = wanted.id::{type} AND history_date <= wanted.moment
            ORDER BY history_date DESC, history_id DESC LIMIT 1
        ) AS history_id
        FROM unnest(%s::text[], %s::timestamptz[]) WITH ORDINALITY AS wanted (id, moment, place)
    )
    SELECT array_agg(found.place), {columns}
    FROM found JOIN {table} USING (history_id) GROUP BY {table}.history_id
"""


@cache
def at_moments(model: type[models.Model]) -> tuple[str, tuple[str, ...]]:
    """The statement for names of this model, and the attributes its columns are for."""
    connection: Any = connections["default"]
    quote, key = connection.ops.quote_name, model._meta.pk
    live = {field.attname for field in model._meta.concrete_fields}
    copied = [spec for spec in specs.copied_fields(model) if spec.attname in live]
    table = quote(version_model(model)._meta.db_table)
    statement = AT_MOMENTS.format(
        table=table,
        key=quote(key.column),
        type=key.rel_db_type(connection),
        columns=", ".join(f"{table}.{quote(spec.column)}" for spec in copied),
    )
    return statement, tuple(spec.attname for spec in copied)


def names_of_model(model: type[models.Model], keys: Sequence[Key]) -> dict[Key, str]:
    """Each row's name from its version at the moment, made by the model's own ``__str__``."""
    statement, attributes = at_moments(model)
    found: dict[Key, str] = {}
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, [listed(key[1] for key in keys), listed(key[2] for key in keys)])
        for places, *values in cursor.fetchall():
            name = str(model(**dict(zip(attributes, values, strict=True))))
            found |= {keys[place - 1]: name for place in places}
    return found


def listed(values: Iterable[object]) -> str:
    """Ids or moments as an array literal: psycopg would adapt the list item by item."""
    return "{" + ",".join(map(item, values)) + "}"
