"""Action tracking: everything that was done, tried or looked at, one record each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from audit import moments, origins, seen, sentences, timeline
from audit.models import Event
from audit.timeline import Entry
from requests_app.logs import Column, Log, Row, states
from requests_app.logs.states import Move
from requests_app.models import SupportRequest

CHUNK = 200
# What the page puts together, apart.
IN_FILE = (
    "happened_at", "kind", "outcome", "actor_id", "actor_kind", "role", "on_behalf_of", "cause",
    "from_status", "to_status", "status_lasted_seconds", "reason", "refusal", "address",
    "correlation_id",
)  # fmt: skip


def rows(
    support_request: SupportRequest, person: Any, after: int, limit: int | None
) -> Iterator[Row]:
    """Read in chunks, so that a trail of any length takes little memory."""
    events = Event.objects.of_support_request(support_request.pk)
    moved = {move.event_id: move for move in states.moves(support_request)}
    while limit is None or limit > 0:
        size = CHUNK if limit is None else min(CHUNK, limit)
        cut = timeline.page(events, size=size, after=after, newest_first=False)
        found = seen.page(cut, person).entries
        yield from (row_of(entry, moved.get(entry.event.pk)) for entry in found)
        if len(found) < size:
            return
        after = found[-1].event.pk
        limit = None if limit is None else limit - size


def row_of(entry: Entry, move: Move | None) -> Row:
    event = entry.event
    return {
        "event": event.pk,
        "recorded_at": event.recorded_at,
        "happened_at": event.occurred_at,
        "claimed": claimed(event),
        "act": entry.kind.label,
        "kind": event.kind,
        "outcome": event.outcome,
        "not_done": outcome(event),
        "actor": event.actor_label,
        "actor_id": event.actor_id,
        "actor_kind": event.actor_kind,
        "role": event.actor_role,
        "on_behalf_of": event.on_behalf_of_label,
        "cause": sentences.cause(event.cause_kind, event.cause_label, event.cause_version),
        "channel": sentences.named(sentences.CHANNELS, event.channel),
        "address": event.address or "",
        "place": origins.place(event.address),
        "changed": changed(entry),
        "reason": event.reason,
        "refusal": refusal(event.detail),
        "why": event.reason or refusal(event.detail),
        "correlation_id": event.correlation_id,
        **moved(move),
    }


def moved(move: Move | None) -> Row:
    """From which status to which, and how long the one before had lasted."""
    before, after = move.words if move else ("", "")
    lasted = move.lasted if move else None
    return {
        "from_status": before,
        "to_status": after,
        "move": f"{before} → {after}" if before else after,
        "lasted": f"after {moments.span(lasted)}" if lasted is not None else "",
        "status_lasted_seconds": int(lasted.total_seconds()) if lasted is not None else "",
    }


def claimed(event: Event) -> str:
    if event.occurred_at is None:
        return ""
    zone = timezone.get_current_timezone()
    return f"happened, as claimed, {moments.exact(event.occurred_at, zone)}"


def outcome(event: Event) -> str:
    return "" if event.outcome == "done" else sentences.named(sentences.OUTCOMES, event.outcome)


def changed(entry: Entry) -> str:
    """Which fields of which rows; of a row that came or went, how many."""
    return "; ".join(
        f"{row.model_label}: {', '.join(change.label for change in row.changes)}"
        if row.type == "~"
        else f"{row.model_label} {row.verb}, {len(row.changes)} fields"
        for row in entry.rows
    )


def refusal(detail: Any) -> str:
    return str(detail.get("refusal", "")) if isinstance(detail, dict) else ""


LOG = Log(
    name="actions",
    title="Actions",
    about="Every act, note, refusal and look, in order: who, as what, through which channel, from "
    "which status to which and how long the one before had lasted, and why.",
    columns=(
        Column("event", "Event", "event"),
        Column("recorded_at", "Recorded", "moment", under="claimed"),
        Column("actor", "Who", under="role"),
        Column("act", "Act", under="not_done"),
        Column("move", "Status", under="lasted"),
        Column("changed", "What changed", "long"),
        Column("why", "Reason, or refusal", "long"),
        Column("channel", "Channel", under="place"),
        *map(Column, IN_FILE),
    ),
    rows=rows,
    none="No action is recorded",
    hint="The first one will be recorded with the request's opening.",
    is_long=True,
)  # fmt: skip
