"""Approvals and adjustments are found by days: of the decision, and of the first version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.recording import recording
from finance.models import FinancialAdjustment
from requests_app.models import Approval, Role
from tests import factories
from tests.audit.desk import Desk, as_role, new_desk
from tests.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def listed(desk: Desk, model: Any, query: str) -> set[int]:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    shown = as_role(desk, Role.AUDITOR).get(f"{address}?{query}")
    return {row.pk for row in shown.context_data["cl"].result_list}


def test_approvals_are_found_by_the_day_of_the_decision(desk: Desk) -> None:
    pending = Approval.objects.get()
    with recording("parent.changed", by=factories.TESTER, subject=desk.request):
        march, april = (
            Approval.objects.create(
                entity=desk.request.entity, support_request=desk.request, currency="USD", amount=5,
                required_role="lead", content_hash="0" * 64, step=step, decision="approved",
                approver=desk.people[Role.LEAD], decided_at=datetime(2026, *day, tzinfo=UTC),
            ).pk
            for step, day in ((2, (3, 31)), (3, (4, 1)))
        )  # fmt: skip

    assert listed(desk, Approval, "") == {pending.pk, march, april}
    assert listed(desk, Approval, "decided_at_until=2026-03-31") == {march}
    assert listed(desk, Approval, "decided_at_since=2026-04-01") == {april}


def test_adjustments_are_found_by_the_day_they_were_drafted(desk: Desk) -> None:
    adjustment = FinancialAdjustment.objects.get()
    today = timezone.localdate(adjustment.history.earliest().history_date)
    before = today - timedelta(days=1)

    assert listed(desk, FinancialAdjustment, f"drafted_at_since={today}") == {adjustment.pk}
    assert listed(desk, FinancialAdjustment, f"drafted_at_until={today}") == {adjustment.pk}
    assert listed(desk, FinancialAdjustment, f"drafted_at_until={before}") == set()
    assert listed(desk, FinancialAdjustment, f"status=closed&drafted_at_since={today}") == set()


def test_an_adjustment_that_was_changed_is_of_the_day_it_was_drafted(desk: Desk) -> None:
    adjustment = FinancialAdjustment.objects.get()
    with recording("parent.changed", by=factories.TESTER, subject=desk.request):
        adjustment.payee = "Somebody else"
        adjustment.save()
    first, second = adjustment.history.order_by("history_id")
    assert first.history_date < second.history_date

    shown = as_role(desk, Role.AUDITOR).get("/admin/finance/financialadjustment/")

    [row] = shown.context_data["cl"].result_list
    assert row.drafted_at == first.history_date


def test_the_lists_ask_for_the_days_and_keep_them(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    address = "/admin/finance/financialadjustment/"

    shown = client.get(f"{address}?drafted_at_since=2026-01-01&kind=refund")
    told = client.get(f"{address}?drafted_at_since=soon")

    page = shown.content.decode()
    assert "By drafted" in text(shown)
    assert '<input type="date" name="drafted_at_since" value="2026-01-01">' in page
    assert '<input type="hidden" name="kind" value="refund">' in page
    assert told.url.endswith("?e=1")
