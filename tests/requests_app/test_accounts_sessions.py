"""Where people are signed in: seen, ended by them or for them, and ended by time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.utils import timezone

from audit import actors
from audit.models import Event
from requests_app.accounts import tracking
from requests_app.models import User
from tests import accounts, factories
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


@pytest.fixture
def ana() -> User:
    return factories.person(display_name="Ana Reyes")


def test_the_list_names_device_address_and_which_is_this_one(ana: User) -> None:
    accounts.sign_in(accounts.browser("198.51.100.4", **{"User-Agent": CHROME}), ana)
    shown = text(accounts.at_desk(ana).get("/profile/sessions/"))
    assert "Firefox on Linux This one 192.0.2.7" in shown
    assert "Chrome on Windows 198.51.100.4" in shown


def test_one_session_is_ended_from_another_on_record(ana: User) -> None:
    lost, here = accounts.at_desk(ana), accounts.at_desk(ana)
    key = str(lost.session.session_key)
    row = UserSession.objects.get(session_key=key)
    here.post("/profile/sessions/", {"session": str(row.pk)})
    assert lost.get("/requests/").status_code == 302
    assert here.get("/requests/").status_code == 200
    event = Event.objects.get(kind="session.ended")
    assert event.detail == {"sessions": [actors.fingerprint(key)]}
    assert key not in str(event.detail)


def test_all_others_are_ended_at_once(ana: User) -> None:
    others = [accounts.at_desk(ana) for _ in range(2)]
    here = accounts.at_desk(ana)
    here.post("/profile/sessions/", {"session": "others"})
    assert [client.get("/requests/").status_code for client in (*others, here)] == [302, 302, 200]


def test_nobody_ends_the_session_of_somebody_else(ana: User) -> None:
    theirs = accounts.at_desk(ana)
    row = UserSession.objects.get(user=ana)
    stranger = accounts.at_desk(factories.person())
    sent = stranger.post("/profile/sessions/", {"session": str(row.pk)})
    assert sent.status_code == 404
    assert theirs.get("/requests/").status_code == 200


def test_a_session_that_nobody_uses_ends_on_record(ana: User) -> None:
    client = accounts.at_desk(ana)
    with time_machine.travel(timezone.now() + timedelta(hours=4, minutes=1)):
        gone = client.get("/requests/?q=refund")
    assert gone.headers["Location"] == "/sign-in/?next=/requests/%3Fq%3Drefund"
    assert Event.objects.get(kind="session.expired").detail == {"limit": "idle"}
    assert not UserSession.objects.filter(user=ana).exists()


def test_a_session_in_steady_use_ends_by_its_age(ana: User) -> None:
    client = accounts.at_desk(ana)
    began = timezone.now()
    for hours in (3, 6, 9, 11.9):
        with time_machine.travel(began + timedelta(hours=hours)):
            assert client.get("/profile/").status_code == 200
    with time_machine.travel(began + timedelta(hours=12, minutes=1)):
        assert client.get("/profile/").status_code == 302


def test_being_seen_is_noted_once_a_minute(ana: User) -> None:
    client = accounts.at_desk(ana)
    before = UserSession.objects.get(user=ana).last_seen_at
    client.get("/profile/")
    assert UserSession.objects.get(user=ana).last_seen_at == before
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.get("/profile/")
    assert UserSession.objects.get(user=ana).last_seen_at > before


def test_the_list_costs_the_same_however_long_it_is(
    ana: User, django_assert_num_queries: object
) -> None:
    client = accounts.at_desk(ana)
    for _ in range(5):
        accounts.at_desk(ana)
    assert len(tracking.of_person(ana)) == 6
    with django_assert_num_queries(5):  # type: ignore[operator]
        client.get("/profile/sessions/")


def test_a_session_without_a_row_of_its_own_is_no_failure(ana: User) -> None:
    assert "began in another way" in text(signed_in(ana).get("/profile/sessions/"))
