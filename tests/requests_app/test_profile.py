"""What people set for themselves: kept for all their browsers, on record, and nobody else's."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import Event
from requests_app import people
from requests_app.accounts import profile, tasks
from requests_app.models import Entity, User
from tests import accounts, factories
from tests.pages import seen, signed_in, text, value_of

pytestmark = pytest.mark.django_db
CHOSEN = {
    "time_zone": "Europe/Berlin", "theme": "dark", "timeline_order": "newest",
    "has_shortcuts": "",
}  # fmt: skip


def test_the_profile_is_kept_and_recorded(agent: User) -> None:
    client = signed_in(agent)
    assert client.post("/profile/", CHOSEN | seen(agent)).headers["Location"] == "/profile/"
    agent.refresh_from_db()
    assert (agent.time_zone, agent.theme, agent.timeline_order, agent.has_shortcuts) == (
        "Europe/Berlin", "dark", "newest", False,
    )  # fmt: skip
    event = Event.objects.get(kind="person.profile_changed")
    assert (event.actor_id, event.subject_id) == (str(agent.pk), str(agent.pk))
    assert agent.history.latest("history_id").event_id == event.pk


def test_it_holds_in_every_browser(agent: User) -> None:
    signed_in(agent).post("/profile/", CHOSEN | seen(agent))
    page = signed_in(agent).get("/requests/").content.decode()
    assert 'class="theme--dark"' in page
    assert 'data-shortcuts="off"' in page
    assert "Europe/Berlin" in page


def test_the_menu_sets_the_theme_of_all_browsers(agent: User) -> None:
    signed_in(agent).post("/display/", {"theme": "light"})
    assert 'class="theme--light"' in signed_in(agent).get("/requests/").content.decode()
    assert Event.objects.filter(kind="person.profile_changed").count() == 1


def test_without_signing_in_a_cookie_remembers_the_theme() -> None:
    client = Client()
    client.post("/display/", {"theme": "dark"})
    page = client.get("/sign-in/").content.decode()
    assert 'class="theme--dark"' in page
    assert 'data-shortcuts="on"' in page
    assert Event.objects.count() == 0


def test_saving_what_is_there_already_records_nothing(agent: User) -> None:
    client = signed_in(agent)
    client.post("/profile/", CHOSEN | seen(agent))
    client.post("/profile/", CHOSEN | seen(agent))
    assert Event.objects.filter(kind="person.profile_changed").count() == 1


def test_a_zone_that_is_none_is_refused_and_nothing_else_is_saved(agent: User) -> None:
    refused = signed_in(agent).post(
        "/profile/", CHOSEN | seen(agent) | {"time_zone": "Mars/Olympus"}
    )
    assert refused.status_code == 422
    assert "Choose one of the zones listed" in text(refused)
    agent.refresh_from_db()
    assert agent.theme == ""


def test_nobody_changes_the_profile_of_somebody_else(agent: User, entity: Entity) -> None:
    other = factories.actor(factories.person("administrator", entity))
    with pytest.raises(people.PeopleRefused, match="by its person alone"):
        profile.change(person=agent, by=other, theme="dark")
    event = Event.objects.get(kind="person.profile_changed")
    assert (event.outcome, event.actor_id) == ("denied", other.id)


def test_the_order_of_a_trail_is_the_one_chosen(agent: User, entity: Entity) -> None:
    signed_in(agent).post("/profile/", CHOSEN | seen(agent))
    opened = factories.support_request(entity=entity)
    client = signed_in(agent)
    page = client.get(f"/requests/{opened.number}/").content.decode()
    assert "Show oldest first" in page
    turned = client.get(f"/requests/{opened.number}/?order=oldest").content.decode()
    assert "Show newest first" in turned


def test_what_a_browser_was_told_once_does_not_beat_the_profile(
    agent: User, entity: Entity
) -> None:
    opened = factories.support_request(entity=entity)
    client = signed_in(agent)
    client.cookies["shortcuts"], client.cookies["order"] = "off", "newest"
    page = client.get(f"/requests/{opened.number}/").content.decode()
    assert 'data-shortcuts="on"' in page
    assert "Show newest first" in page
    saved = client.post("/profile/", CHOSEN | seen(agent))
    assert {saved.cookies[name]["max-age"] for name in ("shortcuts", "order")} == {0}


def test_keys_switched_off_on_a_page_are_off_everywhere_and_switched_on_at_its_foot(
    agent: User,
) -> None:
    signed_in(agent).post("/display/", {"shortcuts": "off"})
    client = signed_in(agent)
    page = client.get("/requests/").content.decode()
    assert 'data-shortcuts="off"' in page
    assert "Switch single-key shortcuts on" in page
    answer = client.post("/display/", {"shortcuts": "on", "next": "/requests/"})
    assert answer.cookies["shortcuts"]["max-age"] == 0
    page = signed_in(agent).get("/requests/").content.decode()
    assert 'data-shortcuts="on"' in page
    assert "Switch single-key shortcuts on" not in page


def test_a_trail_turned_around_is_so_in_every_browser(agent: User, entity: Entity) -> None:
    opened = factories.support_request(entity=entity)
    signed_in(agent).post("/display/", {"order": "newest"})
    assert "Show oldest first" in text(signed_in(agent).get(f"/requests/{opened.number}/"))


def test_an_address_is_changed_with_the_password_and_the_old_one_is_told() -> None:
    person = factories.person(email="old@example.com")
    client = signed_in(person)
    wrong = client.post(
        "/profile/e-mail/", {"email": "new@example.com", "password": "x"} | seen(person)
    )
    assert wrong.status_code == 422
    assert "not your password" in text(wrong)
    typed = {"email": "New@example.com", "password": accounts.PASSWORD} | seen(person)
    assert client.post("/profile/e-mail/", typed).status_code == 302
    person.refresh_from_db()
    assert person.email == "new@example.com"
    job = ProcrastinateJob.objects.get(task_name="accounts.send_to_old_address")
    assert "old@example.com" not in str(job.args)
    tasks.send_to_old_address(**job.args)
    assert mail.outbox[0].to == ["old@example.com"]
    assert "example.com" not in str(Event.objects.get(kind="person.email_changed").detail)


def test_an_address_of_another_account_is_refused_and_what_was_typed_is_kept() -> None:
    factories.person(email="taken@example.com")
    person = factories.person()
    client = signed_in(person)
    typed = {"email": "TAKEN@example.com", "password": accounts.PASSWORD} | seen(person)
    refused = client.post("/profile/e-mail/", typed)
    assert refused.status_code == 409
    assert "Another account has this address already" in text(refused)
    assert "TAKEN@example.com" in refused.content.decode()


def test_guessing_the_password_there_is_limited_too() -> None:
    person = factories.person()
    client = signed_in(person)
    typed = {"email": "new@example.com", "password": "wrong"} | seen(person)
    found = [client.post("/profile/e-mail/", typed).status_code for _ in range(6)]
    assert found == [422] * 5 + [429]


def test_looking_at_the_profile_changes_nothing(agent: User) -> None:
    client = signed_in(agent)
    before = Event.objects.count()
    assert client.get("/profile/").status_code == 200
    assert client.get("/profile/e-mail/").status_code == 302
    assert Event.objects.count() == before


def test_a_profile_changed_in_another_window_is_not_overwritten(agent: User) -> None:
    client, before = signed_in(agent), seen(agent)
    client.post("/display/", {"theme": "light"})
    stale = client.post("/profile/", CHOSEN | before)
    assert stale.status_code == 409
    assert "changed the profile since you opened this page" in text(stale)
    agent.refresh_from_db()
    assert (agent.theme, agent.time_zone) == ("light", "UTC")
    again = CHOSEN | {"seen": value_of(stale, "profile-seen")}
    assert client.post("/profile/", again).status_code == 302


def test_an_address_changed_meanwhile_is_told_before_it_is_changed_again() -> None:
    person = factories.person(email="old@example.com", display_name="Ana Reyes")
    client, before = signed_in(person), seen(person)
    profile.change_email(person=person, by=factories.actor(person), email="new@example.com")
    typed = {"email": "newer@example.com", "password": accounts.PASSWORD}
    stale = client.post("/profile/e-mail/", typed | before)
    assert stale.status_code == 409
    assert "Ana Reyes changed the e-mail address since you opened this page." in text(stale)
    person.refresh_from_db()
    assert person.email == "new@example.com"


@pytest.mark.parametrize("page", ["/profile/", "/profile/e-mail/"])
def test_a_form_of_the_profile_that_does_not_say_what_it_showed_is_shown_again(
    page: str, agent: User
) -> None:
    typed = CHOSEN | {"email": "new@example.com", "password": accounts.PASSWORD}
    answer = signed_in(agent).post(page, typed)
    assert answer.status_code == 422
    assert "does not say what it showed" in text(answer)
    shown = "profile-seen" if page == "/profile/" else "email-seen"
    assert value_of(answer, shown) == seen(agent)["seen"]
