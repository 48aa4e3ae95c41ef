"""What is said about a request: to the customer, and among colleagues."""

from __future__ import annotations

from typing import Any

from audit.actors import Actor
from requests_app import clock
from requests_app.models import Message, SupportRequest
from requests_app.services.acting import acting, put


def reply(*, support_request: SupportRequest, body: str, by: Actor, **when: Any) -> Message:
    """Writes an answer to the customer. It is never edited; a correction is a new one."""
    message = drafted(Message.Kind.REPLY, support_request, body, by, when)
    with acting("reply", "request.replied", support_request, by=by, **when) as event:
        message.save()
        if support_request.first_responded_at is None and not support_request.source:
            at = clock.moment(when.get("occurred_at"))
            put(event, support_request, first_responded_at=at())
    return message


def note(*, support_request: SupportRequest, body: str, by: Actor, **when: Any) -> Message:
    """Writes what only colleagues read. It is never edited, either."""
    message = drafted(Message.Kind.NOTE, support_request, body, by, when)
    with acting("note", "request.noted", support_request, by=by, **when):
        message.save()
    return message


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
