"""A reply is mailed as it is kept: queued with it, sent at least once, tried again, given up."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail.backends import locmem
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.actors import Actor
from audit.models import Event
from requests_app import services
from requests_app.mail import mailboxes, reading, sending, tasks
from requests_app.mail.outbox import told
from requests_app.models import Entity, Mailbox, OutboundMail, SupportRequest
from tests import factories

pytestmark = pytest.mark.django_db


class FailingBackend(locmem.EmailBackend):
    """Fails as the tests say."""

    error: BaseException | None = None
    sent_before = False

    def send_messages(self, messages: Any) -> int:
        if type(self).sent_before:
            super().send_messages(messages)
        if type(self).error is not None:
            raise type(self).error
        return super().send_messages(messages)


@pytest.fixture
def fails(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The server for outgoing mail raises this; None lets it work again."""
    settings.EMAIL_BACKEND = f"{__name__}.FailingBackend"

    def set_error(error: BaseException | None, *, sent_before: bool = False) -> None:
        monkeypatch.setattr(FailingBackend, "error", error)
        monkeypatch.setattr(FailingBackend, "sent_before", sent_before)

    return set_error


@pytest.fixture
def support_request(entity: Entity, mailbox: Mailbox) -> SupportRequest:
    customer = factories.customer(entity=entity, email="marisol@harbor.example")
    return factories.support_request(entity=entity, customer=customer, subject="Wet parcel")


@pytest.fixture
def mail(support_request: SupportRequest, agent: Actor) -> OutboundMail:
    services.reply(support_request=support_request, body="Which carton?", by=agent)
    return OutboundMail.objects.get()


def send(mail: OutboundMail) -> str:
    OutboundMail.objects.get(pk=mail.pk)
    state = sending.send(mail.pk, by=factories.TESTER)
    mail.refresh_from_db()
    return state


def make_due(mail: OutboundMail) -> None:
    from audit.recording import recording

    with recording("record.changed", by=factories.TESTER, subject=mail):
        mail.next_attempt_at = timezone.now()
        mail.save()


def test_a_reply_is_kept_as_a_mail_under_its_own_event(
    mail: OutboundMail, support_request: SupportRequest
) -> None:
    read = reading.read(bytes(mail.original.content))
    assert read.subject == f"Re: Wet parcel [{support_request.number}]"
    assert read.text.startswith("Which carton?\n\n-- \nLarkspur Support · US-R-")
    assert (mail.state, mail.recipient) == ("queued", "marisol@harbor.example")
    event = Event.objects.get(kind="request.replied")
    assert OutboundMail.history.get(id=mail.pk).event_id == event.pk


def test_its_job_is_queued_in_the_same_transaction(mail: OutboundMail) -> None:
    job = ProcrastinateJob.objects.get(task_name=tasks.send.name)
    assert job.args == {"mail_id": mail.pk}


def test_what_leaves_is_byte_for_byte_what_is_kept(mail: OutboundMail) -> None:
    assert send(mail) == "sent"
    [left] = outbox.outbox
    assert left.message().as_bytes() == bytes(mail.original.content)
    assert left.recipients() == ["marisol@harbor.example"]
    assert left.from_email == "support@us.example"
    assert mail.sent_at is not None
    assert Event.objects.get(kind="mail.sent").support_request_id == mail.support_request_id


def test_a_sent_mail_is_not_sent_twice(mail: OutboundMail) -> None:
    send(mail)
    assert send(mail) == ""
    assert len(outbox.outbox) == 1


def test_a_server_that_does_not_answer_is_asked_again_later(mail: OutboundMail, fails: Any) -> None:
    fails(ConnectionRefusedError("refused"))
    assert send(mail) == "queued"
    assert (mail.attempts, mail.error) == (1, "ConnectionRefusedError: refused")
    assert mail.next_attempt_at is not None
    assert mail.next_attempt_at > timezone.now()
    assert (send(mail), sending.due()) == ("", [])
    make_due(mail)
    fails(None)
    assert tasks.send_waiting(timestamp=0) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error) == ("sent", 2, "")


def test_after_the_last_attempt_it_is_given_up(mail: OutboundMail, fails: Any) -> None:
    fails(TimeoutError("slow"))
    for _ in range(len(sending.PAUSES) + 1):
        make_due(mail)
        send(mail)
    assert (mail.state, mail.next_attempt_at) == ("failed", None)
    kinds = Event.objects.of_support_request(mail.support_request_id)
    kinds = kinds.filter(kind__startswith="mail.").order_by("id")
    expected = ["mail.delayed"] * len(sending.PAUSES) + ["mail.failed"]
    assert list(kinds.values_list("kind", flat=True)) == expected


@pytest.mark.parametrize(("error", "state", "words"), [
    (smtplib.SMTPRecipientsRefused({"a": (550, b"No such user")}), "failed", "550 No such user"),
    (smtplib.SMTPRecipientsRefused({"a": (450, b"Busy")}), "queued", "450 Busy"),
    (smtplib.SMTPDataError(554, b"Spam"), "failed", "554 Spam"),
    (smtplib.SMTPAuthenticationError(535, b"secret"), "queued", "does not let us sign in: 535"),
    (smtplib.SMTPServerDisconnected("gone"), "queued", "SMTPServerDisconnected: gone"),
])  # fmt: skip
def test_what_the_server_says_decides_whether_it_is_tried_again(
    error: Exception, state: str, words: str, mail: OutboundMail, fails: Any
) -> None:
    fails(error)
    assert send(mail) == state
    assert words in mail.error


def test_a_worker_that_dies_after_sending_sends_the_same_mail_again(
    mail: OutboundMail, fails: Any
) -> None:
    fails(KeyboardInterrupt(), sent_before=True)
    with pytest.raises(KeyboardInterrupt):
        sending.send(mail.pk, by=factories.TESTER)
    mail.refresh_from_db()
    assert mail.state == "queued"
    fails(None)
    assert send(mail) == "sent"
    first, second = (left.message().as_bytes() for left in outbox.outbox)
    assert first == second


def test_a_failed_mail_can_be_sent_again(mail: OutboundMail, agent: Actor, fails: Any) -> None:
    fails(smtplib.SMTPDataError(554, b"Spam"))
    send(mail)
    sending.send_again(mail=mail, by=agent)
    assert (mail.state, mail.error) == ("queued", "")
    assert Event.objects.get(kind="mail.queued_again").actor_label == "Ana Reyes"
    fails(None)
    assert send(mail) == "sent"


def test_a_mail_that_did_not_fail_is_not_sent_again(mail: OutboundMail, agent: Actor) -> None:
    with pytest.raises(services.RequestRefused, match="did not fail"):
        sending.send_again(mail=mail, by=agent)
    assert Event.objects.get(kind="mail.queued_again").outcome == "denied"


def test_who_does_not_work_there_sends_nothing_again(mail: OutboundMail, fails: Any) -> None:
    fails(smtplib.SMTPDataError(554, b"Spam"))
    send(mail)
    auditor = factories.actor(factories.person("auditor", mail.entity))
    with pytest.raises(services.RequestRefused, match="needs the role agent or lead"):
        sending.send_again(mail=mail, by=auditor)
    mail.refresh_from_db()
    assert mail.state == "failed"


def test_the_form_says_that_a_mail_will_leave(support_request: SupportRequest) -> None:
    assert told(support_request) == (
        "It is mailed to marisol@harbor.example from support@us.example."
    )


def test_the_form_says_why_none_will(
    entity: Entity, mailbox: Mailbox, support_request: SupportRequest
) -> None:
    nobody = factories.support_request(entity=entity)
    silent = factories.customer(entity=entity, email="")
    assert told(nobody) == "No mail will leave: this request has no customer."
    assert told(factories.support_request(entity=entity, customer=silent)) == (
        "No mail will leave: this customer has no e-mail address."
    )
    mailboxes.change(mailbox=mailbox, is_active=False, by=factories.TESTER)
    assert told(support_request) == "No mail will leave: US has no mailbox."


def test_without_an_address_a_reply_is_kept_and_not_mailed(
    entity: Entity, mailbox: Mailbox, agent: Actor
) -> None:
    opened = factories.support_request(entity=entity)
    services.reply(support_request=opened, body="Hello", by=agent)
    assert opened.messages.count() == 1
    assert not OutboundMail.objects.exists()


def test_a_note_is_never_mailed(support_request: SupportRequest, agent: Actor) -> None:
    services.note(support_request=support_request, body="Ask Ben", by=agent)
    assert not OutboundMail.objects.exists()


def test_a_mailbox_is_changed_on_record_and_once(mailbox: Mailbox) -> None:
    for _ in range(2):
        mailboxes.change(mailbox=mailbox, imap_host="imap.us.example", by=factories.TESTER)
    assert Event.objects.filter(kind="mailbox.changed").count() == 1
