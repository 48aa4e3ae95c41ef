"""A message is never edited: a correction is a new one, which points back to what it corrects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit import erasing
from audit.actors import Actor
from requests_app import attachments
from requests_app.attachments import Draft, Upload
from requests_app.models import Message
from requests_app.services.acting import acting, refuse
from requests_app.services.attaching import add, detail_of


def correct(
    *, message: Message, body: str, by: Actor, reason: str = "",
    files: Sequence[Upload | Draft] = (), **when: Any,
) -> Message:  # fmt: skip
    """Both stay and both are shown, the old one folded under the new."""
    support_request = message.support_request
    correction = Message(
        support_request=support_request, kind=message.kind, author=by.person,
        author_label=by.label, body=body, corrects=message,
    )  # fmt: skip
    if when.get("occurred_at"):
        correction.written_at = when["occurred_at"]
    with (
        attachments.received(files) as drafts,
        acting(
            verb_of(message), "request.message_corrected", support_request, by=by, reason=reason,
            detail={"message": message.pk} | detail_of(drafts), **when,
        ),
    ):  # fmt: skip
        refuse(why_not_correct(message) or why_not_same(message, body))
        correction.save()
        add(drafts, support_request, by, correction, when)
    return correction


def verb_of(message: Message) -> str:
    """A correction is written where a message of its kind is."""
    return "reply" if message.kind == Message.Kind.REPLY else "note"


def why_not_correct(message: Message) -> str:
    """Why a message cannot be corrected; empty if it can."""
    if message.kind == Message.Kind.CUSTOMER:
        return "What the customer wrote is theirs. Write a note about it instead."
    if Message.objects.filter(corrects=message).exists():
        return "This message was corrected already. Correct the correction."
    if erasing.tombstone_of(message, "body") is not None:
        return "This message was redacted. Write a new one."
    return ""


def why_not_same(message: Message, body: str) -> str:
    is_same = body.replace("\r\n", "\n").strip() == message.body.replace("\r\n", "\n").strip()
    return "The text is the same. Change what is wrong in it." if is_same else ""
