"""One event to take along: as plain text to quote, and as JSON with the exact values.

The JSON is what the database holds, for people and programs. It is not the canonical form of a
proof.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from audit import diffs, moments, origins, sentences, specs, veils
from audit.access import About, Veil, access
from audit.models import Event
from audit.pairs import Pair, Row, pairs_of, touched
from audit.seen import count_unseen
from audit.timeline import Entry, RowChange

FORMAT = "casetrail-event/1"
# The salt hides the values of a proof until they are revealed.
SECRET = ("salt",)


def as_data(entry: Entry) -> dict[str, Any]:
    """The event, and what it changed in words, as JSON holds it."""
    return {
        "event": {
            field.column: exact(getattr(entry.event, field.attname))
            for field in Event._meta.concrete_fields
            if field.name not in SECRET
        },
        "action": entry.kind.label,
        "changes": [change_data(row) for row in entry.rows],
        "rows_not_shown": count_unseen(entry),
    }


def change_data(row: RowChange) -> dict[str, Any]:
    return {
        "model": row.model,
        "row_id": row.row_id,
        "version_id": row.version_id,
        "previous_version_id": row.previous_id,
        "type": row.verb,
        "fields": [
            {"field": change.field, "label": change.label, "before": change.before,
             "after": change.after, "before_is": change.before_state,
             "after_is": change.after_state}
            for change in row.changes
        ],
    }  # fmt: skip


def whole(entry: Entry, person: Any) -> bytes:
    """The event with the versions it wrote: every field of these, with its exact value, but for
    what this person is not shown."""
    shown = {(row.model, row.version_id) for row in entry.rows}
    versions = versions_of(entry.event.pk, shown, person)
    data = {"format": FORMAT, **as_data(entry), "versions": versions}
    return (diffs.escaped(json.dumps(data, ensure_ascii=False, indent=2)) + "\n").encode()


def versions_of(
    event_id: int, shown: Collection[tuple[str, int]], person: Any
) -> list[dict[str, Any]]:
    pairs = [
        pair
        for label in touched([event_id])
        for pair in pairs_of(label, [event_id])
        if (label, pair.version["history_id"]) in shown
    ]
    rows = [(pair.model, row) for pair in pairs for row in (pair.version, pair.previous) if row]
    veil = access().veil(person, About(rows)) if rows else None
    return [version_data(pair, veil) for pair in pairs]


def version_data(pair: Pair, veil: Veil | None) -> dict[str, Any]:
    values = values_of(pair, pair.version, veil)
    plain = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "model": pair.model._meta.label_lower,
        "version_id": pair.version["history_id"],
        "type": pair.version["history_type"],
        "recorded_at": exact(pair.version["history_date"]),
        "values": values,
        "values_before": values_of(pair, pair.previous, veil) if pair.previous else None,
        "sha256_of_values": hashlib.sha256(plain.encode()).hexdigest(),
    }


def values_of(pair: Pair, row: Row, veil: Veil | None) -> dict[str, Any]:
    names = [pair.model._meta.pk.attname, *(spec.name for spec in specs.of_model(pair.model))]
    shown = row if veil is None else veils.covered_values(veil, pair.model, row)
    return {name: exact(shown.get(name)) for name in names}


def exact(value: Any) -> Any:
    """A value without loss: moments in UTC with Z, decimals and large numbers as text."""
    if isinstance(value, datetime):
        return moments.machine(value)
    if isinstance(value, Decimal | date | timedelta):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, list | tuple):
        return [exact(each) for each in value]
    if isinstance(value, dict):
        return {str(key): exact(each) for key, each in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def as_text(entry: Entry, address: str) -> str:
    """To quote in a letter: who did what, when, why, from where, and each change in full."""
    event = entry.event
    role = f" ({event.actor_role})" if event.actor_role else ""
    channel = sentences.named(sentences.CHANNELS, event.channel)
    lines = [
        f"{event.public_id}: {event.actor_label}{role} {sentences.said(entry.kind, event.outcome)}",
        f"Recorded: {moments.machine(event.recorded_at)}",
        f"Subject: {event.subject_label}" if event.subject_label else "",
        f"Reason: {event.reason}" if event.reason else "",
        f"Through: {channel}{origins.words(event.address)}",
        *(
            f"{row.model_label} {row.row_id} {row.verb}: "
            f"{change.label}: {change.before} → {change.after}"
            for row in entry.rows
            for change in row.changes
        ),
        sentences.unseen(count_unseen(entry)),
        address,
    ]
    return "\n".join(line for line in lines if line)
