"""Signing in and out, and pages for those who did not."""

from __future__ import annotations

import pytest
from django.test import Client

from audit import actors
from audit.models import Event
from requests_app.models import User
from tests import factories
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"
PASSWORD = "correct horse"


def test_signing_in_leads_to_where_the_person_was_going(client: Client) -> None:
    person = factories.person()
    asked = client.get("/requests/new/").headers["Location"]
    assert asked == "/sign-in/?next=/requests/new/"
    response = client.post(asked, {"username": person.username, "password": PASSWORD})
    assert response.headers["Location"] == "/requests/new/"


def test_signing_in_never_leads_to_another_site(client: Client) -> None:
    person = factories.person()
    response = client.post(
        SIGN_IN,
        {"username": person.username, "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert response.headers["Location"] == "/"


def test_a_wrong_password_keeps_the_name_and_is_on_record(client: Client) -> None:
    person = factories.person()
    response = client.post(SIGN_IN, {"username": person.username, "password": "wrong"})
    assert "No account has this name and password." in text(response)
    assert f'value="{person.username}"' in response.content.decode()
    assert "wrong" not in text(response)
    event = Event.objects.get(kind="session.sign_in_failed")
    assert event.detail == {"username_tried": person.username}
    assert (event.outcome, event.actor_kind, event.actor_id) == ("denied", "anonymous", "")
    assert (event.address, event.channel) == ("127.0.0.1", "web")


def test_of_what_was_tried_and_is_nobodys_name_nothing_is_kept(client: Client) -> None:
    client.post(SIGN_IN, {"username": "a password, in the wrong field", "password": "x"})
    event = Event.objects.get(kind="session.sign_in_failed")
    assert (event.outcome, event.detail) == ("denied", {"username_known": False})


def test_signing_in_is_on_record_with_who_from_where_and_how() -> None:
    person, client = factories.person(display_name="Ana Reyes"), browser()
    client.post(SIGN_IN, {"username": person.username, "password": PASSWORD})
    assert_is_of(person, client.session.session_key, Event.objects.get(kind="session.signed_in"))


def test_signing_out_is_on_record_with_who_from_where_and_how() -> None:
    person, client = factories.person(display_name="Ana Reyes"), browser()
    client.post(SIGN_IN, {"username": person.username, "password": PASSWORD})
    key = client.session.session_key
    client.post("/sign-out/")
    assert_is_of(person, key, Event.objects.get(kind="session.signed_out"))


def browser() -> Client:
    return Client(headers={"User-Agent": "Casket/1.0"}, REMOTE_ADDR="192.0.2.7")


def assert_is_of(person: User, session_key: str | None, event: Event) -> None:
    assert session_key
    assert (event.actor_kind, event.actor_id, event.actor_label) == (
        "user", str(person.pk), "Ana Reyes",
    )  # fmt: skip
    assert (event.subject_type, event.subject_id) == ("requests_app.user", str(person.pk))
    assert (event.outcome, event.channel) == ("done", "web")
    assert (event.address, event.user_agent) == ("192.0.2.7", "Casket/1.0")
    assert (event.sign_in_method, event.session) == ("password", actors.fingerprint(session_key))
    assert session_key not in event.session


def test_a_name_with_nul_is_refused_in_words(client: Client) -> None:
    response = client.post(SIGN_IN, {"username": "a\x00b", "password": "x"})
    assert "a character in it that nobody sees" in text(response)


def test_signing_out_takes_a_post(client: Client) -> None:
    signed = signed_in(factories.person())
    assert signed.get("/sign-out/").status_code == 405
    assert signed.post("/sign-out/").headers["Location"] == SIGN_IN
    assert signed.get("/requests/").headers["Location"].startswith(SIGN_IN)


def test_a_person_who_is_signed_in_has_no_use_for_the_sign_in_page() -> None:
    assert signed_in(factories.person()).get(SIGN_IN).headers["Location"] == "/"


def test_pages_are_not_kept_by_the_browser() -> None:
    response = signed_in(factories.person()).get("/requests/")
    assert "no-store" in response.headers["Cache-Control"]


def test_no_page_needs_what_the_content_policy_forbids() -> None:
    entity = factories.entity()
    opened = factories.support_request(entity=entity)
    client = signed_in(factories.person("agent", entity))
    for path in (SIGN_IN, "/requests/", "/requests/new/", f"/requests/{opened.number}/"):
        html = client.get(path, follow=True).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert " onclick=" not in html


def test_a_fault_of_ours_is_answered_in_our_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("requests_app.queue.orders.cut", fail)
    response = signed_in(factories.person()).get("/requests/")
    assert response.status_code == 500
    assert "The page could not be made." in text(response)
    assert "broken" not in response.content.decode()


def test_a_form_without_its_token_is_answered_in_our_look() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.person())
    response = client.post("/requests/new/", {})
    assert response.status_code == 403
    assert "Please send it again" in text(response)
