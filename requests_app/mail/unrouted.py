"""Mail that is on no request: machines wrote it, or it could not be read. A person may think
otherwise and make a request of it."""

from __future__ import annotations

from typing import Any

from audit.actors import Actor
from audit.recording import recording
from requests_app import services
from requests_app.customers.reading import reached_by
from requests_app.mail import reading, threads
from requests_app.mail.receiving import UNTITLED, Arrived, attach
from requests_app.models import InboundMail, SupportRequest
from requests_app.services.acting import refuse


def why_not_open(mail: InboundMail, by: Actor) -> str:
    """Why a person cannot make a request of a mail; empty if they can."""
    from requests_app import people

    if by.person is not None and (refusal := people.why_not_work(by.person, mail.entity)):
        return refusal
    if mail.support_request is not None:
        return f"This mail is on {mail.support_request.number} already."
    if mail.dismissed_at is not None:
        return "This mail was dismissed. Put it back first."
    return ""


def open_request(*, mail: InboundMail, by: Actor) -> SupportRequest:
    """Opens a request of a mail that was on none. ``by`` opens it; it is its sender's."""
    opened: list[SupportRequest] = []

    def look() -> None:
        refuse(why_not_open(mail, by))

    with recording("mail.routed", by=by, subject=mail, locked=True, before=look):
        raw = bytes(mail.intake.content)
        read = reading.read(raw)
        facts = facts_of(mail, read, by)
        opened.append(services.open_request(by=by, **facts))
        mail.support_request, mail.outcome = opened[0], "opened"
        mail.save(update_fields=["support_request", "outcome"])
        attach(Arrived(raw, read, mail.mailbox, by, mail.received_at, ""), opened[0], by)
    return opened[0]


def facts_of(mail: InboundMail, read: reading.Mail, by: Actor) -> dict[str, Any]:
    customer = reached_by(mail.entity, read.sender) if read.sender else None
    if customer is None and read.sender and len(read.sender) <= threads.LONGEST_ADDRESS:
        name = (read.sender_name or read.sender)[:200]
        customer = services.add_customer(entity=mail.entity, name=name, email=read.sender, by=by)
    return {
        "entity": mail.entity, "channel": "mail", "subject": read.subject or UNTITLED,
        "description": read.text, "customer": customer, "received_at": mail.received_at,
        "original": mail.intake,
    }  # fmt: skip
