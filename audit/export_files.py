"""The file of an export: each event as a line of CSV or JSON, and an archive with its manifest.

CSV as in RFC 4180: UTF-8, raw ids beside words, moments in UTC, and nothing that a spreadsheet
would run.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from audit import moments, sentences, telling
from audit.diffs import Change
from audit.seen import count_unseen
from audit.timeline import Entry

MARK = "\ufeff"  # by which Excel tells UTF-8
IN_MEMORY = 2 * 1024 * 1024
# A cell that begins so is taken for a formula; full-width forms are read like the plain ones.
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

Lines = Iterator[tuple[bytes, int]]  # bytes, and how many events are in them

COLUMNS: dict[str, Callable[[Entry], object]] = {
    "event": lambda entry: entry.event.public_id,
    "id": lambda entry: entry.event.pk,
    "recorded_at": lambda entry: moment(entry.event.recorded_at),
    "occurred_at": lambda entry: moment(entry.event.occurred_at),
    "kind": lambda entry: entry.event.kind,
    "action": lambda entry: entry.kind.label,
    "outcome": lambda entry: entry.event.outcome,
    "outcome_label": lambda entry: sentences.named(sentences.OUTCOMES, entry.event.outcome),
    "actor_kind": lambda entry: entry.event.actor_kind,
    "actor_kind_label": lambda entry: sentences.named(sentences.ACTORS, entry.event.actor_kind),
    "actor_id": lambda entry: entry.event.actor_id,
    "actor": lambda entry: entry.event.actor_label,
    "actor_role": lambda entry: entry.event.actor_role,
    "on_behalf_of_id": lambda entry: entry.event.on_behalf_of_id,
    "on_behalf_of": lambda entry: entry.event.on_behalf_of_label,
    "subject_type": lambda entry: entry.event.subject_type,
    "subject_id": lambda entry: entry.event.subject_id,
    "subject": lambda entry: entry.event.subject_label,
    "support_request_id": lambda entry: entry.event.support_request_id,
    "entity_id": lambda entry: entry.event.entity_id,
    "changes": lambda entry: changed(entry),  # noqa: PLW0108 - defined below
    "rows_not_shown": lambda entry: count_unseen(entry),  # noqa: PLW0108
    "reason": lambda entry: entry.event.reason,
    "cause_kind": lambda entry: entry.event.cause_kind,
    "cause_id": lambda entry: entry.event.cause_id,
    "cause": lambda entry: entry.event.cause_label,
    "channel": lambda entry: entry.event.channel,
    "channel_label": lambda entry: sentences.named(sentences.CHANNELS, entry.event.channel),
    "address": lambda entry: entry.event.address,
    "session": lambda entry: entry.event.session,
    "correlation_id": lambda entry: entry.event.correlation_id,
    "detail": lambda entry: json.dumps(entry.event.detail, ensure_ascii=False, sort_keys=True),
}


def csv_lines(chunks: Iterable[list[Entry]], *, with_mark: bool) -> Lines:
    buffer = io.StringIO()
    writer = csv.writer(buffer)  # RFC 4180: commas, doubled quotes, CR LF
    buffer.write(MARK if with_mark else "")
    writer.writerow(COLUMNS)
    yield taken(buffer), 0
    for entries in chunks:
        for entry in entries:
            writer.writerow([harmless(read(entry)) for read in COLUMNS.values()])
        yield taken(buffer), len(entries)


def json_lines(chunks: Iterable[list[Entry]]) -> Lines:
    for entries in chunks:
        lines = [json.dumps(telling.as_data(entry), ensure_ascii=False) for entry in entries]
        yield "".join(f"{line}\n" for line in lines).encode(), len(entries)


def taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content


def harmless(value: object) -> object:
    """A quote before what a spreadsheet would take for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value


def moment(value: datetime | None) -> str:
    return moments.machine(value) if value else ""


def changed(entry: Entry) -> str:
    """Every changed field in words, one a line."""
    return "\n".join(
        f"{row.model_label} {row.row_id} {row.verb}: {old_to_new(change)}"
        for row in entry.rows
        for change in row.changes
    )


def old_to_new(change: Change) -> str:
    return f"{change.label}: {change.before} → {change.after}"


class Archive:
    """A ZIP with one file and its manifest, as long as it is open. Memory stays flat."""

    def __init__(self, name: str, made_at: datetime) -> None:
        self.name, self.made_at = name, made_at
        self.target: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self.digest, self.size, self.rows = hashlib.sha256(), 0, 0

    def write(self, lines: Lines, told: Callable[[int], None]) -> None:
        """``told`` is called with the number of events that are written so far."""
        with (
            zipfile.ZipFile(self.target, "w") as archive,
            archive.open(self.member(self.name), "w", force_zip64=True) as member,
        ):
            for content, rows in lines:
                member.write(content)
                self.digest.update(content)
                self.size += len(content)
                self.rows += rows
                told(self.rows)

    def add(self, name: str, content: bytes) -> None:
        with zipfile.ZipFile(self.target, "a") as archive:
            archive.writestr(self.member(name), content)

    def member(self, name: str) -> zipfile.ZipInfo:
        """Always of the same time: the same export gives the same bytes."""
        info = zipfile.ZipInfo(name, self.made_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info

    def pieces(self, size: int) -> Iterator[bytes]:
        self.target.seek(0)
        while piece := self.target.read(size):
            yield piece

    def close(self) -> None:
        self.target.close()


def as_bytes(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
