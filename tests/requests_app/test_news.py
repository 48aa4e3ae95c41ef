"""An open page can ask how much has happened since: a number, for those who may see the page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import accounts, factories
from tests.pages import address, signed_in, whole

pytestmark = pytest.mark.django_db

LIST = "/requests/"


@pytest.fixture
def opened(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity)


def asked_by(page: Any) -> str:
    found = re.search(r'data-news="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1].replace("&amp;", "&")


def news(client: Any, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return int(answer.json()["count"])


def test_a_page_just_opened_has_no_news(opened: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    for path in (address(opened), LIST):
        assert news(client, asked_by(client.get(path))) == 0


def test_what_a_colleague_does_is_news_and_that_they_look_is_not(
    opened: SupportRequest, entity: Entity, agent: User
) -> None:
    client, colleague = signed_in(agent), factories.person("agent", entity)
    asked = asked_by(client.get(whole(opened)))
    signed_in(colleague).get(address(opened))
    assert news(client, asked) == 0

    by = factories.actor(colleague)
    services.take(support_request=opened, by=by)
    services.attach(support_request=opened, name="a.txt", content=b"words", by=by)

    assert news(client, asked) == 2


def test_news_are_what_the_page_would_show_as_it_is_filtered(
    opened: SupportRequest, entity: Entity, agent: User
) -> None:
    client, by = signed_in(agent), factories.actor(factories.person("agent", entity))
    here = address(opened)
    usual, changes = (asked_by(client.get(path)) for path in (here, f"{here}?show=changes"))

    services.take(support_request=opened, by=by)
    assert (news(client, usual), news(client, changes)) == (0, 1)

    services.note(support_request=opened, body="The bank called.", by=by)
    assert (news(client, usual), news(client, changes)) == (1, 1)


def test_what_others_do_where_one_may_not_look_does_not_hide_the_news(
    opened: SupportRequest, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.news.MOST", 2)
    client, elsewhere = signed_in(agent), factories.entity(code="DE")
    every = asked_by(client.get(LIST))
    for _ in range(2):
        factories.support_request(entity=elsewhere)

    services.take(support_request=opened, by=factories.actor(agent))
    assert news(client, every) == 1


def test_no_more_news_are_counted_than_anybody_needs_to_know(
    opened: SupportRequest, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.news.MOST", 2)
    for _ in range(2):
        factories.support_request(entity=opened.entity)
    assert news(signed_in(agent), "/news/requests/?since=0") == 2


def test_a_list_tells_of_changed_requests_that_its_filter_finds(
    opened: SupportRequest, entity: Entity, agent: User
) -> None:
    client, by = signed_in(agent), factories.actor(agent)
    every, closed = (asked_by(client.get(LIST + q)) for q in ("", "?status=closed&sort=-amount"))

    services.take(support_request=opened, by=by)
    factories.support_request(entity=entity)
    factories.support_request(entity=factories.entity(code="DE"))

    assert (news(client, every), news(client, closed)) == (2, 0)


def test_asking_is_no_look_and_takes_two_queries(
    opened: SupportRequest, agent: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(agent)
    services.take(support_request=opened, by=factories.actor(agent))
    before = Event.objects.count()
    for path in (f"/news{whole(opened)}&since=0", "/news/requests/?since=0&status=open"):
        with django_assert_max_num_queries(2 + 4):  # who asks, and where they work
            assert news(client, path) > 0
    assert Event.objects.count() == before


def test_who_may_not_see_a_request_learns_nothing_of_it_and_that_is_on_record(
    opened: SupportRequest,
) -> None:
    stranger = signed_in(factories.person("agent", factories.entity(code="DE")))
    assert stranger.get(f"/news{address(opened)}").status_code == 404
    assert stranger.get("/news/requests/US-R-2026-999999/").status_code == 404
    assert Event.objects.filter(kind="request.view_denied").count() == 1
    assert news(stranger, "/news/requests/?since=0") == 0


def test_what_is_no_id_is_not_found_and_nothing_is_posted(
    opened: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    assert client.get(f"/news{address(opened)}?since=x").status_code == 404
    assert client.post(f"/news{address(opened)}").status_code == 405


def test_a_page_left_open_does_not_keep_its_session_alive(
    opened: SupportRequest, agent: User
) -> None:
    client, began = accounts.at_desk(agent), timezone.now()
    client.get(address(opened))
    for hours in (1, 2, 3):
        with time_machine.travel(began + timedelta(hours=hours)):
            assert news(client, f"/news{address(opened)}") >= 0
    with time_machine.travel(began + timedelta(hours=4, minutes=2)):
        assert client.get(f"/news{address(opened)}").status_code == 302
