"""recording(): whose event a write carries, and what is left of acts that did not succeed.

Commits are real here, so that what must survive a rollback has one to survive.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone
from simple_history.middleware import HistoryRequestMiddleware

from audit import actors, kinds
from audit.actors import Actor, Cause, Origin
from audit.models import Event
from audit.recording import ReasonMissing, Refusal, current, record, recording
from requests_app import services
from requests_app.models import SupportRequest, User
from tests import factories
from tests.audit.witness import outcome
from tests.recorder_models.models import Child, EveryField, Parent, ParentProxy

CHANGED = "parent.changed"


@pytest.fixture
def parent(committed: str) -> Parent:
    with recording(CHANGED, by=factories.TESTER):
        return Parent.objects.create(name="as it was")


def rename(parent: Parent, name: str) -> None:
    Parent.objects.filter(pk=parent.pk).update(name=name)


def who_wrote(parent: Parent) -> list[tuple[str, str]]:
    """Names the row took, oldest first, each with the actor it is credited to."""
    versions = parent.history.order_by("history_id").select_related("event")[1:]
    return [(version.name, version.event.actor_label) for version in versions]


# Nesting


def test_a_nested_act_names_the_act_that_led_to_it(ana: Actor, parent: Parent) -> None:
    with recording(CHANGED, by=ana) as outer, recording("parent.viewed", by=ana) as inner:
        looked = record("parent.viewed", by=ana)

    caused = Event.objects.get(pk=inner.id)
    assert (caused.cause_kind, caused.cause_id) == ("event", str(outer.id))
    assert caused.cause_label == CHANGED
    assert Event.objects.get(pk=looked).cause_id == str(inner.id)
    assert Event.objects.get(pk=outer.id).cause_kind == ""


def test_a_nested_act_keeps_the_cause_it_brings(ana: Actor) -> None:
    rule = ana.caused_by(Cause("rule", "r1", "Escalate after a day", "3"))

    with recording(CHANGED, by=ana), recording(CHANGED, by=rule) as inner:
        pass

    event = Event.objects.get(pk=inner.id)
    assert (event.cause_kind, event.cause_id, event.cause_version) == ("rule", "r1", "3")
    assert event.cause_label == "Escalate after a day"


def test_writes_around_a_nested_recording_belong_to_the_outer_one(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    with recording(CHANGED, by=ana):
        rename(parent, "before")
        with recording(CHANGED, by=ben):
            rename(parent, "inside")
        rename(parent, "after")

    assert who_wrote(parent) == [
        ("before", ana.label),
        ("inside", ben.label),
        ("after", ana.label),
    ]


@pytest.mark.parametrize("error", [RuntimeError, Refusal, DatabaseError])
def test_writes_after_a_nested_recording_that_raised_belong_to_the_outer_one(
    error: type[Exception], ana: Actor, ben: Actor, parent: Parent
) -> None:
    with recording(CHANGED, by=ana):
        with pytest.raises(error), recording(CHANGED, by=ben):
            rename(parent, "inside")
            raise error("no")
        rename(parent, "after")

    assert who_wrote(parent) == [("after", ana.label)]


def test_writes_after_a_savepoint_that_was_rolled_back_belong_to_the_outer_one(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    with recording(CHANGED, by=ana):
        with pytest.raises(RuntimeError), transaction.atomic():
            with recording(CHANGED, by=ben):
                rename(parent, "inside")
            raise RuntimeError
        rename(parent, "after")

    assert who_wrote(parent) == [("after", ana.label)]


def test_a_savepoint_released_in_between_changes_nothing(ana: Actor, parent: Parent) -> None:
    with recording(CHANGED, by=ana):
        with transaction.atomic():
            rename(parent, "in a savepoint")
        rename(parent, "after")

    assert who_wrote(parent) == [("in a savepoint", ana.label), ("after", ana.label)]


def test_an_error_of_the_database_inside_is_the_error_that_is_raised(
    ana: Actor, parent: Parent
) -> None:
    with (
        transaction.atomic(),
        pytest.raises(IntegrityError, match="recorder_models_parent"),
        recording(CHANGED, by=ana),
        transaction.atomic(savepoint=False),
    ):
        Parent(pk=parent.pk, name="twice").save(force_insert=True)


@pytest.mark.parametrize("leave", ["success", "refusal", "error", "discard"])
def test_after_the_last_recording_of_a_transaction_writes_are_refused(
    leave: str, ana: Actor, parent: Parent
) -> None:
    def act() -> None:
        with transaction.atomic():
            try:
                with recording(CHANGED, by=ana) as event:
                    leave_by(leave, event)
            except (Refusal, RuntimeError):
                pass
            rename(parent, "after")

    assert outcome(act).is_refused()


def leave_by(way: str, event: Any) -> None:
    if way == "discard":
        event.discard()
    if way != "success":
        raise {"refusal": Refusal, "error": RuntimeError}[way](way)


# Discarded, denied, failed


def test_a_discarded_act_leaves_nothing(ana: Actor, parent: Parent) -> None:
    def act() -> None:
        with recording(CHANGED, by=ana) as event:
            rename(parent, "written and taken back")
            event.discard()

    assert outcome(act).is_nothing()


def test_discarding_the_outer_act_from_inside_a_nested_one_discards_both(
    ana: Actor, parent: Parent
) -> None:
    def act() -> None:
        with recording(CHANGED, by=ana) as outer:
            rename(parent, "outer")
            with recording(CHANGED, by=ana):
                outer.discard()

    assert outcome(act).is_nothing()


def test_a_refusal_is_recorded_as_denied_with_what_was_said(ana: Actor, parent: Parent) -> None:
    def act() -> None:
        with recording(CHANGED, by=ana, subject=parent, reason="Because", detail={"step": 2}):
            rename(parent, "written and taken back")
            raise Refusal("Ask a lead first.")

    found = outcome(act)

    assert isinstance(found.error, Refusal)
    assert found.changes == []
    [event] = found.events
    assert (event["outcome"], event["kind"], event["reason"]) == ("denied", CHANGED, "Because")
    assert event["detail"] == {"step": 2, "refusal": "Ask a lead first."}
    assert (event["actor_id"], event["subject_id"]) == (ana.id, str(parent.pk))


def test_an_error_is_recorded_as_failed_without_its_values(ana: Actor, parent: Parent) -> None:
    def act() -> None:
        with recording(CHANGED, by=ana, subject=parent):
            raise ValueError("card 4111 1111 1111 1111")

    found = outcome(act)

    [event] = found.events
    assert (event["outcome"], event["detail"]) == ("failed", {"error": "ValueError"})


def test_what_fails_only_at_the_commit_is_recorded_as_failed(ana: Actor) -> None:
    def act() -> None:
        with recording(CHANGED, by=ana):
            Child.objects.create(parent_id=-1, name="of nobody")

    found = outcome(act)

    assert isinstance(found.error, IntegrityError)
    assert [event["outcome"] for event in found.events] == ["failed"]


@pytest.mark.parametrize("is_rolled_back", [True, False])
@pytest.mark.parametrize("error", [Refusal, RuntimeError])
def test_it_survives_an_enclosing_transaction(
    error: type[Exception], is_rolled_back: bool, ana: Actor, parent: Parent
) -> None:
    def act() -> None:
        with transaction.atomic():
            with pytest.raises(error), recording(CHANGED, by=ana):
                raise error("no")
            if is_rolled_back:
                raise RuntimeError

    found = outcome(act)

    expected = "denied" if error is Refusal else "failed"
    assert [event["outcome"] for event in found.events] == [expected]
    assert connection.alias == "default"


def test_it_survives_the_rollback_of_the_outer_act_which_is_recorded_too(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    def act() -> None:
        with recording(CHANGED, by=ana):
            with pytest.raises(Refusal), recording(CHANGED, by=ben):
                raise Refusal("Not you.")
            raise RuntimeError

    found = outcome(act)

    assert [(event["actor_label"], event["outcome"]) for event in found.events] == [
        (ben.label, "denied"),
        (ana.label, "failed"),
    ]


def test_a_recorded_denial_survives_the_rollback_around_it(ana: Actor, parent: Parent) -> None:
    def act() -> None:
        with transaction.atomic():
            record("parent.viewed", by=ana, subject=parent, outcome="denied")
            raise RuntimeError

    assert [event["outcome"] for event in outcome(act).events] == ["denied"]


def test_the_record_of_a_failure_cannot_carry_a_later_write(ana: Actor, parent: Parent) -> None:
    def act() -> None:
        with pytest.raises(Refusal), recording(CHANGED, by=ana):
            raise Refusal("no")
        rename(parent, "after")

    found = outcome(act)

    assert isinstance(found.error, IntegrityError)
    assert found.changes == []


def test_a_kind_that_needs_a_reason_is_denied_without_one(ana: Actor, parent: Parent) -> None:
    def act() -> None:
        with recording("parent.explained", by=ana, subject=parent, reason="  "):
            rename(parent, "never")

    found = outcome(act)

    assert isinstance(found.error, ReasonMissing)
    assert str(found.error) == "Say why: “Parent explained” needs a reason."
    assert [event["outcome"] for event in found.events] == ["denied"]


def test_a_kind_nobody_registered_cannot_be_written(ana: Actor) -> None:
    def act() -> None:
        with recording("parent.misspelt", by=ana):
            pass

    found = outcome(act)

    assert isinstance(found.error, kinds.UnknownKind)
    assert found.events == []


# What an event says


def test_an_event_holds_who_when_why_and_from_where(ana: Actor, parent: Parent) -> None:
    origin = Origin("web", "2001:db8::7", "Browser/1", "abcd", "password", "c0ffee")
    by = Actor("user", ana.id, ana.label, "Agent", "9", "Carla", origin=origin)
    claimed = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    before = timezone.now()

    with recording(CHANGED, by=by, subject=parent, reason="Why", occurred_at=claimed) as opened:
        pass

    event = Event.objects.get(pk=opened.id)
    assert (event.kind, event.outcome, event.reason) == (CHANGED, "done", "Why")
    assert (event.actor_kind, event.actor_id, event.actor_label) == ("user", ana.id, ana.label)
    assert (event.actor_role, event.on_behalf_of_id) == ("Agent", "9")
    assert event.on_behalf_of_label == "Carla"
    assert (event.channel, event.address, event.user_agent) == ("web", "2001:db8::7", "Browser/1")
    assert (event.session, event.sign_in_method) == ("abcd", "password")
    assert event.correlation_id == "c0ffee"
    assert event.occurred_at == claimed
    assert abs(event.recorded_at - before) < timedelta(seconds=30)
    assert (event.subject_type, event.subject_id) == ("recorder_models.parent", str(parent.pk))
    assert event.subject_label == "as it was"
    assert len(event.salt) == 32


def test_a_proxy_is_recorded_as_the_model_it_stands_for(ana: Actor, parent: Parent) -> None:
    proxy = ParentProxy.objects.get(pk=parent.pk)

    with recording(CHANGED, by=ana, subject=proxy) as opened:
        pass

    assert Event.objects.get(pk=opened.id).subject_type == "recorder_models.parent"


# Locks and keys


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


def in_thread(act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    return threading.Thread(target=run)


def wait_for_a_lock() -> None:
    """Until another session of this database waits for a row."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01), EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
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


