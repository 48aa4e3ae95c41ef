"""What the explorer's lists may offer: only values that there are, and that the person may see.

Each list is read from the first column of an index, one step per value, and of each value the first
event that the person may see is sought by the same index: neither grows with the trail.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from audit.access import access

# Column to the columns of the index that begins with it.
LISTED = {
    "kind": ("kind", "id"),
    "channel": ("channel", "id"),
    "actor_kind": ("actor_kind", "actor_id", "id"),
    "subject_type": ("subject_type", "subject_id", "id"),
}
# As in EventQuerySet, the range holds one value: it names the index.
STEPS = """
    SELECT '{column}', value FROM (
        WITH RECURSIVE step AS (
            (SELECT {column} AS value FROM audit_event ORDER BY {column} LIMIT 1)
            UNION ALL
            SELECT (SELECT {column} FROM audit_event WHERE {column} > step.value
                    ORDER BY {column} LIMIT 1)
            FROM step WHERE step.value IS NOT NULL
        ) SELECT value FROM step WHERE value <> ''
    ) listed WHERE ({visible}) IS NOT NULL
"""


def values(person: Any) -> dict[str, list[str]]:
    """By column, the values of events that a person may see, in order. One query."""
    parts, params = [], []
    for column, index in LISTED.items():
        sql, given = first_visible(person, column, index)
        parts.append(STEPS.format(column=column, visible=sql))
        params += given
    found: dict[str, list[str]] = {column: [] for column in LISTED}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        for column, value in cursor.fetchall():
            found[column].append(value)
    return {column: sorted(some) for column, some in found.items()}


def first_visible(
    person: Any, column: str, index: tuple[str, ...], told: str = "pk"
) -> tuple[str, list[Any]]:
    """The statement for the first event with ``listed.value`` in a column, and its parameters."""
    same = f"audit_event.{column} BETWEEN listed.value AND listed.value"
    events = access().events_for(person).extra(where=[same]).order_by(*index)  # noqa: S610
    sql, params = events.values(told)[:1].query.sql_with_params()
    return sql, list(params)
