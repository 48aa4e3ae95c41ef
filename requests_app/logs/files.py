"""A named log as CSV: exactly its records, all of them, in raw values."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from audit import export_files, moments
from requests_app import exports
from requests_app.exports import Export
from requests_app.logs import Log, Row
from requests_app.models import SupportRequest


def write(
    log: Log, support_request: SupportRequest, person: Any, *, with_mark: bool = False
) -> Export:
    """The whole file, so that its hash is on record before anybody has it."""
    target: IO[bytes] = SpooledTemporaryFile(max_size=exports.IN_MEMORY)  # noqa: SIM115
    digest, rows = hashlib.sha256(), -1
    for line in lines(log, log.rows(support_request, person, 0, None), with_mark=with_mark):
        digest.update(line)
        target.write(line)
        rows += 1
    target.seek(0)
    return Export(target, digest.hexdigest(), rows)


def lines(log: Log, rows: Iterable[Row], *, with_mark: bool) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(export_files.MARK if with_mark else "")
    writer.writerow([column.key for column in log.columns])
    for row in rows:
        yield export_files.taken(buffer)
        writer.writerow([written(row[column.key]) for column in log.columns])
    yield export_files.taken(buffer)


def written(value: object) -> object:
    return moments.machine(value) if isinstance(value, datetime) else export_files.harmless(value)
