"""`/readyz` says which thing fails and why, in words that give no secret away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client

from audit import roles
from config import health, lifetimes
from requests_app.accounts import tasks


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    caches["process"].clear()
    yield
    caches["process"].clear()


def readyz(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, json.loads(response.content)


def worker_seen(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_livez_answers_without_the_database(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_everything_is_ok_where_a_worker_was_seen_just_now(client: Client) -> None:
    worker_seen(5)
    items = dict.fromkeys(health.PROBLEMS, "ok")
    assert readyz(client) == (200, {"status": "ok", "items": items})


@pytest.mark.django_db
def test_no_worker_at_all_fails_with_the_command_that_starts_one(client: Client) -> None:
    status, body = readyz(client)
    assert status == 503
    assert body["status"] == "failing"
    assert "manage.py procrastinate worker" in body["items"]["worker"]


@pytest.mark.django_db
def test_a_worker_that_went_silent_fails(client: Client) -> None:
    worker_seen(health.OLDEST_HEARTBEAT + 30)
    assert "90 seconds ago" in readyz(client)[1]["items"]["worker"]


@pytest.mark.django_db
def test_one_living_worker_among_dead_ones_is_enough(client: Client) -> None:
    worker_seen(86_400)
    worker_seen(1)
    assert readyz(client)[1]["items"]["worker"] == "ok"


def test_a_missing_migration_fails(own_database: str, client: Client) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert "1 not applied" in readyz(client)[1]["items"]["migrations"]


def test_a_trigger_that_is_gone_fails(own_database: str, client: Client) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_write ON requests_app_supportrequest")
    assert "requests_app_supportrequest" in readyz(client)[1]["items"]["triggers"]


def test_nothing_more_is_asked_of_a_database_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def refuse() -> str:
        raise OperationalError("password authentication failed for user casetrail_app at 10.0.0.7")

    monkeypatch.setitem(health.PROBLEMS, "database", refuse)
    status, body = readyz(client)
    assert status == 503
    assert body["items"]["worker"] == "not asked, for the database does not answer"
    assert "10.0.0.7" not in json.dumps(body)


@pytest.mark.django_db
def test_a_job_that_nobody_takes_fails_by_its_age(client: Client) -> None:
    job = tasks.send_link.defer(person_id=0, kind="password_link")
    assert readyz(client)[1]["items"]["queue"] == "ok"
    caches["process"].clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '11 minutes' WHERE job_id = %s",
            [job],
        )
    assert "a job has waited 660 seconds" in readyz(client)[1]["items"]["queue"]


@pytest.mark.django_db
def test_a_clock_that_is_off_fails(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr(lifetimes.time, "time", lambda: 1_700_000_000.0)
    assert "seconds off the database" in health.PROBLEMS["clock"]()


@pytest.mark.django_db
def test_the_answer_is_kept_for_a_moment(client: Client) -> None:
    readyz(client)
    worker_seen(1)
    assert readyz(client)[0] == 503
    caches["process"].clear()
    assert readyz(client)[0] == 200


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/readyz").status_code == 405