# Plain saves where the person is known


def person_of(actor: Actor) -> User:
    return User.objects.get(pk=actor.id)


def test_a_plain_save_by_a_known_person_opens_its_own_event(ana: Actor, parent: Parent) -> None:
    parent.name = "plain"
    parent._history_user = person_of(ana)
    parent._change_reason = "It was misspelt"

    found = outcome(parent.save)

    assert found.is_recorded(by=ana)
    [event] = found.events
    assert (event["kind"], event["reason"]) == ("record.changed", "It was misspelt")
    assert event["subject_id"] == str(parent.pk)


def test_a_plain_insertion_and_a_plain_deletion_do_so_too(ana: Actor) -> None:
    new = Parent(name="new")
    new._history_user = person_of(ana)

    created, deleted = outcome(new.save), outcome(new.delete)

    assert created.is_recorded(by=ana)
    assert deleted.is_recorded(by=ana)
    assert [event["kind"] for event in created.events] == ["record.created"]
    assert [event["kind"] for event in deleted.events] == ["record.deleted"]


def test_a_plain_save_in_a_request_carries_its_person_and_origin(
    ana: Actor, parent: Parent
) -> None:
    request = RequestFactory().get("/requests/", REMOTE_ADDR="192.0.2.9", HTTP_USER_AGENT="B/2")
    request.user = person_of(ana)
    request.correlation_id = "c0ffee"
    parent.name = "in a request"

    found = outcome(lambda: HistoryRequestMiddleware(lambda _: parent.save())(request))

    assert found.is_recorded(by=ana)
    [event] = found.events
    assert (event["channel"], event["address"]) == ("web", "192.0.2.9")
    assert (event["user_agent"], event["correlation_id"]) == ("B/2", "c0ffee")


