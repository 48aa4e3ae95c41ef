"""A list of the admin as CSV: exactly its filter and order, on record with its hash.

Raw values, ids beside words, moments in UTC, and nothing that a spreadsheet would run.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.db import models
from django.db.models import QuerySet

from audit import erasing, moments
from audit.diffs import visible
from audit.diffs.values import plain
from audit.export_files import IN_MEMORY, MARK, harmless, taken

CHUNK = 500
ERASED = "_erased"  # which fields of a row were, and by which event
Read = Callable[[Any], object]


@dataclass
class ListFile:
    """A finished file, rewound, with its SHA-256 and its number of rows without the heading."""

    file: IO[bytes]
    sha256: str
    rows: int


def columns_of(
    model: type[models.Model], hidden: Iterable[str], named: Iterable[str]
) -> dict[str, Read]:
    """Every column but the hidden ones; beside a reference in ``named``, what it is called."""
    found: dict[str, Read] = {}
    for field in model._meta.concrete_fields:
        if field.name not in set(hidden):
            found[field.attname] = reader(field)
            if field.is_relation and field.name in set(named):
                found[field.name] = namer(field)
    return found


def reader(field: Any) -> Read:
    """What was erased is told so, as the row's own page tells it: empty is something else."""

    def read(row: Any) -> object:
        value = getattr(row, field.attname)
        mark = vars(row).get(ERASED, {}).get(field.attname) if not value else None
        return cell(value) if mark is None else str(mark)

    return read


def namer(field: Any) -> Read:
    def named(row: Any) -> str:
        other = getattr(row, field.name)
        return "" if other is None else visible(str(other))

    return named


def cell(value: Any) -> object:
    if isinstance(value, datetime):
        return moments.machine(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes"
    if isinstance(value, dict | list):
        return visible(plain(value))
    return visible(value) if isinstance(value, str) else value


def write(
    rows: QuerySet[Any], columns: Mapping[str, Read], prepared: Callable[[list[Any]], None],
    *, with_mark: bool = False,
) -> ListFile:  # fmt: skip
    """The whole file, so that its hash is on record before anybody has it. Memory stays flat:
    ``prepared`` covers a chunk at a time, and what grows too large stands on the disk."""
    target: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    digest, count, buffer = hashlib.sha256(), 0, io.StringIO()
    buffer.write(MARK if with_mark else "")
    writer = csv.writer(buffer)  # RFC 4180: commas, doubled quotes, CR LF
    writer.writerow(columns)
    for chunk in chunks(rows):
        prepared(chunk)
        for row, marks in zip(chunk, erasing.marks(chunk), strict=True):
            vars(row)[ERASED] = marks
            writer.writerow([harmless(read(row)) for read in columns.values()])
        count += len(chunk)
        keep(taken(buffer), target, digest)
    keep(taken(buffer), target, digest)
    target.seek(0)
    return ListFile(target, digest.hexdigest(), count)


def keep(content: bytes, target: IO[bytes], digest: Any) -> None:
    digest.update(content)
    target.write(content)


def chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk
