"""Where a mail goes: it opens a request, answers one, or is filed; and what that leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from requests_app import services
from requests_app.mail import mailboxes, receiving, unrouted
from requests_app.models import (
    Customer,
    Entity,
    InboundMail,
    Mailbox,
    OutboundMail,
    RawIntake,
    SupportRequest,
)
from tests import factories
from tests.mail.letters import bounce, letter

pytestmark = pytest.mark.django_db
Receive = Callable[..., InboundMail]


def opened_by(mail: InboundMail) -> SupportRequest:
    assert mail.support_request is not None
    return SupportRequest.objects.get(pk=mail.support_request.pk)


def kinds_of(support_request: SupportRequest) -> list[str]:
    events = Event.objects.of_support_request(support_request.pk).filter(outcome="done")
    return list(events.values_list("kind", flat=True))


def test_a_mail_opens_a_request_of_its_sender(receive: Receive, entity: Entity) -> None:
    opened = opened_by(receive("My parcel is wet."))
    assert (opened.channel, opened.subject, opened.status) == ("mail", "Wet parcel", "new")
    assert opened.description == "My parcel is wet."
    assert opened.customer is not None
    assert opened.customer.email == "marisol@harbor.example"
    assert kinds_of(opened) == ["request.opened", "mail.received"]


def test_who_opened_it_by_mail_is_the_customer(receive: Receive) -> None:
    opened = opened_by(receive())
    event = Event.objects.get(kind="request.opened", support_request_id=opened.pk)
    assert (event.actor_kind, event.actor_label) == ("customer", "Marisol Vega")
    assert event.channel == "mail"


def test_the_original_is_kept_and_hashed_as_it_came(receive: Receive) -> None:
    raw = letter()
    mail = receive(raw)
    assert bytes(mail.intake.content) == raw
    assert mail.intake.sha256 == hashlib.sha256(raw).hexdigest()
    assert opened_by(mail).intake_id == mail.intake_id


def test_a_known_customer_is_used_again_by_any_of_their_addresses(
    receive: Receive, entity: Entity
) -> None:
    known = factories.customer(entity=entity, email="other@harbor.example")
    services.add_address(
        customer=known, kind="email", value="Marisol@harbor.example", by=factories.TESTER
    )
    assert opened_by(receive()).customer == known
    assert Customer.objects.count() == 1


def test_the_same_mail_twice_is_one(receive: Receive) -> None:
    raw = letter()
    first = receive(raw)
    again = receive(b"Received: by mx2.example\r\n" + raw)
    assert first == again
    assert (InboundMail.objects.count(), SupportRequest.objects.count()) == (1, 1)
    assert RawIntake.objects.count() == 1


def test_a_mail_without_a_subject_or_sender_opens_a_request_without_them(receive: Receive) -> None:
    opened = opened_by(receive(b"\r\n\r\nhelp"))
    assert (opened.subject, opened.customer) == ("(no subject)", None)


def test_attachments_become_files_of_the_request(receive: Receive) -> None:
    raw = (
        b"From: a@b.example\r\nMessage-ID: <f@b>\r\nContent-Type: multipart/mixed; boundary=x\r\n"
        b"\r\n--x\r\n\r\nSee\r\n--x\r\nContent-Disposition: attachment; filename=../a.txt\r\n"
        b"\r\nwet\r\n--x--\r\n"
    )
    mail = receive(raw)
    [attached] = opened_by(mail).attachments.all()
    assert (attached.name, attached.size, mail.attachments) == ("a.txt", 3, 1)


@pytest.fixture
def waiting(receive: Receive, agent: Actor) -> SupportRequest:
    """A request that came by mail, was answered, and waits for its customer."""
    opened = opened_by(receive(message_id="<first@harbor.example>"))
    services.take(support_request=opened, by=agent)
    services.reply(support_request=opened, body="Which carton?", by=agent)
    services.wait(support_request=opened, waiting_for="waiting_customer", by=agent)
    return opened


def sent_id(support_request: SupportRequest) -> str:
    return OutboundMail.objects.filter(support_request=support_request).latest("id").header_id


def test_an_answer_goes_to_its_request_and_resumes_it(
    receive: Receive, waiting: SupportRequest
) -> None:
    mail = receive("The left one.", In_Reply_To=sent_id(waiting))
    waiting.refresh_from_db()
    assert (mail.support_request, mail.outcome) == (waiting, "answered")
    assert waiting.status == "in_progress"
    message = waiting.messages.latest("id")
    assert (message.kind, message.body, message.author_label) == (
        "customer", "The left one.", "Marisol Vega",
    )  # fmt: skip
    assert bytes(mail.intake.content).startswith(b"From: Marisol")


def test_what_an_answer_does_is_because_of_the_mail(
    receive: Receive, waiting: SupportRequest
) -> None:
    receive("The left one.", In_Reply_To=sent_id(waiting))
    came = Event.objects.filter(kind="mail.received").latest("id")
    for kind in ("request.answered", "request.resumed"):
        event = Event.objects.get(kind=kind, support_request_id=waiting.pk)
        assert (event.cause_kind, event.cause_id) == ("event", str(came.pk))


@pytest.mark.parametrize("fields", [
    {"References": "<first@harbor.example>"},
    {"subject": "AW: [us-r-{year}-000001] parcel"},
])  # fmt: skip
def test_a_thread_is_found_by_any_of_its_mails_or_by_the_number(
    fields: dict[str, str], receive: Receive, waiting: SupportRequest
) -> None:
    year = str(waiting.entity.today().year)
    told = {name: value.format(year=year) for name, value in fields.items()}
    assert receive("More.", **told).support_request == waiting


def test_a_stranger_cannot_write_into_a_request(receive: Receive, waiting: SupportRequest) -> None:
    mail = receive(
        "Pay me instead.", sender="eve@evil.example", subject=f"Re: {waiting.number}",
        In_Reply_To=sent_id(waiting),
    )  # fmt: skip
    waiting.refresh_from_db()
    assert opened_by(mail) != waiting
    assert waiting.status == "waiting_customer"
    event = Event.objects.get(kind="request.opened", support_request_id=opened_by(mail).pk)
    assert event.detail == {"refers_to": waiting.number, "not_by_its_customer": True}


def test_a_number_of_another_entity_leads_nowhere(receive: Receive) -> None:
    other = factories.entity(code="DE")
    customer = factories.customer(entity=other, email="marisol@harbor.example")
    theirs = factories.support_request(entity=other, customer=customer)
    mail = receive("x", subject=f"Re: {theirs.number}")
    assert opened_by(mail).entity.code == "US"
    assert Event.objects.get(
        kind="request.opened", support_request_id=opened_by(mail).pk
    ).detail == {}  # fmt: skip


def ended(support_request: SupportRequest, agent: Actor, how: str) -> SupportRequest:
    if how == "cancelled":
        services.cancel(support_request=support_request, reason="Twice", by=agent)
        return support_request
    services.resolve(support_request=support_request, resolution="fixed", note="Sent", by=agent)
    if how == "closed":
        services.close(support_request=support_request, by=agent)
    return support_request


@pytest.mark.parametrize("how", ["resolved", "closed"])
def test_an_answer_reopens_what_had_ended(
    how: str, receive: Receive, waiting: SupportRequest, agent: Actor
) -> None:
    receive("It is wet again.", In_Reply_To=sent_id(ended(waiting, agent, how)))
    waiting.refresh_from_db()
    assert waiting.status == "in_progress"
    event = Event.objects.get(kind="request.reopened", support_request_id=waiting.pk)
    assert (event.actor_kind, event.reason) == ("customer", "The customer answered by mail.")


@pytest.mark.parametrize(("how", "days"), [("resolved", 31), ("closed", 15), ("cancelled", 0)])
def test_what_ended_long_ago_is_not_reopened_but_referred_to(
    how: str, days: int, receive: Receive, waiting: SupportRequest, agent: Actor
) -> None:
    ended(waiting, agent, how)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        mail = receive("Again.", In_Reply_To=sent_id(waiting))
    waiting.refresh_from_db()
    assert waiting.status == how
    assert opened_by(mail) != waiting
    detail = Event.objects.get(
        kind="request.opened", support_request_id=opened_by(mail).pk
    ).detail  # fmt: skip
    assert detail == {"refers_to": waiting.number}


def test_an_automatic_answer_is_filed_and_changes_nothing(
    receive: Receive, waiting: SupportRequest
) -> None:
    mail = receive("I am away.", Auto_Submitted="auto-replied", In_Reply_To=sent_id(waiting))
    waiting.refresh_from_db()
    assert (mail.outcome, waiting.status) == ("filed", "waiting_customer")
    assert waiting.messages.latest("id").kind == "automatic"
    assert OutboundMail.objects.count() == 1


def test_an_automatic_mail_on_no_thread_opens_nothing(receive: Receive) -> None:
    mail = receive("News!", List_Id="<news.example>")
    assert (mail.outcome, mail.support_request) == ("unrouted", None)
    assert mail.automatic == "it has the header List-Id"
    assert not SupportRequest.objects.exists()
    assert Event.objects.get(kind="mail.received").subject_label == "Received mail"


def test_what_we_sent_ourselves_is_a_loop(receive: Receive, waiting: SupportRequest) -> None:
    sent = OutboundMail.objects.get()
    mail = receive(bytes(sent.original.content))
    assert (mail.outcome, mail.automatic) == ("unrouted", "we sent it ourselves")


def test_two_of_our_mailboxes_do_not_answer_each_other(receive: Receive, entity: Entity) -> None:
    mailboxes.add(entity=entity, address="billing@us.example", by=factories.TESTER)
    mail = receive(sender="Billing@us.example")
    assert mail.automatic == "its sender is a mailbox of ours"
    assert receive(X_Loop="support@us.example").automatic.startswith("it has passed")


def test_a_report_is_put_to_the_mail_that_came_back(
    receive: Receive, waiting: SupportRequest
) -> None:
    mail = receive(bounce(sent_id(waiting)))
    sent = OutboundMail.objects.get()
    assert (mail.outcome, mail.returned, mail.support_request) == ("returned", sent, waiting)
    assert sent.state == "returned"
    assert sent.error == "marisol@harbor.example: 5.1.1 550 5.1.1 No such user here"
    assert "mail.returned" in kinds_of(waiting)


def test_a_report_of_a_delay_leaves_the_mail_as_it_is(
    receive: Receive, waiting: SupportRequest
) -> None:
    receive(bounce(sent_id(waiting), action="delayed"))
    assert OutboundMail.objects.get().state == "queued"


def test_a_report_about_a_mail_of_nobody_is_on_no_request(receive: Receive) -> None:
    assert receive(bounce("<made-up@us.example>")).outcome == "unrouted"


def test_a_person_can_make_a_request_of_an_unrouted_mail(receive: Receive, agent: Actor) -> None:
    mail = receive("Please help.", Precedence="bulk")
    opened = unrouted.open_request(mail=mail, by=agent)
    mail.refresh_from_db()
    assert (mail.support_request, mail.outcome) == (opened, "opened")
    assert (opened.description, opened.intake) == ("Please help.", mail.intake)
    routed = Event.objects.filter(kind="mail.routed").earliest("id")
    assert (routed.actor_label, routed.outcome) == ("Ana Reyes", "done")
    assert "mail.routed" in kinds_of(opened)


def test_a_mail_becomes_a_request_once(receive: Receive, agent: Actor) -> None:
    mail = receive("Please help.", Precedence="bulk")
    opened = unrouted.open_request(mail=mail, by=agent)
    with pytest.raises(services.RequestRefused, match=f"on {opened.number} already"):
        unrouted.open_request(mail=mail, by=agent)
    assert SupportRequest.objects.count() == 1


def test_who_does_not_work_there_makes_no_request_of_a_mail(
    receive: Receive, entity: Entity
) -> None:
    mail = receive("Please help.", Precedence="bulk")
    auditor = factories.actor(factories.person("auditor", entity))
    with pytest.raises(services.RequestRefused, match="needs the role agent or lead"):
        unrouted.open_request(mail=mail, by=auditor)
    assert Event.objects.get(kind="mail.routed").outcome == "denied"
    assert not SupportRequest.objects.exists()


def test_what_cannot_be_put_anywhere_is_set_aside_once(mailbox: Mailbox) -> None:
    given: dict[str, Any] = {"raw": b"poison", "mailbox": mailbox, "by": factories.TESTER}
    first = receiving.set_aside(**given, remark="It broke.")
    assert receiving.set_aside(**given, remark="It broke.") == first
    assert bytes(first.intake.content) == b"poison"
    assert Event.objects.filter(kind="mail.set_aside").count() == 1


def test_a_mail_for_nobody_leaves_its_hash(mailbox: Mailbox) -> None:
    receiving.turn_away(raw=b"x", by=factories.TESTER)
    event = Event.objects.get(kind="mail.turned_away")
    assert event.outcome == "denied"
    assert event.detail == {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
