"""No adjustment of nothing or less, and none of another entity than its request's, stands in the
database, whoever writes it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError

from audit.recording import recording
from finance.models import FinancialAdjustment
from requests_app.models import Entity
from tests import factories

pytestmark = pytest.mark.django_db


def adjustment(amount: str, entity: Entity | None = None) -> FinancialAdjustment:
    request = factories.support_request()
    with recording("request.updated", by=factories.TESTER, subject=request):
        return FinancialAdjustment.objects.create(
            entity=entity or request.entity, support_request=request, number="A1", kind="refund",
            amount=Decimal(amount), currency="USD", reason_code="late", reason="It came late",
            drafted_by=factories.person(),
        )  # fmt: skip


@pytest.mark.parametrize("amount", ["0", "-0.0001", "-25"])
def test_an_amount_that_is_not_positive_is_refused(amount: str) -> None:
    with pytest.raises(IntegrityError, match="financial_adjustment_amount_is_positive"):
        adjustment(amount)


def test_the_smallest_amount_is_accepted() -> None:
    assert adjustment("0.0001").amount == Decimal("0.0001")


def test_an_adjustment_of_another_entity_than_its_request_is_refused() -> None:
    with pytest.raises(IntegrityError, match="financial_adjustment_is_of_its_requests_entity"):
        adjustment("5", factories.entity())


def test_every_constraint_of_money_is_tried() -> None:
    """By a test that names it: what nobody tries may not hold."""
    models = apps.get_app_config("finance").get_models()
    named = {constraint.name for model in models for constraint in model._meta.constraints}
    tried = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert not {name for name in named if name not in tried}
