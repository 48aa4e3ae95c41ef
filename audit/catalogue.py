"""The catalogue of event kinds: what each says, what it records, and since when there are any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection

from audit import kinds, offered
from audit.kinds import Kind
from audit.names import listed


@dataclass(frozen=True)
class Line:
    kind: Kind
    meaning: str
    fields: tuple[str, ...]
    first_at: datetime | None


@dataclass(frozen=True)
class Group:
    noun: str
    lines: list[Line]


# The first event of each kind that the person may see, by the index of kinds.
FIRST = """
    SELECT listed.value, ({first}) FROM unnest(%s::text[]) AS listed (value)
"""


def groups(person: Any) -> list[Group]:
    """Every registered kind by noun, with the first event of it that a person may see."""
    first = first_at([kind.name for kind in kinds.registered()], person)
    lines = (
        Line(kind, explained.meaning, explained.fields, first[kind.name])
        for kind in kinds.registered()
        for explained in [kinds.explained(kind.name)]
    )
    return grouped(lines)


def first_at(names: list[str], person: Any) -> dict[str, datetime | None]:
    sql, params = offered.first_visible(person, "kind", ("kind", "id"), "recorded_at")
    with connection.cursor() as cursor:
        cursor.execute(FIRST.format(first=sql), [*params, listed(names)])
        return dict(cursor.fetchall())


def grouped(lines: Iterable[Line]) -> list[Group]:
    return [
        Group(noun.replace("_", " ").capitalize(), list(some))
        for noun, some in groupby(lines, lambda line: line.kind.name.partition(".")[0])
    ]
