"""What was typed while the session ended is there again after signing in, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from audit.models import Event
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from requests_app.request_page import kept
from tests import factories
from tests.pages import address, signed_in, text, value_of

pytestmark = pytest.mark.django_db

TYPED = "A long answer that took an hour to write."


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity)


def form_of(client: Client, support_request: SupportRequest, verb: str = "reply") -> dict[str, str]:
    """The hidden fields of a form, as the page gave them."""
    page = client.get(address(support_request))
    return {"seen": value_of(page, f"{verb}-seen"), "by": str(page.context["mark"])}


def sent_after_the_session_ended(
    support_request: SupportRequest, agent: User, verb: str = "reply", **typed: str
) -> Client:
    client = signed_in(agent)
    fields = form_of(client, support_request, verb)
    client.logout()
    response = client.post(address(support_request, verb), fields | typed)
    assert response.headers["Location"] == f"/sign-in/?next={address(support_request, verb)}"
    return client


def sign_in(client: Client, person: User, support_request: SupportRequest) -> str:
    """Signs in by the form, and follows it to where the person was."""
    query = f"/sign-in/?next={address(support_request, 'reply')}"
    response = client.post(
        query, {"username": person.username, "password": "correct horse"}, follow=True
    )
    assert response.redirect_chain[-1][0] == address(support_request)
    return response.content.decode()


def test_a_reply_sent_after_the_session_ended_is_offered_again_after_signing_in(
    support_request: SupportRequest, agent: User
) -> None:
    client = sent_after_the_session_ended(support_request, agent, body=TYPED)
    assert not support_request.messages.exists()
    sign_in(client, agent, support_request)
    page = client.get(address(support_request))
    assert value_of(page, "reply-body") == TYPED
    assert "You were signed out before “Reply” was sent. Nothing of it is on record." in text(page)
    assert '<details class="action" id="reply-form" open' in page.content.decode()


def test_sent_again_it_is_written_once_and_offered_no_more(
    support_request: SupportRequest, agent: User
) -> None:
    client = sent_after_the_session_ended(support_request, agent, body=TYPED)
    sign_in(client, agent, support_request)
    page = client.get(address(support_request))
    client.post(
        address(support_request, "reply"),
        {"seen": value_of(page, "reply-seen"), "body": value_of(page, "reply-body")},
    )
    assert [message.body for message in support_request.messages.all()] == [TYPED]
    assert "You were signed out" not in text(client.get(address(support_request)))


def test_what_happened_meanwhile_is_told_before_it_is_written(
    support_request: SupportRequest, agent: User
) -> None:
    client = sent_after_the_session_ended(support_request, agent, body=TYPED)
    services.note(support_request=support_request, body="Wait", by=factories.TESTER)
    sign_in(client, agent, support_request)
    page = client.get(address(support_request))
    response = client.post(
        address(support_request, "reply"),
        {"seen": value_of(page, "reply-seen"), "body": value_of(page, "reply-body")},
    )
    assert response.status_code == 409
    assert value_of(response, "reply-body") == TYPED


def test_it_can_be_thrown_away(support_request: SupportRequest, agent: User) -> None:
    client = sent_after_the_session_ended(support_request, agent, body=TYPED)
    sign_in(client, agent, support_request)
    forget = f"{address(support_request)}typed/forget/"
    assert client.get(forget).status_code == 405
    assert TYPED in client.get(address(support_request)).content.decode()
    assert client.post(forget).headers["Location"] == address(support_request)
    assert TYPED not in client.get(address(support_request)).content.decode()


def test_whoever_signs_in_instead_does_not_see_it(
    support_request: SupportRequest, agent: User, entity: Entity
) -> None:
    client = sent_after_the_session_ended(support_request, agent, body=TYPED)
    other = factories.person("agent", entity)
    assert TYPED not in sign_in(client, other, support_request)


def test_it_stays_with_its_request(support_request: SupportRequest, agent: User) -> None:
    client = sent_after_the_session_ended(support_request, agent, body=TYPED)
    sign_in(client, agent, support_request)
    other = factories.support_request(entity=support_request.entity)
    assert TYPED not in client.get(address(other)).content.decode()


@pytest.mark.parametrize("by", ["", "made up", "1:US-R-2026-000001:abc:def"])
def test_a_stranger_fills_no_store_with_what_they_send(
    by: str, support_request: SupportRequest
) -> None:
    client = Client()
    client.post(address(support_request, "reply"), {"by": by, "body": TYPED})
    assert not client.cookies.get("sessionid")
    assert not Session.objects.exists()


def test_a_page_of_another_request_or_of_long_ago_is_not_kept(
    support_request: SupportRequest, agent: User
) -> None:
    fields = form_of(signed_in(agent), support_request)
    other, client = factories.support_request(entity=support_request.entity), Client()
    client.post(address(other, "reply"), fields | {"body": TYPED})
    assert kept.KEY not in client.session
    with time_machine.travel(timezone.now() + kept.AGE + timedelta(hours=1)):
        client.post(address(support_request, "reply"), fields | {"body": TYPED})
    assert kept.KEY not in client.session


def test_more_than_any_form_takes_is_not_kept(support_request: SupportRequest, agent: User) -> None:
    fields, client = form_of(signed_in(agent), support_request), Client()
    client.post(address(support_request, "reply"), fields | {"body": "x" * kept.LARGEST})
    assert kept.KEY not in client.session


def test_nothing_of_it_is_in_the_trail(support_request: SupportRequest, agent: User) -> None:
    client = sent_after_the_session_ended(support_request, agent, body=TYPED)
    sign_in(client, agent, support_request)
    for event in Event.objects.all():
        assert TYPED not in f"{event.detail} {event.reason}"


@pytest.mark.parametrize("verb", ["resolve", "note"])
def test_every_form_is_kept_with_all_its_fields(
    verb: str, support_request: SupportRequest, agent: User
) -> None:
    services.take(support_request=support_request, by=factories.actor(agent))
    typed = {
        "resolve": {"resolution": "refunded", "root_cause": "unknown", "note": TYPED},
        "note": {"body": TYPED},
    }[verb]
    client = sent_after_the_session_ended(support_request, agent, verb, **typed)
    sign_in(client, agent, support_request)
    page = client.get(address(support_request))
    assert {name: value_of(page, f"{verb}-{name}") for name in typed} == typed
