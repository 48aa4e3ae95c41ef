"""The demo's mail: a mailbox for each entity, and a thread told through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests_app import services
from requests_app.mail import mailboxes, receiving
from requests_app.models import InboundMail, Mailbox, OutboundMail

if TYPE_CHECKING:
    from requests_app.demo.story import Story

MAILBOXES = {
    "US": ("support@us.larkspur.example", "Larkspur Support"),
    "DE": ("hilfe@de.larkspur.example", "Larkspur Kundendienst"),
}
ASKED = (
    "Good morning,\n\nthe invoice for our October order has no purchase order number on it, and "
    "our bookkeeping sends it back. Could you issue it again with PO 88-1204?\n\nMarisol Vega"
)
ANSWERED = "It is the one of 14 October, for the hotel in Portland.\n\nMarisol Vega\n\n> {quoted}"
REPLY = (
    "Good morning Ms. Vega,\n\nof course. Two invoices of October are open; which one is it?\n\n"
    "Ana Reyes"
)
NEWS = "Our autumn catalogue is here. You get this because you are a valued partner."


def tell(story: Story) -> None:
    """Told now, as it happens: mail that waits is sent, and printed, by the worker."""
    boxes = {
        code: mailboxes.add(
            entity=story.entities[code], address=address, display_name=name, by=story.narrator
        )
        for code, (address, name) in MAILBOXES.items()
    }
    customer = story.customers["US"][0]
    came = deliver(story, boxes["US"], customer.email, "Invoice without our order number", ASKED)
    opened, ana = came.support_request, story.actor("ana")
    if opened is None:
        raise RuntimeError("the demo's mail opened no request")
    services.take(support_request=opened, by=ana)
    services.reply(support_request=opened, body=REPLY, by=ana)
    services.wait(support_request=opened, waiting_for="waiting_customer", by=ana)
    replied = OutboundMail.objects.filter(support_request=opened).latest("id")
    deliver(
        story, boxes["US"], customer.email, f"Re: {opened.subject}",
        ANSWERED.format(quoted=REPLY.splitlines()[2]), f"In-Reply-To: {replied.header_id}",
    )  # fmt: skip
    deliver(
        story, boxes["DE"], "katalog@grosshandel.example", "Herbstkatalog", NEWS,
        "List-Id: <katalog.grosshandel.example>",
    )  # fmt: skip


def deliver(
    story: Story, mailbox: Mailbox, sender: str, subject: str, body: str, *fields: str
) -> InboundMail:
    head = [
        f"From: {sender}", f"To: {mailbox.address}", f"Subject: {subject}",
        f"Message-ID: <demo-{len(subject)}-{len(body)}@{sender.partition('@')[2]}>", *fields,
        "Content-Type: text/plain; charset=utf-8",
    ]  # fmt: skip
    raw = ("\r\n".join(head) + "\r\n\r\n" + body.replace("\n", "\r\n") + "\r\n").encode()
    return receiving.receive(raw=raw, mailbox=mailbox, by=story.narrator)
