"""How a request stands: its newest version and message, by which a form knows what it showed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import OuterRef, QuerySet, Subquery

from audit import kinds, sentences, timeline
from audit.diffs import Change
from audit.models import Event
from audit.versions import version_model
from requests_app.models import Message, SupportRequest

WRITTEN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True)
class Standing:
    """The ids of the newest version and of the newest message; 0 for none."""

    version: int
    message: int

    def __str__(self) -> str:
        return f"{self.version}-{self.message}"

    @classmethod
    def parsed(cls, text: str) -> Standing | None:
        """What a form carried; None for what is none."""
        found = WRITTEN.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None

    @classmethod
    def read_with(cls, support_request: Any) -> Standing:
        """How a request stood when it was read by an ``annotated`` query."""
        return cls(support_request.newest_version or 0, support_request.newest_message or 0)


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
    return Standing.read_with(rows.only("pk").get())


def changes_between(support_request: SupportRequest, seen: Standing, now: Standing) -> list[Change]:
    """What differs between two versions; nothing where only messages came."""
    if now.version <= seen.version:
        return []
    try:
        compared = timeline.compare(SupportRequest, support_request.pk, now.version, seen.version)
    except ObjectDoesNotExist:  # of another request, made up by whoever sent it
        return []
    return compared.changes


def since(support_request: SupportRequest, seen: Standing) -> str:
    """Who did what since then, in one sentence: the newest act, and whether there was more."""
    versions = version_model(SupportRequest).objects.filter(
        id=support_request.pk, history_id__gt=seen.version
    )
    messages = version_model(Message).objects.filter(
        support_request_id=support_request.pk, id__gt=seen.message
    )
    ids: set[int] = set()
    for rows in (versions, messages):
        ids |= set(rows.order_by("-history_id").values_list("event_id", flat=True)[:2])
    if not ids:
        return "This page shows the request otherwise than it stands."
    newest = Event.objects.get(pk=max(ids))
    told = f"{newest.actor_label} {said(newest)} since you opened this page"
    return f"{told}, and there was more before." if len(ids) > 1 else f"{told}."


def said(event: Event) -> str:
    return sentences.said(kinds.describe(event.kind), event.outcome)
