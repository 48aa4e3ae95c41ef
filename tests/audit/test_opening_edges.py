"""What may stand between an event and the first statement of its block, and takes nothing away."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import DataError, IntegrityError, connection, models, transaction
from psycopg import sql
from psycopg.rows import dict_row

from audit import triggers
from audit.actors import Actor, Cause
from audit.models import Event
from audit.recording import Refusal, record, recording
from requests_app.models import Customer, NumberSeries, SupportRequest
from tests import factories
from tests.audit import sessions, ways

OTHER = Actor("command", "other", "somebody else")
RULE = Actor("rule", "r", "rule r", cause=Cause("rule", "1", "rule r"))


@pytest.fixture
def customer(db: None) -> Customer:
    return factories.customer()


@pytest.fixture
def unsaved(db: None) -> Customer:
    return Customer(entity=factories.entity(), name="New")


def newest() -> Event:
    return Event.objects.latest("id")


def rename(customer: Customer) -> None:
    customer.name = "Renamed"
    customer.save()


@pytest.mark.usefixtures("own_database")
def test_asking_for_the_id_after_a_refusal_opens_nothing() -> None:
    customer = factories.customer()
    before = newest().pk
    with transaction.atomic():
        with (
            pytest.raises(Refusal),
            recording("record.changed", by=factories.TESTER, subject=customer) as event,
        ):
            raise Refusal("no")
        assert event.id == 0 or not Event.objects.filter(pk=event.id, outcome="done").exists()
        with pytest.raises(IntegrityError, match="unrecorded change"), transaction.atomic():
            Customer.objects.update(name="outside any recording")
    outcomes = Event.objects.filter(pk__gt=before).values_list("outcome", flat=True)
    assert list(outcomes) == ["denied"]


def test_asking_for_the_id_after_a_discard_opens_nothing(customer: Customer) -> None:
    before = newest().pk
    with recording("record.changed", by=factories.TESTER, subject=customer) as event:
        event.discard()
    assert event.id == 0
    assert newest().pk == before


def insert_sibling(instance: Customer) -> None:
    Customer(entity=instance.entity, name="Sibling").save()


def take_a_number(_: Customer) -> None:
    ways.run("SELECT nextval(pg_get_serial_sequence('requests_app_customer', 'id'))")


def record_about(instance: Customer) -> None:
    record("record.changed", by=factories.TESTER, subject=instance)


def nest(instance: Customer) -> None:
    with recording("record.changed", by=factories.TESTER, subject=instance):
        pass


@pytest.mark.parametrize("act", [insert_sibling, take_a_number, record_about, nest, str])
def test_a_handler_before_the_insertion_never_parts_the_event_from_its_row(
    act: Callable[[Customer], object], unsaved: Customer
) -> None:
    acted: list[Customer] = []

    def handle(instance: Customer, **_: Any) -> None:
        if instance is unsaved and not acted:
            acted.append(instance)
            act(instance)

    models.signals.pre_save.connect(handle, sender=Customer)
    try:
        with recording("customer.added", by=factories.TESTER, subject=unsaved) as event:
            unsaved.save()
    finally:
        models.signals.pre_save.disconnect(handle, sender=Customer)
    assert acted
    assert Event.objects.get(pk=event.id).subject_id == str(unsaved.pk)
    assert unsaved.history.get().event_id == event.id
    assert not Event.objects.filter(subject_id__contains="object at").exists()


def test_a_row_saved_anew_without_its_key_agrees_with_its_event(customer: Customer) -> None:
    first = customer.pk
    customer.pk = None
    with recording("customer.added", by=factories.TESTER, subject=customer):
        customer.save()
    assert customer.pk != first
    assert newest().subject_id == str(customer.pk)


def test_a_new_subject_without_versions_agrees_with_its_event(db: None) -> None:
    series = NumberSeries(entity=factories.entity(), series="Z", year=2099)
    with recording("record.changed", by=factories.TESTER, subject=series):
        series.save()
    assert newest().subject_id == str(NumberSeries.objects.get(year=2099).pk)


def test_a_first_statement_that_could_not_be_sent_leaves_the_event(customer: Customer) -> None:
    with recording("record.changed", by=factories.TESTER, subject=customer) as event:
        with pytest.raises((DataError, ValueError)):
            Customer.objects.filter(name="\x00").first()
        rename(customer)
    assert customer.history.latest().event_id == event.id


def test_a_composed_first_statement_is_recorded(customer: Customer) -> None:
    table = sql.Identifier("requests_app_customer")
    for number, arguments in enumerate([[], None]):
        statement = sql.SQL("UPDATE {} SET name = {}").format(table, sql.Literal(f"n{number}"))
        with (
            recording("record.changed", by=factories.TESTER) as event,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, arguments)
        assert customer.history.latest().event_id == event.id


def test_the_id_is_read_whatever_rows_the_caller_asks_for(customer: Customer) -> None:
    with recording("record.changed", by=factories.TESTER) as event, connection.cursor() as cursor:
        cursor.cursor.row_factory = dict_row
        cursor.execute("SELECT id FROM requests_app_customer WHERE id = %s", [customer.pk])
        assert cursor.fetchall() == [{"id": customer.pk}]
    assert event.id == newest().pk


def test_a_recording_inside_a_pipeline_opens_before_it(customer: Customer) -> None:
    with recording("record.changed", by=factories.TESTER, subject=customer) as event:
        assert connection.connection is not None
        with connection.connection.pipeline():
            Customer.objects.filter(pk=customer.pk).update(name="In a pipeline")
    assert customer.history.latest().event_id == event.id


def test_an_inner_event_of_the_same_new_subject_knows_its_key(unsaved: Customer) -> None:
    with (
        recording("customer.added", by=RULE, subject=unsaved),
        recording("record.changed", by=RULE, subject=unsaved) as inner,
    ):
        unsaved.save()
    assert Event.objects.get(pk=inner.id).subject_id == str(unsaved.pk)


def test_a_change_is_never_credited_to_another_act_that_is_over(db: None) -> None:
    support_request = factories.support_request()
    with recording("record.changed", by=factories.TESTER, reason="outer"):
        with recording("request.viewed", by=OTHER, subject=support_request):
            pass
        SupportRequest.objects.filter(pk=support_request.pk).update(subject="By the outer one")
    event = support_request.history.latest().event
    assert (event.kind, event.actor_label) == ("record.changed", factories.TESTER.label)


def test_an_error_that_was_swallowed_is_no_success(customer: Customer) -> None:
    before = newest().pk

    def swallow() -> None:
        with (
            recording("record.changed", by=factories.TESTER, subject=customer),
            suppress(IntegrityError),
        ):
            Customer(pk=customer.pk, entity=customer.entity, name="x").save(force_insert=True)

    with pytest.raises(transaction.TransactionManagementError, match="without a savepoint"):
        swallow()
    assert [event.outcome for event in Event.objects.filter(pk__gt=before)] == ["failed"]


def test_facts_are_those_of_the_blocks_beginning(db: None) -> None:
    ids: list[int] = []
    with recording("record.changed", by=factories.TESTER, detail={"ids": ids}):
        ids.append(1)
    assert newest().detail == {"ids": []}


def test_a_text_that_is_not_there_is_empty(db: None) -> None:
    with recording("record.changed", by=factories.TESTER, reason=None):  # type: ignore[arg-type]
        pass
    assert newest().reason == ""


@pytest.mark.usefixtures("own_database")
def test_copy_in_a_transaction_that_has_an_event_already_goes_to_its_own() -> None:
    customer = factories.customer()
    with transaction.atomic():
        ways.run("SELECT audit_open('x.y', 'by hand')")
        with recording("record.changed", by=OTHER) as event:
            ways.copy_customer(customer)
    assert Customer.objects.get(name="Copied").history.get().event_id == event.id


@pytest.mark.usefixtures("own_database")
def test_copy_in_a_context_of_its_own_is_never_credited_to_the_outer_person() -> None:
    customer = factories.customer()

    def act() -> int:
        with recording("record.changed", by=OTHER) as event:
            ways.copy_customer(customer)
        return event.id

    with recording("record.changed", by=factories.TESTER, subject=customer):
        customer.save()
        own = contextvars.Context().run(act)
    assert Customer.objects.get(name="Copied").history.get().event_id == own


@pytest.mark.usefixtures("own_database")
def test_a_recording_in_a_transaction_begun_by_hand_ends_with_its_block() -> None:
    customer = factories.customer()
    connection.set_autocommit(False)
    try:
        with recording("record.changed", by=factories.TESTER, subject=customer):
            rename(customer)
        with pytest.raises(IntegrityError, match="unrecorded change"):
            Customer.objects.filter(pk=customer.pk).update(name="after it")
        connection.rollback()
    finally:
        connection.set_autocommit(True)


@pytest.mark.usefixtures("own_database")
def test_another_thread_that_asks_for_the_id_is_refused_and_opens_nothing() -> None:
    customer = factories.customer()
    errors: list[BaseException] = []
    with recording("record.changed", by=factories.TESTER, subject=customer) as event:

        def ask() -> None:
            try:
                assert event.id
            except Exception as error:
                errors.append(error)

        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=[ask])
        thread.start()
        thread.join()
        rename(customer)
    assert "thread" in str(errors[0])
    assert customer.history.latest().event_id == event.id


@pytest.mark.usefixtures("own_database")
def test_the_numbers_of_the_trail_are_not_to_be_taken_through_the_opening(
    own_database: str,
) -> None:
    said = ["x.y", "done", *[""] * 3, None, None, "user", "1", "A", *[""] * 7, "web", None]
    said += [*[""] * 5, None, "{}", "t", f"public.{triggers.EVENT_TABLE}", "id", ""]
    with (
        sessions.open("app", own_database) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="may not insert into"),
    ):
        session.execute("SELECT audit_open_listed(%s::text[])", [said])