def test_a_plain_save_of_nobody_is_refused(parent: Parent) -> None:
    parent.name = "by nobody"

    assert outcome(parent.save).is_refused()


def test_a_plain_save_whose_person_is_set_to_none_is_refused(parent: Parent) -> None:
    parent._history_user = None
    parent.name = "by nobody"

    assert outcome(parent.save).is_refused()


def test_a_plain_save_inside_a_recording_belongs_to_the_recording(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    parent._history_user = person_of(ben)
    parent.name = "by whom"

    def act() -> None:
        with recording(CHANGED, by=ana):
            parent.save()

    found = outcome(act)

    assert found.is_recorded(by=ana)
    assert len(found.events) == 1


def test_two_plain_saves_in_one_transaction_are_two_events(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    with transaction.atomic():
        for actor in (ana, ben):
            parent.name = actor.label
            parent._history_user = person_of(actor)
            parent.save()

    assert who_wrote(parent) == [(ana.label, ana.label), (ben.label, ben.label)]


def test_a_plain_save_that_fails_is_recorded_as_failed(ana: Actor, parent: Parent) -> None:
    twin = Parent(pk=parent.pk, name="twin")
    twin._history_user = person_of(ana)

    found = outcome(lambda: twin.save(force_insert=True))

    assert isinstance(found.error, IntegrityError)
    assert [(event["outcome"], event["actor_id"]) for event in found.events] == [("failed", ana.id)]


# Threads, and contexts that outlive a recording


def test_a_thread_with_a_copied_context_is_not_inside_the_recording(
    ana: Actor, parent: Parent
) -> None:
    seen: list[object] = []

    def beside() -> None:
        seen.append(current())
        try:
            rename(parent, "beside")
        except IntegrityError as refused:
            seen.append(str(refused))

    with recording(CHANGED, by=ana):
        context = contextvars.copy_context()
        thread = in_thread(lambda: context.run(beside))
        thread.start()
        thread.join()

    assert seen[0] is None
    assert "unrecorded change" in str(seen[1])
    assert who_wrote(parent) == []


def test_a_threads_own_recording_is_credited_to_its_own_actor(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    def beside() -> None:
        with recording(CHANGED, by=ben):
            rename(parent, "beside")

    with recording(CHANGED, by=ana) as outer:
        context = contextvars.copy_context()
        thread = in_thread(lambda: context.run(beside))
        thread.start()
        thread.join()
        outer_id = outer.id

    assert who_wrote(parent) == [("beside", ben.label)]
    assert not Event.objects.filter(cause_id=str(outer_id)).exists()


def test_a_context_that_outlives_a_recording_is_not_inside_it(
    ana: Actor, ben: Actor, parent: Parent
) -> None:
    with recording(CHANGED, by=ana):
        context = contextvars.copy_context()
    parent._history_user = person_of(ben)
    parent.name = "later"

    def later() -> None:
        with transaction.atomic():
            assert current() is None
            parent.save()

    found = outcome(lambda: context.run(later))

    assert found.is_recorded(by=ben)
    assert [event["cause_kind"] for event in found.events] == [""]


def test_a_refusal_in_a_context_that_outlives_a_recording_is_not_lost(
    ana: Actor, ben: Actor
) -> None:
    with recording(CHANGED, by=ana):
        context = contextvars.copy_context()

    def later() -> None:
        with transaction.atomic(), recording(CHANGED, by=ben):
            raise Refusal("no")

    found = outcome(lambda: context.run(later))

    assert [event["outcome"] for event in found.events] == ["denied"]


def test_people_who_act_at_once_are_never_mistaken_for_each_other(
    committed: str, parent: Parent
) -> None:
    people = [actors.user(factories.person()) for _ in range(4)]

    def write(actor: Actor) -> None:
        for number in range(15):
            with recording(CHANGED, by=actor):
                rename(parent, f"{actor.label} {number}")

    threads = [in_thread(lambda actor=actor: write(actor)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    written = who_wrote(parent)
    assert len(written) == 60
    assert all(name.rpartition(" ")[0] == label for name, label in written)


def test_a_denied_verb_of_a_service_is_recorded_and_undone(committed: str) -> None:
    request = factories.support_request()
    stranger = actors.user(factories.person())

    found = outcome(lambda: services.take(support_request=request, by=stranger))

    assert isinstance(found.error, services.RequestRefused)
    assert found.changes == []
    [event] = found.events
    assert (event["kind"], event["outcome"]) == ("request.taken", "denied")
    assert event["support_request_id"] == request.pk
    assert SupportRequest.objects.get(pk=request.pk).assignee_id is None
