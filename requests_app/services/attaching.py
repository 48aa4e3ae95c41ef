"""Files of a request: put there alone, or with a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from audit.actors import Actor
from requests_app import attachments
from requests_app.attachments import Draft, Upload
from requests_app.models import Attachment, Message, SupportRequest
from requests_app.services.acting import acting, refuse


def attach(
    *, support_request: SupportRequest, name: str, content: bytes | IO[bytes], by: Actor,
    claimed_type: str = "", message: Message | None = None, **when: Any,
) -> Attachment:  # fmt: skip
    """Puts one file to a request, or to a message of it. The bytes are on the disk before the row
    is; a rollback leaves no row, and at worst a file that the sweep removes."""
    upload = Upload(name, content, claimed_type)
    [made] = attach_all(
        support_request=support_request, files=[upload], by=by, message=message, **when
    )
    return made


def attach_all(
    *, support_request: SupportRequest, files: Sequence[Upload | Draft], by: Actor,
    message: Message | None = None, **when: Any,
) -> list[Attachment]:  # fmt: skip
    """Several files under one event: all of them, or none."""
    with (
        attachments.received(files) as drafts,
        acting(
            "attach", "request.file_attached", support_request, by=by, detail=detail_of(drafts),
            **when,
        ),
    ):  # fmt: skip
        if message is None:
            refuse(attachments.why_not_again(support_request, drafts))
        return add(drafts, support_request, by, message, when)


def add(
    drafts: Sequence[Draft], support_request: SupportRequest, by: Actor, message: Message | None,
    when: dict[str, Any],
) -> list[Attachment]:  # fmt: skip
    """Within an open recording: refuses what is not accepted, keeps the bytes, writes the rows."""
    if not drafts:
        return []
    refuse(why_not_message(message, support_request))
    refuse(attachments.why_not(support_request, drafts))
    return [saved(draft, support_request, by, message, when) for draft in drafts]


def saved(
    draft: Draft, support_request: SupportRequest, by: Actor, message: Message | None,
    when: dict[str, Any],
) -> Attachment:  # fmt: skip
    made = Attachment(
        support_request=support_request, message=message, author=by.person, author_label=by.label,
        name=draft.upload.name, content_type=draft.content_type,
        claimed_type=draft.upload.claimed_type[: attachments.LONGEST_TYPE], size=draft.taken.size,
        sha256=draft.taken.sha256, storage_key=draft.keep(), verdict=attachments.verdict_of(draft),
        scanner=draft.scanner[: attachments.LONGEST_TYPE],
    )  # fmt: skip
    if when.get("occurred_at"):
        made.added_at = when["occurred_at"]
    made.save()
    return made


def why_not_message(message: Message | None, support_request: SupportRequest) -> str:
    if message is None or message.support_request_id == support_request.pk:
        return ""
    return "This message belongs to another request. Choose one of this request."


def detail_of(drafts: Sequence[Draft]) -> dict[str, Any]:
    return {"files": [draft.detail for draft in drafts]} if drafts else {}
