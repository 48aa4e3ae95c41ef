"""A mail that came: kept as it came, and put where it belongs, in one transaction.

It opens a request, answers one, or is filed; what a machine wrote never opens, reopens or resumes
anything and is never answered. The same mail twice is one mail.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.recording import Refusal, record, recording
from requests_app import attachments, services, transitions
from requests_app.attachments import Upload
from requests_app.customers.reading import reached_by
from requests_app.mail import reading, threads
from requests_app.mail.reading import Mail
from requests_app.models import (
    Customer,
    InboundMail,
    Mailbox,
    Message,
    OutboundMail,
    RawIntake,
    SupportRequest,
)

MEDIA_TYPE = "message/rfc822"
UNTITLED = "(no subject)"
REASON = "The customer answered by mail."


@dataclass(frozen=True)
class Arrived:
    """A mail at a mailbox; ``why_automatic`` says by what it is taken for a machine's."""

    raw: bytes
    mail: Mail
    mailbox: Mailbox
    by: Actor
    received_at: datetime
    why_automatic: str

    def row(self, outcome: str, **more: Any) -> InboundMail:
        mail = self.mail
        return InboundMail(
            entity_id=self.mailbox.entity_id, mailbox=self.mailbox, outcome=outcome,
            fingerprint=mail.fingerprint, header_id=mail.message_id, sender=mail.sender,
            sender_name=mail.sender_name, subject=mail.subject, automatic=self.why_automatic[:200],
            remark=" ".join(mail.faults)[:500], attachments=len(mail.attachments),
            received_at=self.received_at, **more,
        )  # fmt: skip

    def original(self) -> RawIntake:
        return RawIntake.of(self.raw, MEDIA_TYPE, self.mailbox.entity)

    def author(self, customer: Customer | None) -> Actor:
        """Who the mail says that it is from. Nobody has proved it; the original says more."""
        label = str(customer) if customer else self.mail.sender_name or self.mail.sender
        origin = self.by.origin
        if origin.channel != "demo":  # which never passes for what happened
            origin = replace(origin, channel="mail")
        return Actor(
            kind="customer", id=str(customer.pk) if customer else "",
            label=label[:200] or "Unknown sender", origin=origin,
        )  # fmt: skip


def receive(
    *, raw: bytes, mailbox: Mailbox, by: Actor, received_at: datetime | None = None
) -> InboundMail:
    """``by`` is who fetched it or handed it over. Returns the row of the mail, also of one that
    was here before. Costs a search by Message-ID; raises what the database raises."""
    mail = reading.read(raw)
    with transaction.atomic():
        take_turn(mailbox.entity_id, mail.fingerprint)
        known = InboundMail.objects.filter(
            entity_id=mailbox.entity_id, fingerprint=mail.fingerprint
        ).first()
        if known is not None:
            return known
        loop = threads.why_loop(mail, mailbox.entity)
        at = received_at or timezone.now()
        return put(Arrived(raw, mail, mailbox, by, at, loop or mail.automatic))


def take_turn(entity_id: int, fingerprint: str) -> None:
    """Two ways may deliver the same mail at the same moment: the second one waits and finds it."""
    with connection.cursor() as cursor:
        key = f"mail:{entity_id}:{fingerprint}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def put(arrived: Arrived) -> InboundMail:
    mail, entity = arrived.mail, arrived.mailbox.entity
    returned = mail_that_came_back(mail, entity.pk)
    if returned is not None:
        return put_report(arrived, returned)
    thread = threads.found(mail, entity)
    is_theirs = thread is not None and threads.is_of_customer(thread, mail.sender)
    if arrived.why_automatic:
        return file(arrived, thread if is_theirs else None)
    if thread is None:
        return open_by(arrived, {})
    if not is_theirs:
        return open_by(arrived, {"refers_to": thread.number, "not_by_its_customer": True})
    locked = SupportRequest.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    follows = threads.what_follows(locked)
    if follows == transitions.OPENS_ANOTHER:
        return open_by(arrived, {"refers_to": thread.number})
    return answer(arrived, locked, follows)


