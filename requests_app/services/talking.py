"""What is said about a request: to the customer, and among colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit.actors import Actor
from audit.recording import Recording
from requests_app import attachments, clock
from requests_app.attachments import Draft, Upload
from requests_app.mail import outbox
from requests_app.models import Message, SupportRequest
from requests_app.services.acting import acting, put
from requests_app.services.attaching import add, detail_of


def reply(
    *, support_request: SupportRequest, body: str, by: Actor, files: Sequence[Upload | Draft] = (),
    **when: Any,
) -> Message:  # fmt: skip
    """Writes an answer to the customer, and mails it where they can be reached. It is never edited;
    a correction is a new one."""
    message = drafted(Message.Kind.REPLY, support_request, body, by, when)
    say(message, "reply", "request.replied", by=by, files=files, when=when)
    return message


def answer(*, support_request: SupportRequest, body: str, by: Actor, **when: Any) -> Message:
    """Writes what the customer said; ``by`` is the customer."""
    message = drafted(Message.Kind.CUSTOMER, support_request, body, by, when)
    say(message, "answer", "request.answered", by=by, files=(), when=when)
    return message


def note(
    *, support_request: SupportRequest, body: str, by: Actor, files: Sequence[Upload | Draft] = (),
    **when: Any,
) -> Message:  # fmt: skip
    """Writes what only colleagues read. It is never edited, either."""
    message = drafted(Message.Kind.NOTE, support_request, body, by, when)
    say(message, "note", "request.noted", by=by, files=files, when=when)
    return message


def say(
    message: Message, verb: str, kind: str, *, by: Actor, files: Sequence[Upload | Draft],
    when: dict[str, Any],
) -> None:  # fmt: skip
    """A message and its files are one act."""
    support_request = message.support_request
    with (
        attachments.received(files) as drafts,
        acting(verb, kind, support_request, by=by, detail=detail_of(drafts), **when) as event,
    ):
        message.save()
        added = add(drafts, support_request, by, message, when)
        if message.kind == Message.Kind.REPLY:
            outbox.queue(message, added)
            put_first_answer(event, support_request, when)


def put_first_answer(
    event: Recording, support_request: SupportRequest, when: dict[str, Any]
) -> None:
    """The first answer stops its clock; an imported request has none."""
    if support_request.first_responded_at is None and not support_request.source:
        at = clock.moment(when.get("occurred_at"))
        put(event, support_request, first_responded_at=at())


def drafted(
    kind: str, support_request: SupportRequest, body: str, by: Actor, when: dict[str, Any]
) -> Message:
    message = Message(
        support_request=support_request, kind=kind, author=by.person, author_label=by.label,
        body=body,
    )  # fmt: skip
    if when.get("occurred_at"):
        message.written_at = when["occurred_at"]
    return message
