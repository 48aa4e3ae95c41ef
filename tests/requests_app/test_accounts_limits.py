"""Guessing is slow, says nothing about who has an account, and is on record."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from requests_app import staff
from tests import accounts, factories
from tests.pages import text

pytestmark = pytest.mark.django_db


def test_attempts_count_per_account_whichever_name_is_typed() -> None:
    person = factories.person(email="ana@example.com")
    names = [person.username, "ana@example.com", "ANA@example.com", person.username.upper()]
    for number, name in enumerate([*names, person.username]):
        client = accounts.browser(f"192.0.2.{number}")
        assert accounts.sign_in(client, name, "wrong").status_code == 422
    refused = accounts.sign_in(accounts.browser("192.0.2.99"), person)
    assert refused.status_code == 429
    assert "Try again in 5 minutes" in text(refused)
    assert 0 < int(refused.headers["Retry-After"]) <= 300


def test_attempts_count_per_network_address() -> None:
    client = accounts.browser()
    found = [accounts.sign_in(client, f"nobody{n}", "x").status_code for n in range(21)]
    assert found == [422] * 20 + [429]
    other = accounts.browser("192.0.2.8")
    assert accounts.sign_in(other, "nobody", "x").status_code == 422


@override_settings(TRUSTED_PROXIES=1)
def test_behind_our_proxy_the_clients_own_address_counts() -> None:
    for number in range(21):
        client = accounts.browser("10.0.0.1", **{"X-Forwarded-For": f"6.6.6.6, 192.0.2.{number}"})
        assert accounts.sign_in(client, f"nobody{number}", "x").status_code == 422


def test_the_limit_is_on_record_once_in_its_window() -> None:
    person = factories.person()
    for _ in range(9):
        refused = accounts.sign_in(accounts.browser(), person, "wrong")
    assert refused.status_code == 429
    event = Event.objects.get(kind="session.throttled")
    assert (event.outcome, event.actor_kind, event.subject_id) == (
        "denied", "anonymous", str(person.pk),
    )  # fmt: skip
    assert event.detail["action"] == "login_failed"
    assert person.username not in str(event.detail)


def test_a_sign_in_that_succeeds_uses_nothing_up() -> None:
    person = factories.person()
    for _ in range(8):
        assert accounts.sign_in(accounts.browser(), person).status_code == 302


def test_known_and_unknown_names_get_one_answer_at_one_cost() -> None:
    person = factories.person(email="ana@example.com")
    answers, costs = [], []
    for name in (person.username, "ana@example.com", "nobody", "nobody@example.com"):
        client = accounts.browser()
        client.get("/sign-in/")
        with CaptureQueriesContext(connection) as asked:
            answer = accounts.sign_in(client, name, "wrong")
        answers.append(text(answer).replace(name, "NAME"))
        costs.append(len(asked))
    assert len(set(answers)) == 1
    assert len(set(costs)) == 1


def test_an_account_that_is_not_active_answers_like_a_wrong_password() -> None:
    person = factories.person()
    staff.deactivate(person=person, by=factories.TESTER, reason="Left")
    client = accounts.browser()
    right = accounts.sign_in(client, person)
    assert right.status_code == 422
    assert "No account has this name and password" in text(right)


def test_asking_for_links_is_limited_by_what_is_typed_and_answers_alike() -> None:
    factories.person(username="ana")
    for name in ("ana", "nobody"):
        found = [
            accounts.browser(f"192.0.2.{n}").post("/sign-in/help/", {"email": name}).status_code
            for n in range(4)
        ]
        assert found == [302, 302, 302, 429]


def test_what_limits_is_shared_by_all_processes() -> None:
    assert caches["default"].__class__.__name__ == "SharedCache"
    for _ in range(3):
        accounts.sign_in(accounts.browser(), "nobody", "x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM casetrail_cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] >= 2
