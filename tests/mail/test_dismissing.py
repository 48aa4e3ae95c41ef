"""Mail that nobody needs to act on is dismissed with a reason, and can be put back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.actors import Actor
from audit.models import Event
from audit.recording import ReasonMissing, recording
from requests_app import services
from requests_app.mail import dismissing, sending, unrouted
from requests_app.models import InboundMail, OutboundMail, User
from requests_app.services import RequestRefused
from tests import factories
from tests.pages import signed_in, text, value_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(agent: Actor) -> Client:
    assert isinstance(agent.person, User)
    return signed_in(agent.person)


@pytest.fixture
def stray(receive: Callable[..., InboundMail]) -> InboundMail:
    return receive("News!", subject="Our news", List_Id="<news.example>")


@pytest.fixture
def reply(receive: Callable[..., InboundMail], agent: Actor) -> OutboundMail:
    opened = receive().support_request
    assert opened is not None
    services.reply(support_request=opened, body="Which carton?", by=agent)
    mail = OutboundMail.objects.select_related("support_request", "entity").get()
    sending.note_fault(mail, sending.Fault("550 No such user", is_final=True), factories.TESTER)
    return mail


def test_a_dismissed_mail_leaves_the_list_on_record_with_its_reason(
    stray: InboundMail, client: Client, agent: Actor
) -> None:
    asked = client.get(f"/mail/received/{stray.pk}/dismiss/")
    assert "No request is opened and nobody answers it." in text(asked)
    sent = client.post(f"/mail/received/{stray.pk}/dismiss/", {"reason": "A newsletter"})
    assert sent.headers["Location"] == "/mail/"
    event = Event.objects.get(kind="mail.dismissed")
    assert (event.reason, event.actor_id, event.subject_id) == (
        "A newsletter", agent.id, str(stray.pk),
    )  # fmt: skip
    assert InboundMail.history.filter(id=stray.pk, event_id=event.pk).exists()
    assert "Our news" not in text(client.get("/mail/"))
    shown = text(client.get("/mail/dismissed/"))
    assert "Our news" in shown
    assert ": A newsletter" in shown


def test_a_dismissed_mail_is_put_back_by_post_alone(stray: InboundMail, client: Client) -> None:
    client.post(f"/mail/received/{stray.pk}/dismiss/", {"reason": "A newsletter"})
    assert client.get(f"/mail/received/{stray.pk}/restore/").status_code == 405
    client.post(f"/mail/received/{stray.pk}/restore/")
    assert Event.objects.filter(kind="mail.restored", outcome="done").count() == 1
    assert "Our news" in text(client.get("/mail/"))
    client.post(f"/mail/received/{stray.pk}/restore/")
    assert Event.objects.get(kind="mail.restored", outcome="denied").detail["refusal"] == (
        "This mail is not dismissed."
    )


def test_who_may_not_put_a_mail_back_reads_why_instead_of_a_button(
    stray: InboundMail, reply: OutboundMail, client: Client, agent: Actor
) -> None:
    auditor = signed_in(factories.person("auditor", stray.entity))
    dismissing.dismiss(mail=stray, by=agent, reason="A newsletter")
    dismissing.dismiss(mail=reply, by=agent, reason="She was called")
    for place in ("/mail/dismissed/", "/mail/undelivered/dismissed/"):
        assert "Put back" in text(client.get(place))
        shown = text(auditor.get(place))
        assert "Put back" not in shown
        assert "needs the role agent or lead" in shown


def test_dismissing_asks_why_and_keeps_what_was_typed(
    stray: InboundMail, client: Client, agent: Actor
) -> None:
    place = f"/mail/received/{stray.pk}/dismiss/"
    assert client.post(place, {"reason": " "}).status_code == 422
    dismissing.dismiss(mail=stray, by=agent, reason="A newsletter")
    again = client.post(place, {"reason": "Somebody was faster"})
    assert again.status_code == 409
    assert "This mail was dismissed already." in text(again)
    assert value_of(again, "id_reason") == "Somebody was faster"


def test_no_request_is_made_of_a_dismissed_mail_until_it_is_put_back(
    stray: InboundMail, agent: Actor
) -> None:
    dismissing.dismiss(mail=stray, by=agent, reason="A newsletter")
    with pytest.raises(RequestRefused, match="Put it back first"):
        unrouted.open_request(mail=stray, by=agent)
    dismissing.restore(mail=stray, by=agent)
    assert unrouted.open_request(mail=stray, by=agent).subject == "Our news"


def test_a_mail_on_a_request_is_not_dismissed(
    receive: Callable[..., InboundMail], agent: Actor
) -> None:
    mail = receive()
    with pytest.raises(RequestRefused, match="is dealt with there"):
        dismissing.dismiss(mail=mail, by=agent, reason="Please")
    with (
        pytest.raises(IntegrityError, match="inbound_mail_dismissed_is_on_no_request"),
        recording("mail.dismissed", by=agent, subject=mail, reason="Past the rule"),
    ):
        InboundMail.objects.update(dismissed_at=mail.received_at)


def test_only_who_works_there_dismisses_and_never_without_a_reason(
    stray: InboundMail, agent: Actor
) -> None:
    auditor = factories.actor(factories.person("auditor", stray.entity))
    with pytest.raises(RequestRefused, match="needs the role agent or lead"):
        dismissing.dismiss(mail=stray, by=auditor, reason="Please")
    with pytest.raises(ReasonMissing):
        dismissing.dismiss(mail=stray, by=agent, reason=" ")
    stray.refresh_from_db()
    assert stray.dismissed_at is None


@pytest.mark.parametrize("act", ["dismiss", "restore"])
def test_who_may_not_see_a_mail_finds_none_and_that_is_on_record(
    act: str, stray: InboundMail
) -> None:
    stranger = signed_in(factories.person("agent", factories.entity(code="DE")))
    refused = stranger.post(f"/mail/received/{stray.pk}/{act}/", {"reason": "Please"})
    assert refused.status_code == 404
    assert stranger.post(f"/mail/received/{stray.pk + 9}/{act}/").status_code == 404
    assert Event.objects.filter(kind="mail.view_denied").count() == 1


def test_a_reply_that_did_not_arrive_is_listed_and_leads_to_its_request(
    reply: OutboundMail, client: Client
) -> None:
    response = client.get("/mail/undelivered/")
    assert f'href="/requests/{reply.support_request.number}/"' in response.content.decode()
    assert "Not mailed 550 No such user" in text(response)
    assert Event.objects.filter(kind="mail.undelivered_viewed").count() == 1
    sent = client.post(f"/mail/sent/{reply.pk}/again/", {"from": "list"})
    assert sent.headers["Location"] == "/mail/undelivered/"
    assert "Every reply arrived, or is on its way" in text(client.get("/mail/undelivered/"))


def test_a_reply_that_came_back_is_listed_too(reply: OutboundMail, client: Client) -> None:
    with recording("mail.returned", by=factories.TESTER, subject=reply):
        reply.state, reply.sent_at = "returned", reply.message.written_at
        reply.save()
    assert "Came back" in text(client.get("/mail/undelivered/"))


def test_a_dismissed_reply_stands_on_the_other_list_until_it_is_put_back_or_sent(
    reply: OutboundMail, client: Client, agent: Actor
) -> None:
    asked = client.get(f"/mail/sent/{reply.pk}/dismiss/")
    assert "will not get it" in text(asked)
    client.post(f"/mail/sent/{reply.pk}/dismiss/", {"reason": "She was called"})
    assert reply.support_request.number not in text(client.get("/mail/undelivered/"))
    assert ": She was called" in text(client.get("/mail/undelivered/dismissed/"))
    client.post(f"/mail/sent/{reply.pk}/restore/")
    assert reply.support_request.number in text(client.get("/mail/undelivered/"))
    dismissing.dismiss(mail=reply, by=agent, reason="She was called")
    sending.send_again(mail=reply, by=agent)
    assert (reply.state, reply.dismissed_at) == ("queued", None)


def test_a_reply_on_its_way_is_not_dismissed(reply: OutboundMail, agent: Actor) -> None:
    sending.send_again(mail=reply, by=agent)
    with pytest.raises(RequestRefused, match="did not fail"):
        dismissing.dismiss(mail=reply, by=agent, reason="Please")
    with (
        pytest.raises(IntegrityError, match="outbound_mail_dismissed_did_not_arrive"),
        recording("mail.dismissed", by=agent, subject=reply, reason="Past the rule"),
    ):
        OutboundMail.objects.update(dismissed_at=reply.message.written_at)


def test_who_is_not_shown_personal_data_sees_that_a_reply_failed_but_not_to_whom(
    reply: OutboundMail,
) -> None:
    shown = text(signed_in(factories.person("auditor", reply.entity)).get("/mail/undelivered/"))
    assert reply.support_request.number in shown
    assert "harbor.example" not in shown
    assert "needs the role agent or lead" in shown


def test_other_entities_replies_are_not_listed(reply: OutboundMail) -> None:
    stranger = signed_in(factories.person("agent", factories.entity(code="DE")))
    assert reply.support_request.number not in text(stranger.get("/mail/undelivered/"))


@pytest.mark.parametrize(
    "place", ["/mail/", "/mail/dismissed/", "/mail/undelivered/", "/mail/undelivered/dismissed/"]
)
def test_a_list_costs_the_same_for_many(
    place: str, receive: Callable[..., InboundMail], client: Client, agent: Actor
) -> None:
    client.get(place)
    counted = []
    for others in (1, 4):
        for number in range(others):
            one_on_each_list(receive, f"{others}{number}", agent)
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(place)
        counted.append((shown.content.count(b'role="rowheader"'), len(queries)))
    assert [rows for rows, _ in counted] == [1, 5]
    assert counted[0][1] == counted[1][1] <= 13


def one_on_each_list(receive: Callable[..., InboundMail], key: str, agent: Actor) -> None:
    """A mail that waits, a dismissed one, a reply that did not arrive, and a dismissed one."""
    receive(f"News {key}", List_Id="<news.example>")
    news = receive(f"Old news {key}", List_Id="<news.example>")
    dismissing.dismiss(mail=news, by=agent, reason="A newsletter")
    for body in ("Which carton?", "Which pallet?"):
        opened = receive(f"{body} {key}").support_request
        assert opened is not None
        services.reply(support_request=opened, body=body, by=agent)
        mail = OutboundMail.objects.get(support_request=opened)
        sending.note_fault(mail, sending.Fault("550 No", is_final=True), factories.TESTER)
        if body == "Which pallet?":
            dismissing.dismiss(mail=mail, by=agent, reason="She was called")
