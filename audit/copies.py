"""A difference to take along, as text or JSON, and one version as bytes that anybody can hash.

The bytes are JSON by RFC 8785: sorted keys, no spaces, UTF-8, and no number but whole ones; amounts
are strings at their stored scale, moments are UTC with six digits.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from audit import diffs, moments, specs, veils
from audit.comparing import Choice
from audit.diffs import Change
from audit.timeline import RowChange
from audit.versions import key_of

FORMAT = "casetrail.version.plain/1"
# Of a reader who is not shown personal data: these bytes are not those of the version.
COVERED = "casetrail.version.covered/1"
LARGEST = 2**53 - 1
MARKS = {"removed": "- ", "added": "+ "}


def as_text(row: RowChange, label: str, older: Choice | None, newer: Choice) -> str:
    lines = [
        f"{row.model_label[:1].upper()}{row.model_label[1:]} {row.row_id}: {diffs.visible(label)}",
        f"From: {named(older)}",
        f"To:   {named(newer)}",
        diffs.summary(row.changes, row.tracked),
        "",
    ]
    for change in row.changes:
        lines += lines_of(change)
    return "\n".join(lines).rstrip() + "\n"


def named(choice: Choice | None) -> str:
    if choice is None:
        return "before the first version"
    event = choice.event
    who = diffs.visible(event.actor_label)
    at = moments.machine(event.recorded_at)
    return f"{at}, {who} {choice.kind.sentence}, {event.public_id}, version {choice.id}"


def lines_of(change: Change) -> list[str]:
    if change.segments:
        parts = [
            MARKS.get(segment.op, "  ") + line
            for segment in change.segments
            for line in segment.shown.splitlines()
        ]
        return [f"{change.label}:", *parts, *noticed(change)]
    words = f"{change.before} → {change.after}" if change.is_changed else change.after
    signed = f" ({change.difference})" if change.difference else ""
    return [f"{change.label}: {words}{signed}", *noticed(change)]


def noticed(change: Change) -> list[str]:
    return [f"  ({change.notice})"] if change.notice else []


def as_json(row: RowChange, older: Choice | None, newer: Choice) -> str:
    found = {
        "model": row.model,
        "row": row.row_id,
        "from": side(older),
        "to": side(newer),
        "fields_compared": row.tracked,
        "changes": [
            {
                "field": change.field,
                "label": change.label,
                "before": change.before,
                "before_state": change.before_state,
                "after": change.after,
                "after_state": change.after_state,
                "difference": change.difference,
                "notice": change.notice,
            }
            for change in row.changes
            if change.is_changed
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def side(choice: Choice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    return {
        "version": choice.id,
        "event": choice.event.pk,
        "kind": choice.event.kind,
        "actor": choice.event.actor_label,
        "recorded_at": moments.machine(choice.event.recorded_at),
    }


def version_bytes(version: Any) -> bytes:
    """One version with everything but its salt, which hides values in proofs."""
    model = version.instance_type
    fields = {
        field.attname: value_of(getattr(version, field.attname))
        for field in specs.copied_fields(model)
    }
    whole = {
        "format": COVERED if veils.is_covered(version) else FORMAT,
        "model": model._meta.label_lower,
        "row": str(getattr(version, key_of(model))),
        "version": version.history_id,
        "event": version.event_id,
        "type": version.history_type,
        "written_at": moments.machine(version.history_date),
        "fields": fields,
    }
    return json.dumps(
        whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def value_of(value: Any) -> Any:
    """What canonical JSON may hold of a value: text, whole numbers, truth and nothing."""
    if isinstance(value, dict):
        return {str(key): value_of(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [value_of(inner) for inner in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int) and abs(value) <= LARGEST:
        return value
    return plain(value)


def plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return moments.machine(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
