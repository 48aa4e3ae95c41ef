"""Entities are kept apart: what a row refers to is of its own entity, by rule and by constraint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, models

from audit import checks
from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.models import Approval, Customer, SupportRequest
from tests import factories

WITH_ENTITY = """
SELECT conrelid::regclass::text, points.attname, confrelid::regclass::text, conname
  FROM pg_constraint
  JOIN pg_attribute AS points ON points.attrelid = conrelid AND points.attnum = conkey[1]
  JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = conkey[2]
  JOIN pg_attribute AS theirs ON theirs.attrelid = confrelid AND theirs.attnum = confkey[2]
 WHERE contype = 'f' AND cardinality(conkey) >= 2 AND convalidated
   AND own.attname = 'entity_id' AND theirs.attname = 'entity_id'
"""


def references_with_entity() -> dict[tuple[str, str, str], str]:
    """(table, column, table it points to) of each foreign key that holds the entity, too."""
    with connection.cursor() as cursor:
        cursor.execute(WITH_ENTITY)
        return {(source, column, target): name for source, column, target, name in cursor}


def has_entity(model: Any) -> bool:
    return any(field.attname == "entity_id" for field in model._meta.concrete_fields)


def expected() -> set[tuple[str, str, str]]:
    """The foreign keys from one versioned model of an entity to another, as the models say."""
    return {
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models()
        if hasattr(model, "_versioned") and has_entity(model)
        for field in model._meta.concrete_fields
        if field.is_relation and has_entity(field.related_model)
    }


@pytest.fixture
def ours() -> SupportRequest:
    return factories.support_request()


@pytest.fixture
def theirs() -> SupportRequest:
    entity = factories.entity()
    return factories.support_request(entity=entity, customer=factories.customer(entity=entity))


@pytest.mark.django_db
def test_every_reference_between_rows_of_entities_holds_the_entity_too() -> None:
    assert set(references_with_entity()) == expected()


@pytest.mark.django_db
def test_opening_a_request_for_a_customer_of_another_entity_is_refused(
    theirs: SupportRequest,
) -> None:
    entity = factories.entity()

    with pytest.raises(services.RequestRefused) as refused:
        factories.support_request(entity=entity, customer=theirs.customer)

    assert str(refused.value) == (
        f"This customer belongs to another entity. Choose one of {entity.code}, or add them there."
    )
    event = Event.objects.latest("id")
    assert (event.kind, event.outcome, event.entity_id) == ("request.opened", "denied", entity.pk)


def duplicate(ours: SupportRequest, theirs: SupportRequest) -> models.Model | int:
    return SupportRequest.objects.filter(pk=ours.pk).update(duplicate_of=theirs)


def change_customer(ours: SupportRequest, theirs: SupportRequest) -> models.Model | int:
    return SupportRequest.objects.filter(pk=ours.pk).update(customer=theirs.customer)


def insert(ours: SupportRequest, theirs: SupportRequest) -> models.Model | int:
    return SupportRequest.objects.create(
        entity=ours.entity, number="X-1", channel="mail", subject="x", customer=theirs.customer
    )


def change_original(ours: SupportRequest, theirs: SupportRequest) -> models.Model | int:
    return SupportRequest.objects.filter(pk=ours.pk).update(intake=theirs.intake)


def approve(ours: SupportRequest, theirs: SupportRequest) -> models.Model | int:
    return Approval.objects.create(
        entity=ours.entity, support_request=theirs, required_role="lead", amount=5,
        currency="USD", content_hash="0" * 64,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "act"), [
    ("support_request_customer_is_of_its_entity", insert),
    ("support_request_customer_is_of_its_entity", change_customer),
    ("support_request_original_is_of_its_entity", change_original),
    ("support_request_duplicates_one_of_its_entity", duplicate),
    ("approval_is_of_its_requests_entity", approve),
])  # fmt: skip
def test_a_row_that_refers_to_one_of_another_entity_is_refused_by_the_constraint_of_this_name(
    name: str,
    act: Callable[[SupportRequest, SupportRequest], object],
    ours: SupportRequest,
    theirs: SupportRequest,
) -> None:
    with (
        pytest.raises(IntegrityError, match=f'"{name}"'),
        recording("record.changed", by=factories.TESTER),
    ):
        act(ours, theirs)


@pytest.mark.django_db
def test_a_request_may_be_the_duplicate_of_another_of_its_entity(ours: SupportRequest) -> None:
    other = factories.support_request(entity=ours.entity)

    with recording("record.changed", by=factories.TESTER):
        duplicate(ours, other)

    assert SupportRequest.objects.get(pk=ours.pk).duplicate_of == other


@pytest.mark.django_db
def test_a_load_may_put_a_request_before_its_customer(ours: SupportRequest) -> None:
    later = Customer(pk=1_000_000, entity=ours.entity, name="Comes later")

    with recording("record.changed", by=factories.TESTER), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS support_request_customer_is_of_its_entity DEFERRED")
        SupportRequest.objects.filter(pk=ours.pk).update(customer=later)
        later.save(force_insert=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert SupportRequest.objects.get(pk=ours.pk).customer == later


@pytest.mark.slow
def test_the_migrations_can_be_undone_and_leave_the_recorder_as_it_was(own_database: str) -> None:
    factories.person()  # no more: what holds versions is not taken back

    call_command("migrate", "requests_app", "0010", verbosity=0)
    # Tables that later migrations made are gone; nothing else may differ.
    left = [told for told in checks.problems(connection) if not told.endswith(" is missing")]
    assert (references_with_entity(), left) == ({}, [])

    call_command("migrate", verbosity=0)
    assert set(references_with_entity()) == expected()
    assert checks.problems(connection) == []
