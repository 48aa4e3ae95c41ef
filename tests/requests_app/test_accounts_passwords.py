"""A forgotten password comes back by mail, once, and closes what was open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import Event
from requests_app import people
from requests_app.accounts import tasks
from requests_app.models import User
from tests import accounts, factories
from tests.pages import text

pytestmark = pytest.mark.django_db
NEW = "a battery of staples"


@pytest.fixture
def ana() -> User:
    return factories.person(username="ana", display_name="Ana Reyes", email="ana@example.com")


def set_by(link: str, password: str = NEW, again: str = "") -> Any:
    client = accounts.browser()
    opened = client.get(link)
    if opened.status_code != 302:
        return opened
    typed = {"password1": password, "password2": again or password}
    return client.post(opened.headers["Location"], typed)


def test_asking_sends_a_link_by_a_job_that_holds_no_secret(ana: User) -> None:
    asked = accounts.browser().post("/sign-in/help/", {"email": "ana"})
    assert asked.headers["Location"] == "/sign-in/help/sent/"
    job = ProcrastinateJob.objects.get(task_name="accounts.send_link")
    assert job.args == {"person_id": ana.pk, "kind": "password_link"}
    tasks.send_link(**job.args)
    assert mail.outbox[0].to == ["ana@example.com"]
    event = Event.objects.get(kind="person.password_link_asked")
    assert (event.subject_id, event.actor_kind, event.detail) == (str(ana.pk), "anonymous", {})


def test_an_unknown_name_gets_the_same_answer_and_as_much_work() -> None:
    asked = accounts.browser().post("/sign-in/help/", {"email": "nobody"})
    assert asked.headers["Location"] == "/sign-in/help/sent/"
    job = ProcrastinateJob.objects.get(task_name="accounts.send_link")
    assert job.args == {"person_id": 0, "kind": "password_link"}
    tasks.send_link(**job.args)
    assert mail.outbox == []
    assert Event.objects.get(kind="person.password_link_asked").outcome == "denied"


def test_the_link_sets_a_password_once_on_record(ana: User) -> None:
    link = accounts.link_for(ana)
    assert set_by(link).headers["Location"] == "/sign-in/"
    assert accounts.sign_in(accounts.browser(), ana, NEW).status_code == 302
    assert accounts.sign_in(accounts.browser(), ana).status_code == 422
    event = Event.objects.get(kind="person.password_reset")
    assert (event.actor_id, event.subject_id, event.address) == (
        str(ana.pk), str(ana.pk), "192.0.2.7",
    )  # fmt: skip
    assert "does not work any more" in text(set_by(link))
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in "".join(str(row) for row in Event.objects.values_list("detail"))


def test_a_new_password_ends_every_session(ana: User) -> None:
    client = accounts.at_desk(ana)
    set_by(accounts.link_for(ana))
    assert client.get("/requests/").headers["Location"].startswith("/sign-in/")
    ended = Event.objects.get(kind="session.ended")
    assert len(ended.detail["sessions"]) == 1


def test_a_link_is_too_old_after_its_limit(ana: User) -> None:
    link = accounts.link_for(ana)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert "does not work any more" in text(set_by(link))


def test_an_invitation_lasts_longer_than_a_reset() -> None:
    person = factories.person(email="new@example.com", password=None)
    tasks.send_link(person.pk, "invitation")
    assert "within 72 hours" in mail.outbox[0].body
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert set_by(accounts.link_in_mail()).headers["Location"] == "/sign-in/"


def test_a_link_dies_with_the_address_it_was_sent_to(ana: User) -> None:
    from requests_app import staff

    link = accounts.link_for(ana)
    staff.change(
        person=ana, by=factories.TESTER, display_name="Ana Reyes", email="other@example.com",
        time_zone="UTC", reason="Married",
    )  # fmt: skip
    assert "does not work any more" in text(set_by(link))


def test_weak_and_mistyped_passwords_are_refused_in_words(ana: User) -> None:
    link = accounts.link_for(ana)
    weak = set_by(link, "12345")
    assert weak.status_code == 422
    assert "too short" in text(weak)
    mistyped = set_by(link, NEW, NEW + "!")
    assert "The two are not the same" in text(mistyped)
    assert Event.objects.filter(kind="person.password_reset").count() == 0


def test_the_limit_of_attempts_is_lifted_by_a_new_password(ana: User) -> None:
    for _ in range(5):
        accounts.sign_in(accounts.browser(), ana, "wrong")
    set_by(accounts.link_for(ana))
    assert accounts.sign_in(accounts.browser(), ana, NEW).status_code == 302


def test_changing_it_takes_the_present_one_and_keeps_only_this_session(ana: User) -> None:
    here, there = accounts.at_desk(ana), accounts.at_desk(ana)
    typed = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    refused = here.post("/profile/password/", typed)
    assert refused.status_code == 422
    assert "not your present password" in text(refused)
    done = here.post("/profile/password/", typed | {"oldpassword": accounts.PASSWORD})
    assert done.headers["Location"] == "/profile/"
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302
    event = Event.objects.filter(kind="person.password_changed").latest("id")
    assert (event.actor_id, event.outcome) == (str(ana.pk), "done")


def test_people_are_told_by_mail_what_was_done_to_their_account(ana: User) -> None:
    tasks.send_notice(ana.pk, "password_changed")
    assert mail.outbox[0].subject == "The password of your account was changed"
    assert "at once" in mail.outbox[0].body


@override_settings(PUBLIC_URL="https://desk.example.com")
def test_links_lead_to_the_public_address(ana: User) -> None:
    accounts.link_for(ana)
    assert "https://desk.example.com/sign-in/new-password/" in mail.outbox[0].body


def test_nobody_gets_a_link_without_being_active_or_having_an_address() -> None:
    person = people.add_person(by=factories.TESTER, username="bo", display_name="Bo")
    tasks.send_link(person.pk, "password_link")
    assert mail.outbox == []
