"""Pages of mail: what became of each reply, mails to take away, and what is on no request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audit.actors import Actor
from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.mail import sending
from requests_app.models import InboundMail, OutboundMail, SupportRequest, User
from tests import factories
from tests.pages import address, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_agent(agent: Actor) -> Client:
    assert isinstance(agent.person, User)
    return signed_in(agent.person)


@pytest.fixture
def mail(receive: Callable[..., InboundMail], agent: Actor) -> OutboundMail:
    opened = receive().support_request
    assert opened is not None
    services.reply(support_request=opened, body="Which carton?", by=agent)
    return OutboundMail.objects.select_related("support_request").get()


def test_a_request_says_what_became_of_each_mail(
    mail: OutboundMail, client_of_agent: Client, agent: Actor
) -> None:
    page = address(mail.support_request)
    assert "Waiting to be mailed to marisol@harbor.example" in text(client_of_agent.get(page))
    sending.send(mail.pk, by=agent)
    shown = client_of_agent.get(page)
    assert "Mailed to marisol@harbor.example" in text(shown)
    assert f"/mail/sent/{mail.pk}/" in shown.content.decode()


def fail(mail: OutboundMail) -> None:
    with recording("mail.failed", by=factories.TESTER, subject=mail):
        mail.state, mail.next_attempt_at, mail.error = "failed", None, "550 No such user"
        mail.save()


def test_a_failed_mail_says_why_and_can_be_sent_again(
    mail: OutboundMail, client_of_agent: Client
) -> None:
    fail(mail)
    shown = text(client_of_agent.get(address(mail.support_request)))
    assert "Not mailed; given up" in shown
    assert "550 No such user" in shown
    response = client_of_agent.post(f"/mail/sent/{mail.pk}/again/")
    assert response.headers["Location"] == address(mail.support_request)
    mail.refresh_from_db()
    assert mail.state == "queued"


def test_the_form_of_a_reply_says_whether_a_mail_will_leave(
    mail: OutboundMail, client_of_agent: Client, agent: Actor
) -> None:
    shown = text(client_of_agent.get(address(mail.support_request)))
    assert "It is mailed to marisol@harbor.example from support@us.example." in shown
    silent = factories.support_request(entity=mail.entity)
    services.reply(support_request=silent, body="Hello", by=agent)
    shown = text(client_of_agent.get(address(silent)))
    assert "No mail will leave: this request has no customer." in shown
    assert "It was not mailed." in shown


def taken(response: Any) -> bytes:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return bytes(response.content)


def test_mails_and_the_original_are_taken_away_as_they_are_on_record(
    mail: OutboundMail, client_of_agent: Client
) -> None:
    came = InboundMail.objects.get()
    assert taken(client_of_agent.get(f"/mail/sent/{mail.pk}/")) == bytes(mail.original.content)
    assert taken(client_of_agent.get(f"/mail/received/{came.pk}/")) == bytes(came.intake.content)
    original = client_of_agent.get(address(mail.support_request, "original"))
    assert taken(original) == bytes(came.intake.content)
    looks = Event.objects.filter(kind__endswith="downloaded").order_by("id")
    assert [look.detail["sha256"] for look in looks] == [
        mail.original.sha256, came.intake.sha256, came.intake.sha256,
    ]  # fmt: skip
    assert {look.actor_label for look in looks} == {"Ana Reyes"}


@pytest.mark.parametrize("path", [
    "/mail/sent/{sent}/", "/mail/received/{came}/", "/requests/{number}/original/",
])  # fmt: skip
def test_who_may_not_see_the_request_gets_none_of_its_mails_and_that_is_on_record(
    path: str, mail: OutboundMail
) -> None:
    stranger = signed_in(factories.person("agent", factories.entity(code="DE")))
    came = InboundMail.objects.get()
    number = mail.support_request.number
    response = stranger.get(path.format(sent=mail.pk, came=came.pk, number=number))
    assert response.status_code == 404
    assert Event.objects.filter(kind__endswith="view_denied", outcome="denied").count() == 1
    assert stranger.post(f"/mail/sent/{mail.pk}/again/").status_code == 404


def test_who_is_not_shown_personal_data_takes_no_mail_away(mail: OutboundMail) -> None:
    auditor = signed_in(factories.person("auditor", mail.entity))
    came = InboundMail.objects.get()
    assert auditor.get(f"/mail/received/{came.pk}/").status_code == 404
    assert auditor.get(address(mail.support_request, "original")).status_code == 404
    shown = auditor.get(address(mail.support_request)).content.decode()
    assert "marisol@harbor.example" not in shown
    assert "/original/" not in shown


def test_mail_on_no_request_is_listed_with_the_reason(
    receive: Callable[..., InboundMail], client_of_agent: Client
) -> None:
    receive("News!", subject="Our <b>news</b>", List_Id="<news.example>")
    response = client_of_agent.get("/mail/")
    shown = text(response)
    assert "Our <b>news</b>" in shown
    assert "Automatic, on no request: it has the header List-Id" in shown
    assert Event.objects.filter(kind="mail.list_viewed").count() == 1
    client_of_agent.get("/mail/")
    assert Event.objects.filter(kind="mail.list_viewed").count() == 1


def test_a_request_is_made_of_a_listed_mail_by_post_alone(
    receive: Callable[..., InboundMail], client_of_agent: Client
) -> None:
    mail = receive("Help!", List_Id="<news.example>")
    assert client_of_agent.get(f"/mail/received/{mail.pk}/open/").status_code == 405
    assert not SupportRequest.objects.exists()
    response = client_of_agent.post(f"/mail/received/{mail.pk}/open/")
    opened = SupportRequest.objects.get()
    assert response.headers["Location"] == address(opened)
    again = client_of_agent.post(f"/mail/received/{mail.pk}/open/", follow=True)
    assert f"This mail is on {opened.number} already." in again.content.decode()


def test_an_empty_list_says_what_would_stand_there(client_of_agent: Client) -> None:
    assert "No mail waits here" in text(client_of_agent.get("/mail/"))


def test_the_list_costs_the_same_for_many(
    receive: Callable[..., InboundMail], client_of_agent: Client,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    for _ in range(4):
        receive(List_Id="<news.example>")
    client_of_agent.get("/mail/")
    with django_assert_max_num_queries(12):
        client_of_agent.get("/mail/")


def test_an_automatic_mail_is_folded(
    mail: OutboundMail, receive: Callable[..., InboundMail], client_of_agent: Client
) -> None:
    receive("I am away.", Auto_Submitted="auto-replied", In_Reply_To=mail.header_id)
    shown = client_of_agent.get(address(mail.support_request)).content.decode()
    assert '<details class="message message--automatic">' in shown
    assert "I am away." in shown


def test_faults_of_sending_are_no_part_of_an_event(mail: OutboundMail, settings: Any) -> None:
    sending.note_fault(mail, sending.told_by_server((550, b"<marisol@harbor.example> unknown")),
                       factories.TESTER)  # fmt: skip
    event = Event.objects.get(kind="mail.failed")
    assert "marisol" not in str(event.detail) + event.subject_label
