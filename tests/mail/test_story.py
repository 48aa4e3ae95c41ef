"""Real mail on loopback, from the first letter to the closed request: IMAP in, SMTP out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from requests_app.mail import fetching, mailboxes, sending
from requests_app.models import Entity, InboundMail, Mailbox, OutboundMail, SupportRequest, User
from tests import factories
from tests.mail import imap, smtp
from tests.mail.imap import Folder
from tests.mail.letters import letter
from tests.mail.smtp import Postbox
from tests.pages import act, address, signed_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    with smtp.served() as served:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", served.port
        yield served


@pytest.fixture
def folder(mailbox: Mailbox, settings: Any) -> Iterator[Folder]:
    settings.MAILBOX_PASSWORDS = {"US": "sesame"}
    with imap.served() as served:
        mailboxes.change(
            mailbox=mailbox, imap_host="127.0.0.1", imap_port=served.port, password_name="US",
            by=factories.TESTER,
        )  # fmt: skip
        yield served


def fetch() -> None:
    for done in fetching.fetch_all(by=factories.TESTER):
        assert done.fault == ""


RESOLVED = {"root_cause": "unknown", "note": "It is done"}


def send() -> None:
    for mail_id in sending.due():
        sending.send(mail_id, by=factories.TESTER)


def test_a_mail_becomes_a_request_and_ends_as_a_closed_one(
    folder: Folder, postbox: Postbox, entity: Entity
) -> None:
    ana: User = factories.person("agent", entity, display_name="Ana Reyes")
    ben: User = factories.person("agent", entity, display_name="Ben Stone")
    folder.deliver(letter("My parcel is wet.", message_id="<1@harbor.example>"))
    fetch()
    request = SupportRequest.objects.get()
    client = signed_in(ana)
    assert act(client, request, "take").status_code == 302
    assert act(client, request, "reply", {"body": "Which carton?"}).status_code == 302
    send()
    assert postbox.last()["In-Reply-To"] == "<1@harbor.example>"
    assert postbox.mails[-1] == bytes(OutboundMail.objects.latest("id").original.content)
    act(client, request, "wait", {"waiting_for": "waiting_customer"})
    folder.deliver(letter("The left one.", In_Reply_To=postbox.last()["Message-ID"]))
    fetch()
    request.refresh_from_db()
    assert request.status == "in_progress"
    handed = {"assignee": str(ben.pk), "reason": "The carrier is yours."}
    assert act(client, request, "hand-over", handed).status_code == 302
    client = signed_in(ben)
    act(client, request, "reply", {"body": "A new one is on its way."})
    act(client, request, "resolve", RESOLVED | {"resolution": "replaced"})
    send()
    folder.deliver(letter("Wet again!", subject=postbox.last()["Subject"]))
    fetch()
    request.refresh_from_db()
    assert (request.status, request.assignee) == ("in_progress", ben)
    act(client, request, "resolve", RESOLVED | {"resolution": "refunded"})
    assert act(client, request, "close").status_code == 302
    kinds = list(
        Event.objects.of_support_request(request.pk)
        .filter(outcome="done", kind__startswith="request.")
        .exclude(kind="request.viewed")
        .values_list("kind", flat=True)
    )
    assert kinds == [
        "request.opened", "request.taken", "request.replied", "request.waiting_started",
        "request.answered", "request.resumed", "request.handed_over", "request.replied",
        "request.resolved", "request.reopened", "request.answered", "request.resolved",
        "request.closed",
    ]  # fmt: skip
    assert InboundMail.objects.filter(support_request=request).count() == 3
    shown = text(client.get(address(request)))
    assert shown.count("Mailed to marisol@harbor.example") == 2


def test_an_address_that_the_other_server_refuses_is_told_on_the_page(
    folder: Folder, postbox: Postbox, entity: Entity
) -> None:
    client = signed_in(factories.person("agent", entity))
    folder.deliver(letter())
    fetch()
    request = SupportRequest.objects.get()
    postbox.refuses = True
    act(client, request, "reply", {"body": "Which carton?"})
    send()
    assert "554 No such user here" in text(client.get(address(request)))
    postbox.refuses = False
    mail = OutboundMail.objects.get()
    client.post(f"/mail/sent/{mail.pk}/again/")
    send()
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert mail.sent_at is not None
    assert mail.sent_at <= timezone.now()
    assert len(postbox.mails) == 1
