"""How a request stands: its newest version and message, by which a form knows what it showed."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from audit.actors import Actor
from audit.standing import MOST, Standing, ids_of, refuse_with
from audit.versions import version_model
from requests_app import transitions
from requests_app.models import Message, SupportRequest

# What adds to the conversation and overwrites nothing. A correction shows what it replaces.
SAYING = frozenset({"request.replied", "request.noted", "request.file_attached"})


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


def refuse_stale(
    support_request: SupportRequest,
    seen: Standing | None,
    *,
    kind: str = "",
    by: Actor | None = None,
) -> None:
    """Nobody overwrites, or answers, what they have not read: what came between is named."""
    now = standing_of(support_request) if seen is not None else None
    if seen is None or now is None or now == seen:
        return
    if kind not in SAYING or crosses(support_request, seen, by):
        refuse_with(events_since(support_request, seen), support_request, seen, now)


def crosses(support_request: SupportRequest, seen: Standing, by: Actor | None) -> bool:
    """Whether what is said now could be another: since it was begun somebody else has said
    something, the request has ended, or it has become another customer's. It overwrites nothing, so
    that other facts may have changed. Docs: decisions/0043."""
    said = Message.objects.filter(support_request_id=support_request.pk, id__gt=seen.part)
    person = by.person if by is not None else None
    if (said.exclude(author=person) if person is not None else said).exists():
        return True
    versions = version_model(SupportRequest).objects.filter(id=support_request.pk)
    then = versions.filter(history_id=seen.version).first()
    has_ended = support_request.status in transitions.OVER
    return then is None or (
        then.customer_id != support_request.customer_id
        or (has_ended and then.status not in transitions.OVER)
    )


def events_since(support_request: SupportRequest, seen: Standing) -> set[int]:
    versions = version_model(SupportRequest).objects.filter(
        id=support_request.pk, history_id__gt=seen.version
    )
    messages = version_model(Message).objects.filter(
        support_request_id=support_request.pk, id__gt=seen.part
    )
    return ids_of(versions, MOST + 1) | ids_of(messages, MOST + 1)
