"""Two clicks at the same instant, where commits are real: the second waits for the first and never
guesses, and an act that is refused leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import RequestFactory

from audit.recording import Refusal
from requests_app import sent_once, services
from requests_app.models import Entity, Message, SupportRequest, User
from tests import factories
from tests.factories import TESTER
from tests.pages import address, signed_in
from tests.requests_app.test_sent_once import reply_of

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"


class Failed(Exception):
    """Of an act that was begun."""


@pytest.fixture
def person(own_database: str) -> User:
    return factories.person("agent", factories.entity())


class TwoClicks:
    """The first is done until ``end`` is set; the second comes meanwhile."""

    def __init__(self, person: User, *, lock_timeout: str = "0") -> None:
        self.person, self.lock_timeout = person, lock_timeout
        self.began, self.end, self.acts = Event(), Event(), list[str]()

    def sent(self, act: Callable[[], str]) -> str:
        request = RequestFactory().post("/requests/new/", {"once": "k" * 20, "subject": "Wet"})
        request.user = self.person
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [self.lock_timeout])
            return sent_once.done(request, act)
        finally:
            connections.close_all()

    def first(self, refusal: Exception | None = None) -> str:
        def act() -> str:
            self.began.set()
            assert self.end.wait(timeout=20)
            if refusal is not None:
                raise refusal
            self.acts.append("first")
            return "/first/"

        return self.sent(act)

    def second(self) -> str:
        assert self.began.wait(timeout=20)

        def act() -> str:
            self.acts.append("second")
            return "/second/"

        return self.sent(act)


def until_waiting(second: Future[str]) -> None:
    """Asks the database until the second waits for the first, or is over without having waited."""
    with connection.cursor() as cursor:
        while not second.done():
            cursor.execute(WAITING)
            if cursor.fetchone() != (0,):
                return


def test_a_second_click_waits_for_the_first_and_is_led_where_that_one_led(person: User) -> None:
    clicks = TwoClicks(person)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(clicks.first), threads.submit(clicks.second)
        until_waiting(second)
        assert not second.done()
        clicks.end.set()
        assert first.result() == "/first/"
        with pytest.raises(sent_once.DoneAlready) as again:
            second.result()

    assert again.value.address == "/first/"
    assert clicks.acts == ["first"]


def test_a_second_click_is_done_where_the_first_it_waited_for_was_not(person: User) -> None:
    clicks = TwoClicks(person)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(clicks.first, Failed())
        second = threads.submit(clicks.second)
        until_waiting(second)
        clicks.end.set()
        with pytest.raises(Failed):
            first.result()
        assert second.result() == "/second/"

    assert clicks.acts == ["second"]


def test_a_second_click_that_waited_too_long_does_not_say_what_it_cannot_know(
    person: User,
) -> None:
    clicks = TwoClicks(person, lock_timeout="50ms")
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(clicks.first), threads.submit(clicks.second)
        with pytest.raises(Refusal, match="Nobody could tell whether this form was done already"):
            second.result()
        clicks.end.set()
        assert first.result() == "/first/"

    assert clicks.acts == ["first"]


def resolved(opened: SupportRequest, person: User) -> None:
    services.take(support_request=opened, by=factories.actor(person))
    services.resolve(support_request=opened, resolution="fixed", note="Done", by=TESTER)


def test_files_of_a_refused_act_are_not_kept(person: User, settings: Any, tmp_path: Path) -> None:
    settings.ATTACHMENTS_ROOT = tmp_path
    opened, client = factories.support_request(entity=Entity.objects.get()), signed_in(person)
    sent = reply_of(client, opened) | {"files": SimpleUploadedFile("a.csv", b"amount")}
    resolved(opened, person)

    assert client.post(address(opened, "reply"), sent).status_code == 409
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_refused_act_gives_its_key_back(person: User) -> None:
    opened, client = factories.support_request(entity=Entity.objects.get()), signed_in(person)
    stale = reply_of(client, opened)
    resolved(opened, person)
    assert client.post(address(opened, "reply"), stale).status_code == 409

    again = reply_of(client, opened) | {"once": stale["once"]}
    assert client.post(address(opened, "reply"), again).status_code == 302
    assert Message.objects.filter(body="Soon.").count() == 1
