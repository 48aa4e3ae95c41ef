"""How a request stands: its newest version and message, by which a form knows what it showed."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from audit.standing import MOST, Standing, ids_of, refuse_with
from audit.versions import version_model
from requests_app.models import Message, SupportRequest


def read_with(support_request: Any) -> Standing:
    """How a request stood when it was read by an ``annotated`` query."""
    return Standing(support_request.newest_version or 0, support_request.newest_message or 0)


def annotated(requests: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
    """These requests, each with how it stands."""
    versions = version_model(SupportRequest).objects.filter(id=OuterRef("pk"))
    messages = Message.objects.filter(support_request_id=OuterRef("pk"))
    return requests.annotate(
        newest_version=Subquery(versions.order_by("-history_id").values("history_id")[:1]),
        newest_message=Subquery(messages.order_by("-id").values("id")[:1]),
    )


def standing_of(support_request: SupportRequest) -> Standing:
    rows = annotated(SupportRequest.objects.filter(pk=support_request.pk))
    return read_with(rows.only("pk").get())


def refuse_stale(support_request: SupportRequest, seen: Standing | None) -> None:
    """Nobody overwrites, or answers, what they have not read: what came between is named."""
    now = standing_of(support_request) if seen is not None else None
    if seen is not None and now is not None and now != seen:
        refuse_with(events_since(support_request, seen), support_request, seen, now)


def events_since(support_request: SupportRequest, seen: Standing) -> set[int]:
    versions = version_model(SupportRequest).objects.filter(
        id=support_request.pk, history_id__gt=seen.version
    )
    messages = version_model(Message).objects.filter(
        support_request_id=support_request.pk, id__gt=seen.part
    )
    return ids_of(versions, MOST + 1) | ids_of(messages, MOST + 1)
