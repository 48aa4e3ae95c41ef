"""What a recording says when things go wrong around it, and whose trail a change stands in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.signals import connection_created

from audit import checks, roles, triggers
from audit.models import Event
from audit.recording import Refusal, record, recording
from audit.unwritten import written_afterwards
from requests_app.models import Customer, Message, SupportRequest
from tests import factories


@pytest.mark.usefixtures("own_database")
def test_what_a_callback_raises_after_the_commit_undoes_and_denies_nothing() -> None:
    customer = Customer(entity=factories.entity(), name="Kept")

    def fail() -> None:
        raise RuntimeError("the mail server is away")

    with (
        pytest.raises(RuntimeError),
        recording("customer.added", by=factories.TESTER, subject=customer),
    ):
        customer.save()
        transaction.on_commit(fail)
    assert customer.pk is not None
    outcomes = Event.objects.filter(kind="customer.added").values_list("outcome", flat=True)
    assert list(outcomes) == ["done"]


@pytest.mark.usefixtures("own_database")
def test_an_event_that_another_transaction_committed_meanwhile_is_no_event_of_this_one() -> None:
    """It is newer than this transaction's beginning, so only the transaction's number tells."""
    support_request = factories.support_request()
    other = connection.copy()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            with other.cursor() as elsewhere:
                elsewhere.execute("SELECT audit_open('x', actor_label => 'Ana')")
                foreign = elsewhere.fetchone()[0]
            cursor.execute("SELECT set_config('audit.event', %s, true)", [str(foreign)])
            with pytest.raises(IntegrityError, match="unrecorded change"):
                SupportRequest.objects.filter(pk=support_request.pk).update(priority="low")
            transaction.set_rollback(True)
    finally:
        other.close()


@pytest.mark.django_db
def test_bytes_that_the_database_cannot_hold_are_recorded_by_a_sign() -> None:
    record(
        "request.list_searched", by=factories.TESTER, reason="a\x00b",
        detail={"query": ["\x00", {"x\x00": 1}]}, outcome="denied",
    )  # fmt: skip
    event = Event.objects.latest("id")
    assert event.reason == "a␀b"
    assert event.detail == {"query": ["␀", {"x␀": 1}]}


@pytest.mark.django_db
def test_a_nested_refusal_names_the_event_that_its_outer_act_now_has() -> None:
    support_request = factories.support_request()
    with (
        pytest.raises(Refusal),
        recording("request.closed", by=factories.TESTER, subject=support_request),
        recording("request.resolved", by=factories.TESTER, subject=support_request),
    ):
        raise Refusal("Not now.")
    outer, inner = Event.objects.of_support_request(support_request.pk).order_by("id")[1:]
    assert (outer.kind, inner.kind) == ("request.closed", "request.resolved")
    assert {outer.outcome, inner.outcome} == {"denied"}
    assert (inner.cause_kind, inner.cause_id) == ("event", str(outer.pk))


@pytest.mark.django_db
def test_a_new_entity_is_the_entity_of_its_first_event() -> None:
    entity = factories.entity()
    assert Event.objects.get(kind="entity.added", subject_id=str(entity.pk)).entity_id == entity.pk


@pytest.fixture
def two() -> tuple[SupportRequest, SupportRequest]:
    return factories.support_request(), factories.support_request()


@pytest.mark.django_db
def test_a_change_under_an_event_without_subject_stands_in_the_trail_of_its_request(
    two: tuple[SupportRequest, SupportRequest],
) -> None:
    with recording("record.changed", by=factories.TESTER, reason="Sale ended") as opened:
        SupportRequest.objects.filter(pk__in=[each.pk for each in two]).update(category="Sale")
    for each in two:
        event = Event.objects.of_support_request(each.pk).latest("id")
        assert (event.kind, event.reason, event.actor_label) == (
            "record.changed", "Sale ended", factories.TESTER.label,
        )  # fmt: skip
        assert (event.cause_kind, event.cause_id) == ("event", str(opened.id))
        assert event.entity_id == each.entity_id
        assert each.history.latest().event_id == event.pk


@pytest.mark.django_db
def test_a_change_under_another_requests_event_stands_in_both_trails(
    two: tuple[SupportRequest, SupportRequest],
) -> None:
    first, second = two
    with recording("record.changed", by=factories.TESTER, subject=first) as opened:
        SupportRequest.objects.filter(pk=second.pk).update(category="Moved")
        SupportRequest.objects.filter(pk=second.pk).update(priority="low")
        SupportRequest.objects.filter(pk=first.pk).update(category="Moved")
    assert first.history.latest().event_id == opened.id
    own = Event.objects.of_support_request(second.pk).filter(cause_id=str(opened.id))
    assert [version.event_id for version in second.history.all()[:2]] == [own.get().pk] * 2


@pytest.mark.django_db
def test_a_part_without_an_entity_stands_in_the_trail_of_its_requests_entity(
    two: tuple[SupportRequest, SupportRequest],
) -> None:
    first, second = two
    with recording("record.changed", by=factories.TESTER, subject=first):
        Message.objects.create(support_request=second, kind="note", body="n", author_label="Ana")
    event = Event.objects.of_support_request(second.pk).latest("id")
    assert (event.kind, event.entity_id) == ("record.changed", second.entity_id)


@pytest.mark.django_db
def test_an_event_of_an_act_that_was_not_done_carries_no_change(
    two: tuple[SupportRequest, SupportRequest],
) -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="unrecorded change"):
        cursor.execute(
            "SELECT audit_open('request.viewed', outcome => 'denied', actor_label => 'Ana')"
        )
        SupportRequest.objects.filter(pk=two[0].pk).update(category="Hidden")


@pytest.mark.django_db
def test_such_an_event_carries_none_either_when_it_is_put_in_force_by_hand(
    two: tuple[SupportRequest, SupportRequest],
) -> None:
    event_id = record("request.viewed", by=factories.TESTER, outcome="denied")
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="unrecorded change"):
        cursor.execute("SELECT set_config('audit.event', %s, true)", [str(event_id)])
        SupportRequest.objects.filter(pk=two[0].pk).update(category="Hidden")


@pytest.mark.usefixtures("own_database")
def test_the_owner_is_outside_though_the_session_calls_itself_casetrail() -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('application_name')")
        assert cursor.fetchone()[0].startswith("casetrail")
        cursor.execute("SELECT audit_open('x', 'Ana', actor_kind => 'user', actor_id => '1')")
        event = Event.objects.get(pk=cursor.fetchone()[0])
    assert (event.actor_kind, event.actor_id, event.channel) == ("outside", "", "sql")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("call", "constraint"),
    [
        ("audit_open('')", "event_has_a_kind"),
        ("audit_open('x', outcome => 'rubbish')", "event_outcome_is_known"),
        ("audit_open('x', actor_kind => '')", "event_has_an_actor"),
        ("audit_open('x', channel => '')", "event_has_a_channel"),
    ],
)
def test_an_event_that_says_nothing_is_refused(call: str, constraint: str) -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=constraint):
        cursor.execute(f"SELECT {call}")


@pytest.mark.django_db
def test_an_actor_who_gives_no_name_has_the_name_of_the_database_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_open('x')")
        event = Event.objects.get(pk=cursor.fetchone()[0])
    assert event.actor_label == roles.app_role()


@pytest.mark.django_db
def test_a_value_of_the_wrong_kind_is_refused_and_leaves_nothing() -> None:
    before = Event.objects.count()
    with connection.cursor() as cursor, pytest.raises(DataError), transaction.atomic():
        cursor.execute("SELECT audit_open('x', address => 'nowhere')")
    assert Event.objects.count() == before


@pytest.mark.usefixtures("own_database")
def test_an_earlier_release_of_a_function_goes_when_the_new_one_comes() -> None:
    with roles.as_owner():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION public.audit_open(text, integer) RETURNS bigint"
                " LANGUAGE sql AS 'SELECT 1::bigint'"
            )
        with transaction.atomic():
            triggers.install(connection)
        assert checks.problems(connection) == []


@pytest.mark.usefixtures("own_database")
def test_version_tables_of_models_that_are_gone_stay_read_only() -> None:
    with roles.as_owner():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE requests_app_historicalgone (id bigint)")
            cursor.execute("SELECT public.audit_guard('requests_app_historicalgone')")
            cursor.execute(f"GRANT INSERT ON requests_app_historicalgone TO {roles.app_role()}")
        assert any("historicalgone" in problem for problem in checks.problems(connection))
        triggers.grant(connection)
        assert checks.problems(connection) == []


@pytest.mark.django_db
def test_the_numbers_of_events_are_not_the_applications_to_take() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_sequence_privilege(%s, 'audit_event_id_seq', 'USAGE')", [roles.app_role()]
        )
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_what_is_recorded_at_once_needs_its_reason_too() -> None:
    with pytest.raises(Refusal, match="needs a reason"):
        record("request.reopened", by=factories.TESTER)


class Sessions:
    """How many sessions with the database were opened meanwhile."""

    def __init__(self) -> None:
        self.count = 0

    def opened(self, **_: Any) -> None:
        self.count += 1


@pytest.fixture
def opening(own_database: str) -> Iterator[Sessions]:
    connection.ensure_connection()
    found = Sessions()
    connection_created.connect(found.opened)
    yield found
    connection_created.disconnect(found.opened)


def refused(reason: str) -> None:
    with recording("request.viewed", by=factories.TESTER, detail={"asked": reason}):
        raise Refusal(reason)


def test_a_refusal_within_a_longer_transaction_needs_no_second_session(opening: Sessions) -> None:
    with pytest.raises(Refusal), written_afterwards(), transaction.atomic():
        refused("Not now.")
    event = Event.objects.get()
    assert (event.outcome, event.detail["refusal"]) == ("denied", "Not now.")
    assert opening.count == 0


def test_without_a_block_that_waits_it_is_written_past_the_transaction(opening: Sessions) -> None:
    with pytest.raises(Refusal), transaction.atomic():
        refused("Not now.")
    assert Event.objects.get().outcome == "denied"
    assert opening.count == 1


def test_refusals_of_blocks_within_blocks_are_written_by_the_outermost(opening: Sessions) -> None:
    with written_afterwards(), transaction.atomic():
        for reason in ("First.", "Second."):
            with suppress(Refusal), written_afterwards(), transaction.atomic():
                refused(reason)
        assert not Event.objects.exists()
    told = [event.detail["refusal"] for event in Event.objects.order_by("pk")]
    assert told == ["First.", "Second."]
    assert opening.count == 0


@pytest.mark.usefixtures("own_database")
def test_a_refusal_is_written_also_where_the_block_ends_with_another_error() -> None:
    with pytest.raises(ZeroDivisionError), written_afterwards(), transaction.atomic():
        with suppress(Refusal):
            refused("Not now.")
        raise ZeroDivisionError
    assert Event.objects.get().outcome == "denied"
