"""Closure history: each time the request ended and began again, the earlier ending kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audit import moments, seen
from audit.access import About, access
from audit.models import Event
from requests_app.logs import Column, Log, Row, states
from requests_app.logs.actions import claimed
from requests_app.logs.states import Move
from requests_app.models import SupportRequest


def rows(
    support_request: SupportRequest, person: Any, after: int, limit: int | None
) -> Iterable[Row]:
    turned = [move for move in states.moves(support_request) if move.is_ending or move.is_reopening]
    recorded = list(Event.objects.filter(pk__in=[move.event_id for move in turned]))
    events = {event.pk: event for event in seen.events(recorded, person)}
    veil = access().veil(person, About(events=recorded)) if recorded else None
    originals = dict(
        SupportRequest.objects.filter(
            pk__in=[move.duplicate_of_id for move in turned if move.duplicate_of_id]
        ).values_list("pk", "number")
    )
    found: list[Row] = []
    ending: Move | None = None
    for move in turned:
        row = row_of(move, events[move.event_id], ending)
        row["note"] = veil.text(row["note"]) if veil is not None else row["note"]
        row["duplicate_of"] = originals.get(move.duplicate_of_id or 0, "")
        found.append(row)
        ending = move if move.is_ending else None
    return found


def row_of(move: Move, event: Event, ending: Move | None) -> Row:
    """A reopening names the ending that it undoes; an ending after an ending, as a closing after a
    resolving, names that."""
    before, after = move.words
    note = move.note if move.is_ending else ""
    return {
        "event": event.pk,
        "what": "Reopened" if move.is_reopening else after,
        "recorded_at": event.recorded_at,
        "happened_at": event.occurred_at,
        "by": event.actor_label,
        "by_id": event.actor_id,
        "role": event.actor_role,
        "from_status": before,
        "to_status": after,
        "lasted": f"after {moments.span(move.lasted)}" if move.lasted is not None else "",
        "claimed": claimed(event),
        "resolution": move.resolution_words,
        "root_cause": move.root_cause_words,
        "confirmation": move.confirmation_words,
        "note": note,
        "reason": event.reason if event.reason != note else "",
        "earlier": ending.event_id if ending else None,
    }


LOG = Log(
    name="closure",
    title="Closure",
    about="Each ending with its resolution and its note, each reopening with its reason and the "
    "ending it undid. A reopening never removes what it undoes.",
    columns=(
        Column("event", "Event", "event"), Column("what", "What"),
        Column("recorded_at", "Recorded", "moment", under="claimed"),
        Column("by", "By", under="role"), Column("from_status", "From", under="lasted"),
        Column("resolution", "Resolution", under="confirmation"),
        Column("root_cause", "Root cause"),
        Column("note", "Note", "long"), Column("reason", "Reason", "long"),
        Column("duplicate_of", "Duplicate of", "code"), Column("earlier", "Follows", "event"),
        Column("confirmation"), Column("happened_at"), Column("to_status"), Column("role"),
        Column("by_id"),
    ),
    rows=rows,
    none="This request has never ended",
    hint="How it is resolved, closed, rejected or cancelled, and begun again, is recorded here.",
)  # fmt: skip