def open_by(arrived: Arrived, detail: dict[str, Any]) -> InboundMail:
    """``detail`` names the request that the mail refers to, where it cannot go there."""
    mail, entity, by = arrived.mail, arrived.mailbox.entity, arrived.by
    customer = reached_by(entity, mail.sender) if mail.sender else None
    if customer is None and mail.sender and len(mail.sender) <= threads.LONGEST_ADDRESS:
        name = (mail.sender_name or mail.sender)[:200]
        customer = services.add_customer(entity=entity, name=name, email=mail.sender, by=by)
    author = arrived.author(customer).caused_by(by.cause)
    opened = services.open_request(
        entity=entity, channel="mail", subject=mail.subject or UNTITLED, description=mail.text,
        customer=customer, received_at=arrived.received_at, original=arrived.raw,
        media_type=MEDIA_TYPE, by=author, detail=detail,
    )  # fmt: skip
    row = arrived.row("opened", support_request=opened, intake=opened.intake)
    with recording("mail.received", by=by, subject=row, detail=detail):
        row.save()
        attach(arrived, opened, arrived.author(customer))  # which the mail is the cause of
    return row


def answer(arrived: Arrived, support_request: SupportRequest, follows: str) -> InboundMail:
    """The customer's words, and the work goes on: all because of the mail."""
    row = arrived.row("answered", support_request=support_request)
    author = arrived.author(support_request.customer)
    with recording("mail.received", by=arrived.by, subject=row):
        row.intake = arrived.original()
        row.intake.save()
        if follows == "reopen":
            services.reopen(support_request=support_request, by=author, reason=REASON)
        row.message = services.answer(
            support_request=support_request, body=arrived.mail.text, by=author
        )
        if follows == "resume":
            services.resume(support_request=support_request, by=author, reason=REASON)
        attach(arrived, support_request, author, row.message)
        row.save()
    return row


def attach(
    arrived: Arrived, support_request: SupportRequest, by: Actor, message: Message | None = None
) -> None:
    """What is not accepted stays in the original, and its refusal on record."""
    for each in arrived.mail.attachments:
        upload = Upload(attachments.safe_name(each.name), each.content, each.media_type)
        try:
            services.attach_all(
                support_request=support_request, files=[upload], by=by, message=message
            )
        except Refusal:
            continue


def file(
    arrived: Arrived, support_request: SupportRequest | None, outcome: str = "filed", **more: Any
) -> InboundMail:
    """An automatic mail: with its request, which stays as it is, or on none."""
    row = arrived.row(
        outcome if support_request is not None else "unrouted", support_request=support_request,
        **more,
    )  # fmt: skip
    with recording("mail.received", by=arrived.by, subject=row):
        row.intake = arrived.original()
        row.intake.save()
        if support_request is not None:
            row.message = Message(
                support_request=support_request, kind=Message.Kind.AUTOMATIC,
                author_label=arrived.author(None).label, body=arrived.mail.text,
            )  # fmt: skip
            row.message.save()
        row.save()
    return row


def mail_that_came_back(mail: Mail, entity_id: int) -> OutboundMail | None:
    """The mail of ours that a report is about, by its Message-ID, which nobody can guess."""
    about = mail.report.about if mail.report is not None else ""
    sent = OutboundMail.objects.filter(entity_id=entity_id, header_id=about)
    return sent.select_related("support_request").first() if about else None


def put_report(arrived: Arrived, mail: OutboundMail) -> InboundMail:
    report = arrived.mail.report
    row = file(arrived, mail.support_request, "returned", returned=mail)
    if report is not None and report.has_failed:
        with recording("mail.returned", by=arrived.by, subject=mail, locked=True):
            mail.state, mail.next_attempt_at, mail.error = "returned", None, report.told
            mail.sent_at = mail.sent_at or timezone.now()
            mail.save(update_fields=["state", "next_attempt_at", "error", "sent_at"])
    return row


def set_aside(*, raw: bytes, mailbox: Mailbox, by: Actor, remark: str) -> InboundMail:
    """Keeps a mail that could not be put anywhere, so that it does not hold up the others."""
    fingerprint = hashlib.sha256(raw).hexdigest()
    with transaction.atomic():
        take_turn(mailbox.entity_id, fingerprint)
        known = InboundMail.objects.filter(
            entity_id=mailbox.entity_id, fingerprint=fingerprint
        ).first()
        if known is not None:
            return known
        row = InboundMail(
            entity_id=mailbox.entity_id, mailbox=mailbox, outcome="set_aside",
            fingerprint=fingerprint, remark=remark[:500], received_at=timezone.now(),
        )  # fmt: skip
        with recording("mail.set_aside", by=by, subject=row):
            row.intake = RawIntake.of(raw, MEDIA_TYPE, mailbox.entity)
            row.intake.save()
            row.save()
        return row


def turn_away(*, raw: bytes, by: Actor) -> None:
    """A mail for no mailbox of ours is not kept; that it came, and what it was, is."""
    digest = hashlib.sha256(raw).hexdigest()
    record("mail.turned_away", by=by, outcome="denied", detail={"sha256": digest, "size": len(raw)})
