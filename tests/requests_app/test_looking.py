"""Who looked is on record: once in a while for views, always for refusals."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from audit import looks
from audit.models import Event
from requests_app import looking, services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import act, address, body, signed_in


def views() -> int:
    return Event.objects.filter(kind="request.viewed").count()


def make() -> tuple[SupportRequest, User]:
    entity: Entity = factories.entity()
    return factories.support_request(entity=entity), factories.person("agent", entity)


@pytest.mark.django_db
def test_a_second_look_within_a_quarter_of_an_hour_is_the_same_look() -> None:
    support_request, agent = make()
    client = signed_in(agent)
    client.get(address(support_request))
    client.get(address(support_request))
    assert views() == 1


@pytest.mark.django_db
def test_a_later_look_is_recorded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    support_request, agent = make()
    looking.viewed(support_request, factories.actor(agent))
    monkeypatch.setattr(looking, "AGAIN_AFTER", timedelta(0))
    assert looking.viewed(support_request, factories.actor(agent))
    assert views() == 2


def test_the_window_is_a_quarter_of_an_hour() -> None:
    assert looking.AGAIN_AFTER == looks.AGAIN_AFTER == timedelta(minutes=15)


PLACES = (
    "/requests/{number}/",
    "/events/{event}/",
    "/compare/requests_app.supportrequest/{request}/",
    "/compare/requests_app.message/{message}/",
    "/admin/audit/event/{event}/change/",
    "/admin/requests_app/supportrequest/{request}/change/",
    "/admin/requests_app/supportrequest/{request}/history/",
    "/admin/requests_app/supportrequest/{request}/history/{version}/",
    "/admin/requests_app/historicalsupportrequest/{version}/change/",
    "/admin/requests_app/message/{message}/change/",
    "/admin/requests_app/message/{message}/history/",
    "/admin/requests_app/message/{message}/history/{message_version}/",
    "/admin/requests_app/historicalmessage/{message_version}/change/",
)


def path_of(place: str, support_request: SupportRequest) -> str:
    message = support_request.messages.get()
    return place.format(
        number=support_request.number, request=support_request.pk, message=message.pk,
        event=Event.objects.of_support_request(support_request.pk).earliest("id").pk,
        version=support_request.history.latest("history_id").pk,
        message_version=message.history.get().pk,
    )  # fmt: skip


def replied_to() -> tuple[SupportRequest, User]:
    """A request whose every text says linen, and an auditor of its entity."""
    entity: Entity = factories.entity()
    customer = factories.customer(entity=entity, name="Linen House")
    opened = factories.support_request(
        entity=entity, customer=customer, subject="Wet linen", description="The linen was wet."
    )
    services.reply(support_request=opened, body="Which linen?", by=factories.TESTER)
    return opened, factories.person("auditor", entity)


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_wherever_a_request_is_read_the_look_is_recorded_once(place: str) -> None:
    support_request, auditor = replied_to()
    path = path_of(place, support_request)
    client = signed_in(auditor)
    assert [client.get(path).status_code for _ in range(2)] == [200, 200]
    event = Event.objects.get(kind="request.viewed")
    assert (event.actor_id, event.support_request_id) == (str(auditor.pk), support_request.pk)
    assert event.channel == ("admin" if path.startswith("/admin/") else "web")


@pytest.mark.django_db
def test_a_page_that_is_shown_again_for_a_wrong_field_is_a_look_too() -> None:
    support_request, auditor = replied_to()
    response = act(signed_in(auditor), support_request, "reply", {"body": ""})
    assert response.status_code == 422
    assert views() == 1


LISTS = (
    "/requests/?q=wet",
    "/requests/export.csv",
    "/requests/export.csv?q=wet&for=excel",
    "/trail/",
    "/trail/?q=wet",
    "/admin/audit/event/",
    "/admin/requests_app/supportrequest/?q=wet",
)


@pytest.mark.django_db
@pytest.mark.parametrize("place", [*PLACES, *LISTS])
def test_a_look_that_cannot_be_recorded_hands_out_nothing(
    place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    support_request, auditor = replied_to()
    path, client = path_of(place, support_request), signed_in(auditor)
    record_nothing(monkeypatch)
    assert_withheld(client.get(path), caplog)


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["", "Which linen?"], ids=["a wrong field", "a refusal"])
def test_a_page_after_an_error_hands_out_nothing_where_it_cannot_be_recorded(
    written: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    support_request, auditor = replied_to()
    client = signed_in(auditor)
    record_nothing(monkeypatch)
    assert_withheld(act(client, support_request, "reply", {"body": written}), caplog)


def record_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> int:
        raise DatabaseError("the event cannot be written")

    monkeypatch.setattr("audit.recording.open_event", failing)


def assert_withheld(response: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert response.status_code == 500
    assert "Content-Disposition" not in response.headers
    assert b"linen" not in body(response).lower()
    errors = [line for line in caplog.records if line.levelno == logging.ERROR and line.exc_info]
    assert "the event cannot be written" in {str(line.exc_info[1]) for line in errors}


@pytest.mark.django_db
def test_reading_what_belongs_to_no_request_is_no_look_at_one() -> None:
    support_request, _ = make()
    auditor = factories.person("auditor", support_request.entity)
    granted = Event.objects.filter(kind="role.granted").latest("id")
    client = signed_in(auditor)
    for path in (f"/events/{granted.pk}/", f"/compare/requests_app.user/{auditor.pk}/"):
        assert client.get(path).status_code == 200
    assert views() == 0


@pytest.mark.django_db
def test_each_person_and_each_request_has_looks_of_its_own() -> None:
    support_request, agent = make()
    other_request = factories.support_request(entity=support_request.entity)
    other_person = factories.person("auditor", support_request.entity)
    assert looking.viewed(support_request, factories.actor(agent))
    assert looking.viewed(other_request, factories.actor(agent))
    assert looking.viewed(support_request, factories.actor(other_person))


@pytest.mark.django_db
def test_a_refused_look_is_recorded_and_answers_like_a_wrong_number() -> None:
    support_request, _ = make()
    stranger = factories.person("agent", factories.entity())
    client = signed_in(stranger)
    refused = client.get(address(support_request))
    missing = client.get("/requests/US-R-2026-999999/")
    event = Event.objects.get(kind="request.view_denied")
    assert (event.outcome, event.actor_id) == ("denied", str(stranger.pk))
    assert event.support_request_id == support_request.pk
    assert refused.status_code == missing.status_code == 404
    assert same_but_for_address(refused.content, address(support_request)) == (
        same_but_for_address(missing.content, "/requests/US-R-2026-999999/")
    )


def same_but_for_address(content: bytes, path: str) -> bytes:
    """Two pages without what differs anyway: their own address and their CSRF masks."""
    lines = content.replace(path.encode(), b"").splitlines()
    return b"\n".join(line for line in lines if b"csrfmiddlewaretoken" not in line)


@pytest.mark.django_db
def test_an_act_on_a_request_of_others_is_refused_like_a_look() -> None:
    support_request, _ = make()
    client = signed_in(factories.person("agent", factories.entity()))
    assert act(client, support_request, "take").status_code == 404
    support_request.refresh_from_db()
    assert support_request.status == "new"


def test_looks_at_the_same_moment_are_recorded_once(own_database: str) -> None:
    support_request, agent = make()
    barrier = threading.Barrier(4)
    recorded: list[bool] = []

    def look() -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            recorded.append(looking.viewed(support_request, factories.actor(agent)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recorded) == [False, False, False, True]
    assert views() == 1
