"""recording(): whose event a write carries, and what is left of acts that did not succeed.

Commits are real here, so that what must survive a rollback has one to survive.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit import actors, kinds
from audit.actors import Actor, Cause, Origin
from audit.models import Event
from audit.recording import ReasonMissing, Refusal, record, recording
from requests_app import services
from requests_app.models import SupportRequest
from tests import factories
from tests.audit.acts import CHANGED, rename, who_wrote
from tests.audit.witness import outcome
from tests.recorder_models.models import Child, Parent, ParentProxy


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


@pytest.mark.parametrize("kind", ["rule", "key", "job", "import"])
def test_the_cause_of_an_act_is_kept_with_its_version(kind: str, ana: Actor) -> None:
    cause = Cause(kind, "c1", f"The {kind}", "2026.3")
    by = ana.caused_by(cause)

    with recording(CHANGED, by=by) as opened:
        looked = record("parent.viewed", by=by)
    with pytest.raises(Refusal), recording(CHANGED, by=by):
        raise Refusal("no")

    causes = Event.objects.filter(pk__gte=opened.id).values_list(
        "outcome", "cause_kind", "cause_id", "cause_label", "cause_version"
    )
    kept = (kind, "c1", f"The {kind}", "2026.3")
    assert list(causes) == [("done", *kept), ("done", *kept), ("denied", *kept)]
    assert looked > opened.id


def test_a_job_is_its_own_cause_with_its_number_and_version(committed: str) -> None:
    record("parent.viewed", by=actors.job("sweep", 41, "7"))

    event = Event.objects.latest("id")
    assert (event.actor_kind, event.actor_id, event.channel) == ("job", "sweep", "job")
    assert (event.cause_kind, event.cause_id) == ("job", "41")
    assert (event.cause_label, event.cause_version) == ("sweep", "7")


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
        (ana.label, "failed"),
        (ben.label, "denied"),
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
