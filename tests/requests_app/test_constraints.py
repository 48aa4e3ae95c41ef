"""What must never be false is a constraint of the database: each refuses a bad row by its name,
also one that no form and no service has seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models
from django.utils import timezone

from audit.recording import recording
from requests_app.models import (
    Approval,
    Attachment,
    Customer,
    CustomerAddress,
    Entity,
    NumberSeries,
    RawIntake,
    RoleGrant,
    SupportRequest,
    User,
)
from tests import factories

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Rows:
    """What a row may refer to."""

    entity: Entity
    person: User
    request: SupportRequest


@pytest.fixture
def rows() -> Rows:
    entity = factories.entity()
    return Rows(entity, factories.person(), factories.support_request(entity=entity))


Make = Callable[..., models.Model]


def request(rows: Rows, **values: Any) -> models.Model:
    return SupportRequest.objects.create(
        entity=rows.entity, number=f"{rows.request.number}-2", channel="mail", subject="x", **values
    )


def attachment(rows: Rows, *, size: int = 1, sha256: str = "0" * 64) -> models.Model:
    return Attachment.objects.create(
        support_request=rows.request, author_label="x", name="x", content_type="text/plain",
        size=size, sha256=sha256, storage_key=f"key {size} {sha256}", verdict="not_scanned",
    )  # fmt: skip


def imported_twice(rows: Rows, *, source_number: str) -> models.Model:
    common = {"entity": rows.entity, "channel": "import", "subject": "x", "source": "log"}
    for number in ("first", "second"):
        made = SupportRequest.objects.create(number=number, source_number=source_number, **common)
    return made


def intake(rows: Rows, **values: Any) -> models.Model:
    made = RawIntake.of(b"what was delivered", "text/plain", rows.entity)
    for name, value in values.items():
        setattr(made, name, value)
    made.save()
    return made


def grant(rows: Rows, **values: Any) -> models.Model:
    return RoleGrant.objects.create(
        person=rows.person, entity=rows.entity, role="agent", starts_on=date(2026, 3, 2), **values
    )


def approval(rows: Rows, *, by: bool = False, at: bool = False, decision: str) -> models.Model:
    return Approval.objects.create(
        entity=rows.entity, support_request=rows.request, required_role="lead", amount=5,
        currency="USD", content_hash="0" * 64, decision=decision,
        approver=rows.person if by else None, decided_at=timezone.now() if at else None,
    )  # fmt: skip


def series(rows: Rows, *, years: tuple[int, ...]) -> models.Model:
    for year in years:
        made = NumberSeries.objects.create(entity=rows.entity, series="Z", year=year)
    return made


def merged_into_itself(rows: Rows) -> models.Model:
    made = Customer.objects.create(entity=rows.entity, name="x")
    made.merged_into = made
    made.save()
    return made


def addresses(rows: Rows, *, values: tuple[str, ...]) -> models.Model:
    customer = Customer.objects.create(entity=rows.entity, name="x")
    for value in values:
        made = CustomerAddress.objects.create(
            entity=rows.entity, customer=customer, kind="email", value=value
        )
    return made


BAD: list[tuple[str, Make, dict[str, Any]]] = [
    ("claimed_amount_is_positive", request, {"claimed_amount": 0, "claimed_currency": "USD"}),
    ("claimed_amount_is_positive", request, {"claimed_amount": -1, "claimed_currency": "USD"}),
    ("claimed_amount_has_currency", request, {"claimed_amount": 5}),
    ("support_request_once_per_source", imported_twice, {"source_number": "INC1"}),
    ("raw_intake_hash_is_of_its_content", intake, {"sha256": "0" * 64}),
    ("raw_intake_hash_is_of_its_content", intake, {"content": b"what was delivered."}),
    ("attachment_is_not_empty", attachment, {"size": 0}),
    ("attachment_has_a_hash", attachment, {"sha256": "A" * 64}),
    ("role_grant_ends_after_start", grant, {"ends_on": date(2026, 3, 1)}),
    ("approval_decided_has_person_and_time", approval, {"decision": "approved"}),
    ("approval_decided_has_person_and_time", approval, {"decision": "rejected", "by": True}),
    ("approval_decided_has_person_and_time", approval, {"decision": "returned", "at": True}),
    ("approval_decided_has_person_and_time", approval, {"decision": "pending", "by": True}),
    ("approval_decided_has_person_and_time", approval, {"decision": "pending", "at": True}),
    ("number_series_once_per_year", series, {"years": (2026, 2026)}),
    ("customer_is_not_merged_into_itself", merged_into_itself, {}),
    ("customer_address_in_use_once", addresses, {"values": ("a@x.example", "A@x.example")}),
    ("customer_address_is_not_empty", addresses, {"values": ("",)}),
]
GOOD: list[tuple[Make, dict[str, Any]]] = [
    (attachment, {}),
    (request, {"claimed_amount": "0.0001", "claimed_currency": "USD"}),
    (request, {}),
    (imported_twice, {"source_number": ""}),
    (intake, {}),
    (grant, {"ends_on": date(2026, 3, 2)}),
    (grant, {}),
    (approval, {"decision": "pending"}),
    (approval, {"decision": "approved", "by": True, "at": True}),
    (series, {"years": (2026, 2027)}),
    (addresses, {"values": ("a@x.example", "b@x.example")}),
]


@pytest.mark.parametrize(("name", "make", "values"), BAD)
def test_a_bad_row_is_refused_by_the_constraint_of_this_name(
    name: str, make: Make, values: dict[str, Any], rows: Rows
) -> None:
    with (
        pytest.raises(IntegrityError, match=name),
        recording("request.updated", by=factories.TESTER),
    ):
        make(rows, **values)


@pytest.mark.parametrize(("make", "values"), GOOD)
def test_a_row_at_the_edge_of_what_is_right_is_accepted(
    make: Make, values: dict[str, Any], rows: Rows
) -> None:
    with recording("request.updated", by=factories.TESTER):
        assert make(rows, **values).pk


def test_every_constraint_of_these_models_is_tried() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("requests_app").get_models()
        for constraint in model._meta.constraints
    }
    assert named == {name for name, _, _ in BAD}
