"""Puts looks on record: who opened which request, searched for what, took which rows away."""

from __future__ import annotations

import hashlib

from django.db.models.functions import Now

from audit.actors import Actor
from audit.looks import AGAIN_AFTER, once
from audit.models import Event
from audit.recording import record
from requests_app import people
from requests_app.models import Attachment, SupportRequest

# Where a search or an export names the entities it went through: who audits all may read of it.
ENTITIES = "entities"


def viewed(support_request: SupportRequest, by: Actor) -> bool:
    """Records the look once per person, request and 15 minutes. Returns whether it did."""
    return once(
        "request.viewed", by, lambda: seen_lately(support_request.pk, by), subject=support_request
    )


def looked_at(support_request_id: int, by: Actor) -> None:
    """The same for a look at a part of a request, or at its trail, where only its id is known."""
    if not seen_lately(support_request_id, by):
        support_request = SupportRequest.objects.filter(pk=support_request_id).first()
        if support_request is not None:
            viewed(support_request, by)


def seen_lately(support_request_id: int, by: Actor) -> bool:
    return Event.objects.filter(
        kind="request.viewed",
        support_request_id=support_request_id,
        actor_id=by.id,
        recorded_at__gt=Now() - AGAIN_AFTER,
    ).exists()


def refused(number: str, by: Actor) -> None:
    """Records a refused look at a request that exists; for others there is nothing to record."""
    support_request = SupportRequest.objects.filter(number=number).first()
    if support_request is not None:
        record("request.view_denied", by=by, subject=support_request, outcome="denied")


def searched(query: str, count: int, by: Actor) -> None:
    """The words, which may name anybody, by their hash alone."""
    detail = {
        "query_sha256": digest(query.encode()),
        "count": count,
        ENTITIES: people.entity_ids(by.person),
    }
    record("request.list_searched", by=by, detail=detail)


def exported(
    by: Actor, *, conditions: dict[str, str], rows: int, columns: list[str], sha256: str
) -> int:
    """Returns the event's id, by which the manifest of the file is found."""
    detail = {
        "filter": conditions,
        "rows": rows,
        "columns": columns,
        "file_sha256": sha256,
        ENTITIES: people.entity_ids(by.person),
    }
    return record("request.list_exported", by=by, detail=detail)


def log_exported(
    support_request: SupportRequest, by: Actor, *, log: str, rows: int, columns: list[str],
    sha256: str,
) -> None:  # fmt: skip
    detail = {"log": log, "rows": rows, "columns": columns, "file_sha256": sha256}
    record("request.log_exported", by=by, subject=support_request, detail=detail)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def downloaded(attachment: Attachment, by: Actor) -> bool:
    """Records that a file was given out, once per person, file and 15 minutes."""
    return once(
        "request.file_downloaded", by, lambda: downloaded_lately(attachment, by), subject=attachment
    )


def downloaded_lately(attachment: Attachment, by: Actor) -> bool:
    of_request = Event.objects.of_support_request(attachment.support_request_id)
    return of_request.filter(
        kind="request.file_downloaded",
        subject_type=attachment._meta.label_lower,
        subject_id=str(attachment.pk),
        actor_id=by.id,
        recorded_at__gt=Now() - AGAIN_AFTER,
    ).exists()


def file_refused(attachment: Attachment, by: Actor, why: str) -> None:
    """Records that a stored file is not any more what its row says."""
    record(
        "request.file_refused", by=by, subject=attachment, outcome="failed",
        detail={"why": why, "sha256": attachment.sha256},
    )  # fmt: skip
