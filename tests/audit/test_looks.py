"""Who reads the trail is on record: each search with what was asked, openings once in a while."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from audit import looks
from audit.models import Event
from audit.recording import record
from requests_app.models import Entity, User
from tests import factories
from tests.pages import signed_in

pytestmark = pytest.mark.django_db

LISTS = (
    "/trail/", "/admin/audit/event/", "/admin/requests_app/historicalsupportrequest/",
)  # fmt: skip


def recorded(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("id"))


@pytest.mark.parametrize("path", LISTS)
def test_opening_the_trail_is_recorded_once_in_a_quarter_of_an_hour(
    path: str, auditor: User
) -> None:
    client = signed_in(auditor)
    assert [client.get(path).status_code for _ in range(2)] == [200, 200]
    [event] = recorded("trail.viewed")
    assert (event.actor_id, event.outcome) == (str(auditor.pk), "done")
    assert recorded("trail.searched") == []


def test_opening_it_later_is_recorded_again(auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks.opened_trail(factories.actor(auditor))
    assert not looks.opened_trail(factories.actor(auditor))
    monkeypatch.setattr(looks, "AGAIN_AFTER", timedelta(0))
    assert looks.opened_trail(factories.actor(auditor))


def test_each_person_has_openings_of_their_own(entity: Entity, auditor: User) -> None:
    other = factories.person("auditor", entity)
    assert looks.opened_trail(factories.actor(auditor))
    assert looks.opened_trail(factories.actor(other))


def test_an_opening_behind_many_acts_is_recorded_rather_twice_than_never(
    auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "NEWEST", 3)
    by = factories.actor(auditor)
    looks.opened_trail(by)
    for _ in range(2):
        record("request.list_searched", by=by)
    assert not looks.opened_trail(by)
    record("request.list_searched", by=by)
    assert looks.opened_trail(by)


@pytest.mark.parametrize(
    ("path", "query", "words", "filters"),
    [
        ("/trail/", {"actor": "tests", "since": "2026-01-01"}, "tests", {"since": "2026-01-01"}),
        ("/trail/", {"kind": "customer.added"}, "", {"kind": "customer.added"}),
        ("/admin/audit/event/", {"q": "Harbor", "outcome": "done"}, "Harbor", {"outcome": "done"}),
        ("/admin/requests_app/customer/", {"q": "Harbor"}, "Harbor", {}),
        ("/admin/requests_app/user/", {"is_active__exact": "1"}, "", {"is_active__exact": "1"}),
        ("/admin/requests_app/message/", {"q": "US-R"}, "US-R", {}),
        ("/admin/requests_app/historicalcustomer/", {"q": "1"}, "1", {}),
    ],
)
def test_a_search_is_recorded_with_what_was_asked_and_how_many_were_found(
    path: str, query: dict[str, str], words: str, filters: dict[str, str], auditor: User
) -> None:
    factories.customer(entity=Entity.objects.get(), name="Harbor Hotels")
    context: Any = signed_in(auditor).get(path, query).context
    found = context["count"] if path == "/trail/" else context["cl"].result_count
    [event] = recorded("trail.searched")
    asked = {"path": path, "filter": filters, "count": found}
    if words:
        asked |= {"query_sha256": hashlib.sha256(words.encode()).hexdigest()}
    assert event.detail == asked
    assert event.actor_id == str(auditor.pk)
    assert recorded("trail.viewed") == []


def test_every_search_is_recorded(auditor: User) -> None:
    client = signed_in(auditor)
    for _ in range(2):
        client.get("/trail/", {"actor": "otto"})
    assert len(recorded("trail.searched")) == 2


@pytest.mark.parametrize("words", ["\x00", "a\x00b", "\U0001f4b8 <b>", "x" * 4_000])
def test_whatever_is_searched_for_can_be_recorded(words: str, auditor: User) -> None:
    client = signed_in(auditor)
    for path, name in (("/trail/", "actor"), ("/admin/audit/event/", "q")):
        assert client.get(path, {name: words}, follow=True).status_code == 200
    assert all(len(event.detail.get("query", "")) <= 500 for event in recorded("trail.searched"))


def test_an_unclear_filter_is_an_opening(auditor: User) -> None:
    signed_in(auditor).get("/trail/", {"since": "2026-02-01", "until": "2026-01-01"})
    assert len(recorded("trail.viewed")) == 1
    assert recorded("trail.searched") == []
