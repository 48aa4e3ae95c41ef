"""The second step of signing in: set up, asked for, lost, and each on record."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings

from audit.models import Event
from audit.recording import ReasonMissing
from requests_app import people
from requests_app.accounts import factors
from requests_app.models import Entity
from tests import accounts, factories
from tests.pages import text

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_setting_up_gives_recovery_codes_once_and_is_on_record() -> None:
    person = factories.person()
    client, secret, codes = accounts.with_factor(person)
    assert len(codes) == 10
    added = Event.objects.get(kind="person.totp_added")
    assert (added.actor_id, added.subject_id, added.address) == (
        str(person.pk), str(person.pk), "192.0.2.7",
    )  # fmt: skip
    assert "person.recovery_codes_made" in kinds()
    again = client.get("/profile/second-factor/codes/")
    assert codes[0] not in again.content.decode()
    assert "not shown again" in text(again)
    everything = "".join(str(row) for row in Event.objects.values_list("detail", "reason"))
    assert secret not in everything
    assert not any(code in everything for code in codes)


def test_secrets_lie_encrypted_in_the_database() -> None:
    _, secret, codes = accounts.with_factor(factories.person())
    stored = "".join(str(row) for row in Authenticator.objects.values_list("data", flat=True))
    assert secret not in stored
    assert codes[0] not in stored
    assert stored.count("gAAAA") == 2


def test_the_codes_can_be_saved_as_a_file() -> None:
    client, _, codes = accounts.with_factor(factories.person())
    sent = client.post("/profile/second-factor/codes.txt", {"code": [*codes, "<script>"]})
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.content.decode().splitlines()[2:] == codes
    assert client.get("/profile/second-factor/codes.txt").status_code == 405


def test_signing_in_takes_password_and_code_and_says_so() -> None:
    person = factories.person()
    _, secret, _ = accounts.with_factor(person)
    client = accounts.browser()
    asked = accounts.sign_in(client, person, next="/requests/new/")
    assert asked.headers["Location"].startswith("/sign-in/code/")
    assert client.get("/requests/").headers["Location"].startswith("/sign-in/")
    done = client.post("/sign-in/code/", {"code": accounts.code(secret)})
    assert done.headers["Location"] == "/requests/new/"
    event = Event.objects.filter(kind="session.signed_in").latest("id")
    assert event.sign_in_method == "password+totp"


def test_a_code_is_taken_once() -> None:
    person = factories.person()
    _, secret, _ = accounts.with_factor(person)
    code = accounts.code(secret)
    for status in (302, 422):
        client = accounts.browser()
        accounts.sign_in(client, person)
        # However it is written: the library reads over spaces and dashes.
        written = code if status == 302 else f"{code[:3]}-{code[3:]}"
        assert client.post("/sign-in/code/", {"code": written}).status_code == status


def test_a_wrong_code_is_refused_on_record() -> None:
    person = factories.person()
    accounts.with_factor(person)
    client = accounts.browser()
    accounts.sign_in(client, person)
    refused = client.post("/sign-in/code/", {"code": "000000"})
    assert refused.status_code == 422
    assert "This code is not right" in text(refused)
    event = Event.objects.get(kind="session.code_refused")
    assert (event.outcome, event.subject_id) == ("denied", str(person.pk))
    assert "000000" not in str(event.detail)


def test_wrong_codes_are_limited_per_person() -> None:
    person = factories.person()
    accounts.with_factor(person)
    client = accounts.browser()
    accounts.sign_in(client, person)
    found = [client.post("/sign-in/code/", {"code": f"00000{n}"}).status_code for n in range(6)]
    assert found == [422] * 5 + [429]
    event = Event.objects.get(kind="session.throttled")
    assert (event.subject_id, event.detail["limit_of"]) == (str(person.pk), "key")


def test_a_recovery_code_lets_in_once_and_is_on_record() -> None:
    person = factories.person()
    _, _, codes = accounts.with_factor(person)
    for status in (302, 422):
        client = accounts.browser()
        accounts.sign_in(client, person)
        assert client.post("/sign-in/code/", {"code": codes[3]}).status_code == status
    used = Event.objects.get(kind="person.recovery_code_used")
    assert used.detail == {"left": 9}
    event = Event.objects.filter(kind="session.signed_in").latest("id")
    assert event.sign_in_method == "password+recovery_codes"


def test_pages_that_open_the_account_ask_again_who_it_is() -> None:
    client = accounts.at_desk(factories.person())
    asked = client.get("/profile/second-factor/app/")
    assert asked.headers["Location"].startswith("/profile/again/")
    wrong = client.post("/profile/again/", {"password": "wrong"})
    assert wrong.status_code == 422
    assert accounts.confirm(client).status_code == 302


def test_switching_off_takes_the_codes_along_and_is_on_record() -> None:
    person = factories.person()
    client, _, _ = accounts.with_factor(person)
    assert client.post("/profile/second-factor/off/").status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    assert kinds()[-2:] == ["person.totp_removed", "person.recovery_codes_removed"]


def test_an_administrator_takes_a_lost_step_away_with_a_reason(entity: Entity) -> None:
    person = factories.person("agent", entity)
    accounts.with_factor(person)
    by = factories.actor(factories.person("administrator", entity))
    with pytest.raises(ReasonMissing):
        factors.remove(person=person, by=by, reason=" ")
    factors.remove(person=person, by=by, reason="Phone lost, called back at the office")
    assert not Authenticator.objects.filter(user=person).exists()
    event = Event.objects.filter(kind="person.second_step_reset", outcome="done").get()
    assert (event.actor_id, event.subject_id) == (by.id, str(person.pk))


def test_nobody_else_takes_it_away(entity: Entity) -> None:
    person = factories.person("agent", entity)
    accounts.with_factor(person)
    for role in ("lead", "auditor"):
        by = factories.actor(factories.person(role, entity))
        with pytest.raises(people.PeopleRefused):
            factors.remove(person=person, by=by, reason="Please")
    assert accounts.has_factor(person)


@override_settings(SECOND_FACTOR_ROLES=["auditor"])
def test_a_role_that_needs_it_opens_nothing_else_first(entity: Entity) -> None:
    auditor = factories.person("auditor", entity)
    client = accounts.at_desk(auditor)
    for path in ("/requests/", "/trail/", "/people/", "/admin/"):
        assert client.get(path).headers["Location"] == "/profile/second-factor/app/", path
    client, _, _ = accounts.with_factor(auditor)
    assert client.get("/trail/").status_code == 200
    accounts.confirm(client)
    assert "cannot be taken away" in text(client.post("/profile/second-factor/off/"))
    assert accounts.has_factor(auditor)


@override_settings(SECOND_FACTOR_ROLES=["auditor"])
def test_other_roles_go_on_without_it(entity: Entity) -> None:
    client = accounts.at_desk(factories.person("agent", entity))
    assert client.get("/requests/").status_code == 200
