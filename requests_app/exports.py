"""Requests as CSV: raw ids beside words, moments in UTC, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from audit import moments
from audit.export_files import MARK, harmless, taken
from requests_app import currencies
from requests_app.models import SupportRequest

IN_MEMORY = 2 * 1024 * 1024
CHUNK = 1_000

COLUMNS: dict[str, Callable[[SupportRequest], object]] = {
    "id": lambda row: row.pk,
    "number": lambda row: row.number,
    "source": lambda row: row.source,
    "source_number": lambda row: row.source_number,
    "entity": lambda row: row.entity.code,
    "subject": lambda row: row.subject,
    "status": lambda row: row.status,
    "status_label": lambda row: row.get_status_display(),
    "priority": lambda row: row.priority,
    "channel": lambda row: row.channel,
    "category": lambda row: row.category,
    "customer_id": lambda row: row.customer_id,
    "customer": lambda row: row.customer.name if row.customer else "",
    "assignee_id": lambda row: row.assignee_id,
    "assignee": lambda row: str(row.assignee) if row.assignee else "",
    "contact_name": lambda row: row.contact_name,
    "contact_address": lambda row: row.contact_address,
    "requested_remedy": lambda row: row.requested_remedy,
    "invoice_reference": lambda row: row.invoice_reference,
    "contract_reference": lambda row: row.contract_reference,
    "claimed_amount": lambda row: amount(row),  # noqa: PLW0108 - defined below
    "claimed_currency": lambda row: row.claimed_currency,
    "received_at": lambda row: moments.machine(row.received_at),
    "first_response_due_at": lambda row: moment(row.first_response_due_at),
    "first_responded_at": lambda row: moment(row.first_responded_at),
    "due_at": lambda row: moment(row.due_at),
    "ended_at": lambda row: moment(row.ended_at),
    "resolution": lambda row: row.resolution,
    "root_cause": lambda row: row.root_cause,
    "customer_confirmation": lambda row: row.customer_confirmation,
}


@dataclass
class Export:
    """A finished file, rewound, with its SHA-256 and its number of rows without the heading."""

    file: IO[bytes]
    sha256: str
    rows: int


def write(found: Iterable[SupportRequest], *, with_mark: bool = False) -> Export:
    """The whole file, so that its hash is on record before anybody has it. Memory stays flat."""
    target: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    digest, rows = hashlib.sha256(), -1
    for line in lines(found, with_mark=with_mark):
        digest.update(line)
        target.write(line)
        rows += 1
    target.seek(0)
    return Export(target, digest.hexdigest(), rows)


def lines(found: Iterable[SupportRequest], *, with_mark: bool) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)  # RFC 4180: commas, doubled quotes, CR LF
    buffer.write(MARK if with_mark else "")
    writer.writerow(COLUMNS)
    for row in found:
        yield taken(buffer)
        writer.writerow([harmless(read(row)) for read in COLUMNS.values()])
    yield taken(buffer)


def moment(given: datetime | None) -> str:
    return moments.machine(given) if given is not None else ""


def amount(row: SupportRequest) -> str:
    """A decimal string at the currency's scale, without separators."""
    if row.claimed_amount is None:
        return ""
    return f"{currencies.at_scale(row.claimed_amount, row.claimed_currency):f}"
