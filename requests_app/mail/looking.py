"""Puts looks at mails on record: who took which away, and who read what is on no request."""

from __future__ import annotations

from django.db.models.functions import Now

from audit.actors import Actor
from audit.looks import AGAIN_AFTER, once
from audit.models import Event
from audit.recording import record
from requests_app.models import InboundMail, OutboundMail, SupportRequest


def downloaded(mail: InboundMail | OutboundMail, sha256: str, by: Actor) -> None:
    record("mail.downloaded", by=by, subject=mail, detail={"sha256": sha256})


def downloaded_original(support_request: SupportRequest, sha256: str, by: Actor) -> None:
    record("request.original_downloaded", by=by, subject=support_request, detail={"sha256": sha256})


def refused(mail: InboundMail | OutboundMail, by: Actor) -> None:
    record("mail.view_denied", by=by, subject=mail, outcome="denied")


def listed(by: Actor, kind: str = "mail.list_viewed") -> bool:
    """Once per person and 15 minutes."""
    return once(kind, by, lambda: listed_lately(by, kind))


def listed_lately(by: Actor, kind: str) -> bool:
    own = Event.objects.of_actor(by.kind, by.id)
    return own.filter(kind=kind, recorded_at__gt=Now() - AGAIN_AFTER).exists()
