"""The demo has a dozen invoices of each entity, and the one that the big refund is about."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from finance.models import Invoice
from requests_app.models import Entity, SupportRequest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_bills_whoever_complains(settings: Any) -> None:
    settings.LOCAL = True
    call_command("load_demo", stdout=StringIO())

    claim = SupportRequest.objects.get(claimed_amount=25_000)
    found = Invoice.objects.with_amounts().get(number=claim.invoice_reference)
    line: Any = found.lines.get()
    assert (found.customer_id, found.currency) == (claim.customer_id, "USD")
    assert (line.net, line.tax) == (Decimal("23148.15"), Decimal("1851.85"))
    assert (found.gross, found.paid) == (25_000, 25_000)  # type: ignore[attr-defined]
    for entity in Entity.objects.all():
        own = Invoice.objects.with_amounts().filter(entity=entity)
        assert own.count() == 12
        assert {"paid", "partially_paid", "disputed", "void", "issued"} <= set(
            own.values_list("state", flat=True)
        )
