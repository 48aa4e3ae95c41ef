"""Redaction: what should never have been written goes for good, and leaves a tombstone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from audit import erasing
from audit.actors import Actor
from audit.recording import Recording, recording
from requests_app import people, storage
from requests_app.models import Attachment, Message, SupportRequest
from requests_app.services.acting import refuse


def redact_message(*, message: Message, by: Actor, reason: str) -> Message:
    with redacting("message.redacted", message, by=by, reason=reason) as event:
        refuse(why_not_again(erasing.erase(event, message, "body")))
    return message


def redact_attachment(*, attachment: Attachment, by: Actor, reason: str) -> Attachment:
    """Clears the name, and destroys the bytes once that is certain; the sweep makes up for a
    process that was killed in between. Its SHA-256 stays: by it a copy is known again."""
    with redacting("attachment.redacted", attachment, by=by, reason=reason) as event:
        refuse(why_not_again(erasing.erase(event, attachment, "name")))
        transaction.on_commit(lambda: storage.destroy(attachment.storage_key), robust=True)
    return attachment


def redact_request(*, support_request: SupportRequest, by: Actor, reason: str) -> SupportRequest:
    """The description, and the original that it was taken from."""
    with redacting("request.redacted", support_request, by=by, reason=reason) as event:
        cleared = erasing.erase(event, support_request, "description")
        if support_request.intake is not None:
            cleared += erasing.erase(event, support_request.intake, "content", "sha256")
        refuse(why_not_again(cleared))
    return support_request


@contextmanager
def redacting(
    kind: str, part: SupportRequest | Message | Attachment, *, by: Actor, reason: str
) -> Iterator[Recording]:
    """Under the lock of the request; the event is the request's and names the part."""
    support_request = request_of(part)
    with recording(
        kind, by=by, subject=support_request, reason=reason, detail=detail_of(part), locked=True
    ) as event:
        refuse(people.why_not_redact(by.person, support_request.entity))
        yield event


def request_of(part: SupportRequest | Message | Attachment) -> SupportRequest:
    return part if isinstance(part, SupportRequest) else part.support_request


def detail_of(part: models.Model) -> dict[str, Any]:
    if isinstance(part, Attachment):
        return {"file": part.pk, "sha256": part.sha256, "bytes": part.size}
    return {"message": part.pk} if isinstance(part, Message) else {}


def why_not_again(cleared: int) -> str:
    return "" if cleared else "Nothing stands there any more: it was redacted already, or is empty."
