"""A reply becomes a mail in the transaction that writes it: rendered, kept, queued."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils import timezone

from requests_app import storage
from requests_app.mail import writing
from requests_app.models import (
    Attachment,
    InboundMail,
    Mailbox,
    Message,
    OutboundMail,
    RawIntake,
    SupportRequest,
)

MEDIA_TYPE = "message/rfc822"
THREAD = 20  # newest mails that a header names
MOST_BYTES = 15_000_000  # many servers refuse mails of more than 25 MB, and coding adds a third


def way_out(support_request: SupportRequest) -> tuple[Mailbox | None, str]:
    """The mailbox that a reply is mailed from, or None and why it will not be."""
    customer = support_request.customer
    if customer is None:
        return None, "No mail will leave: this request has no customer."
    if not customer.email:
        return None, "No mail will leave: this customer has no e-mail address."
    refusal = writing.why_not_address(customer.email)
    if refusal:
        return None, refusal
    mailbox = mailbox_for(support_request)
    if mailbox is None:
        return None, f"No mail will leave: {support_request.entity.code} has no mailbox."
    return mailbox, ""


def told(support_request: SupportRequest) -> str:
    """What the form of a reply says before it is sent."""
    mailbox, refusal = way_out(support_request)
    if mailbox is None or support_request.customer is None:
        return refusal
    return f"It is mailed to {support_request.customer.email} from {mailbox}."


def mailbox_for(support_request: SupportRequest) -> Mailbox | None:
    """The one that the customer wrote to last, else the first of the entity."""
    active = Mailbox.objects.filter(entity_id=support_request.entity_id, is_active=True)
    active = active.select_related("entity")
    came = InboundMail.objects.filter(support_request=support_request).order_by("-id")
    known = {mailbox.pk: mailbox for mailbox in active.order_by("id")}
    last = came.values_list("mailbox_id", flat=True).first() if len(known) > 1 else None
    return known.get(last or 0) or next(iter(known.values()), None)


def queue(message: Message, files: Sequence[Attachment] = ()) -> OutboundMail | None:
    """Within an open recording: the mail of a reply, or None where none can leave."""
    from requests_app.mail.tasks import send

    support_request = message.support_request
    (mailbox, _), customer = way_out(support_request), support_request.customer
    if mailbox is None or customer is None:
        return None
    header_id = new_id(support_request, mailbox)
    content = writing.written(letter(message, mailbox, customer.email, header_id, files))
    original = RawIntake.of(content, MEDIA_TYPE, support_request.entity)
    original.save()
    mail = OutboundMail(
        entity_id=support_request.entity_id, support_request=support_request, mailbox=mailbox,
        message=message, original=original, recipient=customer.email, header_id=header_id,
        next_attempt_at=timezone.now(),
    )  # fmt: skip
    mail.save()
    # In the same transaction. Should the job be lost, those that wait are sent each minute.
    send.defer(mail_id=mail.pk)
    return mail


def letter(
    message: Message, mailbox: Mailbox, recipient: str, header_id: str, files: Sequence[Attachment]
) -> writing.Letter:
    support_request = message.support_request
    mailed, left = mailable(files)
    lines = [message.body.rstrip(), ""]
    if left:
        lines += [f"({left} of {len(files)} files are too large to be mailed.)", ""]
    lines += ["-- ", f"{mailbox.display_name or mailbox.entity.name} · {support_request.number}"]
    return writing.Letter(
        message_id=header_id, sender=mailbox.address,
        sender_name=mailbox.display_name or mailbox.entity.name, recipient=recipient,
        subject=writing.subject_of(support_request.subject, support_request.number),
        text="\n".join(lines) + "\n", date=timezone.now(), references=thread(support_request),
        files=mailed,
    )  # fmt: skip


def mailable(files: Sequence[Attachment]) -> tuple[list[writing.File], int]:
    """The files that fit into one mail, and how many do not."""
    found, room = [], MOST_BYTES
    for file in files:
        if file.size > room:
            continue
        room -= file.size
        with storage.open_checked(file.storage_key, file.sha256) as content:
            found.append(writing.File(file.name, file.content_type, content.read()))
    return found, len(files) - len(found)


def thread(support_request: SupportRequest) -> list[str]:
    """The Message-IDs of its newest mails, the oldest first; what the customer wrote comes last:
    that is what is answered."""
    sent = OutboundMail.objects.filter(support_request=support_request).order_by("-id")
    came = InboundMail.objects.filter(support_request=support_request).exclude(header_id="")
    answered = came.filter(automatic="").order_by("-id")
    found = [
        *reversed(sent.values_list("header_id", flat=True)[:THREAD]),
        *reversed(answered.values_list("header_id", flat=True)[:THREAD]),
    ]
    return [each for each in found if each.startswith("<") and each.isascii()]


def new_id(support_request: SupportRequest, mailbox: Mailbox) -> str:
    """Nobody can guess it, so who names it has got the mail."""
    domain = writing.ascii_address(mailbox.address).rpartition("@")[2]
    return f"<{support_request.number}.{uuid.uuid4().hex}@{domain}>"
