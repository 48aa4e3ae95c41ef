"""Redaction: what should never have been written goes for good, and leaves a tombstone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from audit import erasing
from audit.actors import Actor
from audit.recording import Recording, recording
from audit.standing import Standing
from requests_app import people, storage
from requests_app.models import Attachment, Message, RawIntake, SupportRequest
from requests_app.services.acting import refuse
from requests_app.standing import refuse_stale


def redact_message(
    *, message: Message, by: Actor, reason: str, seen: Standing | None = None
) -> Message:
    with redacting("message.redacted", message, by=by, reason=reason, seen=seen) as event:
        refuse(why_not_again(erasing.erase(event, message, "body")))
        erase_originals(event, originals_of(message))
    return message


def redact_attachment(
    *, attachment: Attachment, by: Actor, reason: str, seen: Standing | None = None
) -> Attachment:
    """Clears the name, and destroys the bytes once that is certain; the sweep makes up for a
    process that was killed in between. Its SHA-256 stays: by it a copy is known again."""
    with redacting("attachment.redacted", attachment, by=by, reason=reason, seen=seen) as event:
        refuse(why_not_again(erasing.erase(event, attachment, "name")))
        erase_originals(event, originals_of(attachment))
        transaction.on_commit(lambda: storage.destroy(attachment.storage_key), robust=True)
    return attachment


def redact_request(
    *, support_request: SupportRequest, by: Actor, reason: str, seen: Standing | None = None
) -> SupportRequest:
    """The description, and the original that it was taken from."""
    with redacting("request.redacted", support_request, by=by, reason=reason, seen=seen) as event:
        cleared = erasing.erase(event, support_request, "description")
        cleared += erase_originals(event, originals_of(support_request))
        refuse(why_not_again(cleared))
    return support_request


def redact_contact(
    *, support_request: SupportRequest, by: Actor, reason: str, seen: Standing | None = None
) -> SupportRequest:
    """Who was to be asked, and how they are reached: somebody who is no customer of ours."""
    with redacting("contact.redacted", support_request, by=by, reason=reason, seen=seen) as event:
        cleared = erasing.erase(event, support_request, "contact_name", "contact_address")
        refuse(why_not_again(cleared))
    return support_request


@contextmanager
def redacting(
    kind: str, part: SupportRequest | Message | Attachment, *, by: Actor, reason: str,
    seen: Standing | None,
) -> Iterator[Recording]:  # fmt: skip
    """Under the lock of the request; the event is the request's and names the part."""
    support_request = request_of(part)
    with recording(
        kind, by=by, subject=support_request, reason=reason, detail=detail_of(part), locked=True
    ) as event:
        refuse(people.why_not_redact(by.person, support_request.entity))
        refuse_stale(support_request, seen)
        yield event


def originals_of(part: SupportRequest | Message | Attachment) -> list[RawIntake]:
    """What was received or mailed byte for byte and holds the part, too: of a request its own; of a
    message that of the mail that brought or took it; of a file that of its message, or of the mail
    that opened the request with it."""
    if isinstance(part, SupportRequest):
        return [part.intake] if part.intake is not None else []
    if isinstance(part, Message):
        return [original for mail in carriers_of(part) for original in originals_in(mail)]
    if part.message is not None:
        return originals_of(part.message)
    opened_by = part.support_request.intake
    if part.author is not None or opened_by is None:
        return []
    return [opened_by] if opened_by.media_type.startswith("message/") else []


def carriers_of(message: Message) -> Iterator[models.Model]:
    """The rows that stand for this message on its way, such as a mail."""
    for relation in Message._meta.related_objects:
        if relation.one_to_one:
            carriers = relation.related_model._base_manager
            yield from carriers.filter(**{relation.field.name: message})


def originals_in(carrier: models.Model) -> Iterator[RawIntake]:
    for field in carrier._meta.concrete_fields:
        if field.related_model is RawIntake and getattr(carrier, field.attname) is not None:
            yield getattr(carrier, field.name)


def erase_originals(event: Recording, originals: Iterable[RawIntake]) -> int:
    return sum(erasing.erase(event, each, "content", "sha256") for each in originals)


def request_of(part: SupportRequest | Message | Attachment) -> SupportRequest:
    return part if isinstance(part, SupportRequest) else part.support_request


def detail_of(part: models.Model) -> dict[str, Any]:
    if isinstance(part, Attachment):
        return {"file": part.pk, "sha256": part.sha256, "bytes": part.size}
    return {"message": part.pk} if isinstance(part, Message) else {}


def why_not_again(cleared: int) -> str:
    return "" if cleared else "Nothing stands there any more: it was redacted already, or is empty."
