"""Events that open by themselves: plain saves where the person is known, refused elsewhere; and
that neither a thread nor a copied context credits another person."""

from __future__ import annotations

import contextvars

from django.db import IntegrityError, transaction
from django.test import RequestFactory
from simple_history.middleware import HistoryRequestMiddleware

from audit import actors
from audit.actors import Actor
from audit.models import Event
from audit.recording import Refusal, current, recording
from requests_app.models import Message
from tests import factories
from tests.audit.acts import CHANGED, in_thread, person_of, rename, who_wrote
from tests.audit.witness import outcome
from tests.recorder_models.models import Parent


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


def test_a_plain_save_over_a_row_that_is_there_is_recorded_as_its_change(
    ana: Actor, parent: Parent
) -> None:
    over = Parent(pk=parent.pk, name="over it")
    over._history_user = person_of(ana)

    found = outcome(over.save)

    assert found.is_recorded(by=ana)
    assert [event["kind"] for event in found.events] == ["record.changed"]


def test_a_plain_save_of_a_row_that_is_gone_is_recorded_as_its_creation(
    ana: Actor, parent: Parent
) -> None:
    with recording(CHANGED, by=ana):
        Parent.objects.filter(pk=parent.pk).delete()
    parent._history_user = person_of(ana)

    found = outcome(parent.save)

    assert found.is_recorded(by=ana)
    assert [event["kind"] for event in found.events] == ["record.created"]


def test_a_plain_save_of_some_fields_of_a_row_that_is_gone_fails_as_a_change(
    ana: Actor, parent: Parent
) -> None:
    with recording(CHANGED, by=ana):
        Parent.objects.filter(pk=parent.pk).delete()
    parent._history_user = person_of(ana)

    found = outcome(lambda: parent.save(update_fields=["name"]))

    assert found.is_refused()
    assert [event["kind"] for event in found.events] == ["record.changed"]


def test_a_plain_save_keeps_what_the_instance_holds(ana: Actor, parent: Parent) -> None:
    parent.note = "in memory only"
    parent.name = "saved"
    parent._history_user = person_of(ana)

    parent.save(update_fields=["name"])

    assert parent.note == "in memory only"
    assert Parent.objects.get(pk=parent.pk).name == "saved"


def test_a_plain_insertion_into_a_table_that_is_never_updated_opens_its_own_event(
    ana: Actor,
) -> None:
    request = factories.support_request()
    message = Message(pk=5_000_000, support_request=request, kind="note", body="Kept")
    message._history_user = person_of(ana)

    found = outcome(lambda: message.save(force_insert=True))

    assert found.is_recorded(by=ana)


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
    [event] = found.events
    assert (event["kind"], event["outcome"]) == ("record.created", "failed")
    assert event["actor_id"] == ana.id


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
