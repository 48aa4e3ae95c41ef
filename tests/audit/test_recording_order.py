"""recording(): events come in the order of locks, and name the key a new row will have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.actors import Actor
from audit.models import Event
from audit.recording import Refusal, recording
from requests_app import people
from requests_app.models import User
from tests import factories
from tests.audit.acts import CHANGED, in_thread, person_of, rename
from tests.recorder_models.models import EveryField, Parent


def test_a_locked_subject_is_reloaded_before_the_block(ana: Actor, parent: Parent) -> None:
    stale = Parent.objects.get(pk=parent.pk)
    with recording(CHANGED, by=ana):
        rename(parent, "meanwhile")

    with recording(CHANGED, by=ana, subject=stale, locked=True) as opened:
        assert stale.name == "meanwhile"

    assert Event.objects.get(pk=opened.id).subject_label == "meanwhile"


def test_events_of_one_subject_come_in_the_order_of_its_locks(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    ids: dict[str, int] = {}

    def second() -> None:
        mine = Parent.objects.get(pk=parent.pk)
        with recording(CHANGED, by=ben, subject=mine, locked=True) as opened:
            ids["second"] = opened.id
            Parent.objects.filter(pk=parent.pk).update(note=f"after {mine.name}")

    waiting = in_thread(second)
    with recording(CHANGED, by=ana, subject=parent, locked=True) as opened:
        ids["first"] = opened.id
        waiting.start()
        wait_for_a_lock()
        rename(parent, "first")
    waiting.join()

    assert ids["first"] < ids["second"]
    assert Parent.objects.get(pk=parent.pk).note == "after first"


def save(parent: Parent) -> None:
    parent.note = "after it"
    parent.save()


def save_over_it(parent: Parent) -> None:
    twin = Parent(pk=parent.pk, name=parent.name, note="after it")
    twin._history_user = parent._history_user
    twin.save()


def delete(parent: Parent) -> None:
    parent.delete()


@pytest.mark.parametrize("act", [save, save_over_it, delete])
def test_events_of_plain_writes_come_in_the_order_of_their_locks(
    act: Callable[[Parent], None], ana: Actor, ben: Actor, parent: Parent
) -> None:
    def second() -> None:
        mine = Parent.objects.get(pk=parent.pk)
        mine._history_user = person_of(ben)
        act(mine)

    waiting = in_thread(second)
    with transaction.atomic():
        Parent.objects.select_for_update().get(pk=parent.pk)
        waiting.start()
        wait_for_a_lock()
        with recording(CHANGED, by=ana):
            rename(parent, "first")
    waiting.join()

    versions = Parent.history.filter(id=parent.pk).order_by("history_id").select_related("event")
    assert [version.event.actor_label for version in versions][1:] == [ana.label, ben.label]
    assert versions[1].event_id < versions[2].event_id


def test_a_plain_save_costs_the_lock_and_one_statement(ana: Actor, parent: Parent) -> None:
    parent.name, parent._history_user = "renamed", person_of(ana)

    with CaptureQueriesContext(connection) as captured:
        parent.save()

    sent = [query["sql"] for query in captured if Parent._meta.db_table in query["sql"]]
    assert ["FOR UPDATE" in statement for statement in sent] == [True, False]


def test_a_hash_is_not_renewed_over_a_password_that_was_changed_meanwhile(
    committed: str, ana: Actor
) -> None:
    person, as_signed_in = person_of(ana), person_of(ana)

    def sign_in() -> None:
        people.renew_password_hash(as_signed_in, "correct horse")

    waiting = in_thread(sign_in)
    with recording("person.password_changed", by=ana, subject=person, locked=True):
        waiting.start()
        wait_for_a_lock()
        person.set_password("battery staple")
        person.save(update_fields=["password"])
    waiting.join()

    assert User.objects.get(pk=person.pk).check_password("battery staple")
    about = Event.objects.about("requests_app.user", str(person.pk))
    assert not about.filter(kind="person.password_rehashed").exists()


# What it waits for is another transaction, which names no database; what it holds does.
WAITS = """
SELECT pg_sleep(0.01), EXISTS (
    SELECT FROM pg_locks AS awaited JOIN pg_locks AS held USING (pid)
    JOIN pg_database ON oid = held.database AND datname = current_database()
    WHERE NOT awaited.granted)
"""


def wait_for_a_lock() -> None:
    """Until another session of this database waits for a row."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
            if cursor.fetchone()[1]:
                return
    pytest.fail("nobody waited for the lock")


def test_a_new_subject_gets_the_key_its_event_names(ana: Actor) -> None:
    new = Parent(name="new")

    with recording(CHANGED, by=ana, subject=new) as opened:
        new.save()

    assert Event.objects.get(pk=opened.id).subject_id == str(new.pk)
    assert Parent.objects.get(pk=new.pk).name == "new"
    assert new.history.get().history_type == "+"


def test_a_new_subject_is_inserted_in_one_statement(
    ana: Actor, django_assert_num_queries: Any
) -> None:
    new = Parent(name="new")

    with recording(CHANGED, by=ana, subject=new), django_assert_num_queries(1):
        new.save()


def test_a_new_support_request_is_the_root_of_its_own_trail(committed: str) -> None:
    request = factories.support_request()

    event = Event.objects.get(kind="request.opened", subject_id=str(request.pk))
    assert event.support_request_id == request.pk


@pytest.mark.parametrize("error", [Refusal, RuntimeError])
def test_after_a_failure_a_new_subject_is_new_again(error: type[Exception], ana: Actor) -> None:
    new = Parent(name="new")
    with pytest.raises(error), recording(CHANGED, by=ana, subject=new):
        new.save()
        raise error("no")

    assert new.pk is None
    with recording(CHANGED, by=ana, subject=new):
        new.save()
    assert new.history.count() == 1


def test_a_subject_with_a_key_of_its_own_keeps_it(ana: Actor) -> None:
    new = EveryField(token="7a0b3b1e-54d1-4a39-8f14-0f6f4a3f9a3e")

    with recording(CHANGED, by=ana, subject=new) as opened:
        new.save()

    assert Event.objects.get(pk=opened.id).subject_id == str(new.pk)
