"""When an event is opened: with the first statement of its block, in one message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from audit import opening
from audit.actors import Actor
from audit.models import Event
from audit.opening import KeyDiffers
from audit.recording import recording
from requests_app.models import Customer, Entity, SupportRequest
from tests import factories
from tests.audit import ways

pytestmark = pytest.mark.django_db


def opened(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if "audit_open_listed" in query["sql"]]


def newest() -> Event:
    return Event.objects.latest("id")


def test_a_change_and_its_event_are_one_message() -> None:
    support_request = factories.support_request()
    with (
        CaptureQueriesContext(connection) as queries,
        recording("request.updated", by=factories.TESTER, subject=support_request),
    ):
        support_request.save(update_fields=["subject"])
    [message] = opened(queries)
    assert "; UPDATE" in message


def test_a_new_row_and_its_event_are_one_message_and_agree_on_the_key() -> None:
    customer = Customer(entity=factories.entity(), name="Nadia Nowak")
    with (
        CaptureQueriesContext(connection) as queries,
        recording("customer.added", by=factories.TESTER, subject=customer),
    ):
        customer.save()
    [message] = opened(queries)
    assert "; INSERT" in message
    assert (newest().subject_id, newest().entity_id) == (str(customer.pk), customer.entity_id)
    assert customer.history.get().event_id == newest().pk


def test_a_new_entity_is_its_own_entity_in_its_event() -> None:
    entity = Entity(code="NEW", name="New Ltd", currency="EUR")
    with recording("entity.added", by=factories.TESTER, subject=entity):
        entity.save()
    assert (newest().subject_id, newest().entity_id) == (str(entity.pk), entity.pk)


def test_the_key_is_there_for_who_asks_before_saving() -> None:
    customer = Customer(entity=factories.entity(), name="Nadia Nowak")
    with recording("customer.added", by=factories.TESTER, subject=customer) as event:
        assert customer.pk is None
        assert Event.objects.get(pk=event.id).subject_id == str(customer.pk)
        reserved = customer.pk
        customer.save()
    assert Customer.objects.get(name="Nadia Nowak").pk == reserved


def test_a_query_before_the_insertion_takes_the_key_with_it() -> None:
    customer = Customer(entity=factories.entity(), name="Nadia Nowak")
    with recording("customer.added", by=factories.TESTER, subject=customer):
        Customer.objects.count()
        customer.save()
    assert newest().subject_id == str(customer.pk)


def test_a_save_that_a_handler_refuses_can_be_tried_again() -> None:
    customer = Customer(entity=factories.entity(), name="Nadia Nowak")

    def refuse(instance: Customer, **_: Any) -> None:
        raise ValidationError("not yet")

    models.signals.pre_save.connect(refuse, sender=Customer)
    try:
        with (
            pytest.raises(ValidationError),
            recording("customer.added", by=factories.TESTER, subject=customer),
        ):
            customer.save()
    finally:
        models.signals.pre_save.disconnect(refuse, sender=Customer)
    assert customer.pk is None
    assert (newest().kind, newest().outcome) == ("customer.added", "failed")
    with recording("customer.added", by=factories.TESTER, subject=customer):
        customer.save()
    assert newest().subject_id == str(customer.pk)


def test_a_block_without_a_statement_has_its_event() -> None:
    with recording("record.changed", by=factories.TESTER, reason="looked, left as it was"):
        pass
    assert newest().reason == "looked, left as it was"


def bare(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def many(customer: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE requests_app_customer SET name = %s WHERE id = %s",
            [("first", customer.pk), ("100 %", customer.pk)],
        )


def named(customer: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_customer SET name = %(name)s WHERE id = %(id)s",
            {"name": "100 %", "id": customer.pk},
        )


def streamed(customer: Customer) -> None:
    assert [row.pk for row in Customer.objects.filter(pk=customer.pk).iterator()] == [customer.pk]
    ways.run("UPDATE requests_app_customer SET name = '100 %%' WHERE id = %s", customer.pk)


@pytest.mark.parametrize(
    "act",
    [
        many,
        named,
        streamed,
        lambda customer: bare(
            f"UPDATE requests_app_customer SET name = '100 %' WHERE id = {customer.pk}"
        ),
    ],
    ids=["executemany", "named parameters", "streamed query", "no parameters"],
)
def test_any_kind_of_first_statement_is_recorded(act: Any) -> None:
    customer = factories.customer()
    with recording("record.changed", by=factories.TESTER, subject=customer) as event:
        act(customer)
    customer.refresh_from_db()
    assert customer.name == "100 %"
    assert customer.history.latest().event_id == event.id == newest().pk


def test_the_rows_of_a_first_query_come_back_whole() -> None:
    wanted = {factories.customer().pk for _ in range(3)}
    with recording("record.changed", by=factories.TESTER) as event:
        found = set(Customer.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    assert found == wanted
    assert event.id == newest().pk


def test_a_first_statement_that_fails_takes_the_event_with_it() -> None:
    customer = factories.customer()
    before = newest().pk
    with (
        pytest.raises(DataError),
        recording("record.changed", by=factories.TESTER, subject=customer),
    ):
        bare("SELECT 1 / 0")
    [event] = Event.objects.filter(pk__gt=before)
    assert (event.outcome, event.detail["error"]) == ("failed", "DataError")


def test_a_failure_caught_in_a_savepoint_leaves_the_event() -> None:
    customer = factories.customer()
    with recording("record.changed", by=factories.TESTER, subject=customer) as event:
        with pytest.raises(DataError), transaction.atomic():
            bare("SELECT 1 / 0")
        customer.name = "Written after"
        customer.save()
    assert customer.history.latest().event_id == event.id


def test_copy_as_the_first_statement_is_refused_with_what_to_do() -> None:
    customer = factories.customer()
    with (
        pytest.raises(psycopg.errors.CheckViolation) as refused,
        recording("record.changed", by=factories.TESTER),
    ):
        ways.copy_customer(customer)
    assert "Before COPY in a recording, ask for its id." in str(refused.value)
    assert not Customer.objects.filter(name="Copied").exists()


def test_copy_in_a_nested_recording_is_never_credited_to_the_outer_one() -> None:
    customer = factories.customer()
    other = Actor("command", "inner", "somebody else")
    with recording("record.changed", by=factories.TESTER, subject=customer):
        customer.save()
        with recording("record.changed", by=other) as inner:
            ways.copy_customer(customer)
    version = Customer.objects.get(name="Copied").history.get()
    assert version.event_id == inner.id
    assert version.event.actor_label == "somebody else"


def test_a_subject_inserted_in_bulk_must_have_its_key_first() -> None:
    customer = Customer(entity=factories.entity(), name="In bulk", reference="B-1")
    with (
        pytest.raises(KeyDiffers, match="ask for the recording's id first"),
        recording("customer.added", by=factories.TESTER, subject=customer),
    ):
        Customer.objects.bulk_create([customer])
    assert not Customer.objects.filter(name="In bulk").exists()

    with recording("customer.added", by=factories.TESTER, subject=customer) as event:
        assert event.id
        Customer.objects.bulk_create([customer])
    assert newest().subject_id == str(Customer.objects.get(name="In bulk").pk)


def test_what_hangs_on_a_new_request_stands_in_its_trail() -> None:
    support_request = factories.support_request()
    [first] = Event.objects.of_support_request(support_request.pk).filter(kind="request.opened")
    assert first.subject_id == str(support_request.pk)
    assert SupportRequest.objects.get(pk=support_request.pk).history.first().event_id == first.pk


HOSTILE = 'a "quoted" {brace}, comma; back\\slash \\" NULL \n ␀ \'x\' %s 🙂'


TEXTS = (
    "kind", "subject_type", "subject_id", "subject_label", "actor_kind", "actor_id", "actor_label",
    "actor_role", "on_behalf_of_id", "on_behalf_of_label", "cause_kind", "cause_id", "cause_label",
    "cause_version", "channel", "user_agent", "session", "sign_in_method", "reason",
    "correlation_id",
)  # fmt: skip


def test_every_fact_lands_in_its_own_column_whatever_it_holds() -> None:
    facts: dict[str, Any] = {name: f"{name} {HOSTILE}" for name in TEXTS} | {
        "outcome": "denied", "support_request_id": 17, "entity_id": 18, "address": "2001:db8::1",
        "occurred_at": datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC),
        "detail": {HOSTILE: [HOSTILE, None, 1.5, {"deep": True}]},
    }  # fmt: skip
    assert {*facts, "arm"} == set(opening.ARGUMENTS)
    event = Event.objects.get(pk=opening.open_event(facts | {"arm": False}, "default"))
    assert {name: getattr(event, name) for name in facts} == facts


def test_the_door_for_people_says_the_same_however_the_session_writes_dates() -> None:
    named = ", ".join(f"{name} => '{name}'" for name in TEXTS)
    bare("SET LOCAL DateStyle = 'German'; SET LOCAL TimeZone = 'America/New_York'")
    bare(
        f"SELECT audit_open({named}, support_request_id => 1, entity_id => 2, outcome => 'failed',"
        " address => '192.0.2.1', occurred_at => '2026-02-03 04:05:06.789+00',"
        """ detail => '{"a": [1]}', arm => false)"""
    )
    bare("SET LOCAL DateStyle = 'ISO'; SET LOCAL TimeZone = 'UTC'")
    event = newest()
    assert {name: getattr(event, name) for name in TEXTS} == {name: name for name in TEXTS}
    assert (event.support_request_id, event.entity_id, event.outcome) == (1, 2, "failed")
    assert (event.address, event.detail) == ("192.0.2.1", {"a": [1]})
    assert event.occurred_at == datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
