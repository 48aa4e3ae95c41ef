"""The adjustments log of a request: what it was granted, apart from what it claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audit import veils
from finance.models import FinancialAdjustment
from requests_app import currencies, logs
from requests_app.logs import Column, Log, Row
from requests_app.logs.events_of import first_and_last
from requests_app.models import SupportRequest


def register() -> None:
    logs.register(LOG)


def rows(
    support_request: SupportRequest, person: Any, after: int, limit: int | None
) -> Iterable[Row]:
    found = list(
        FinancialAdjustment.objects.filter(support_request_id=support_request.pk)
        .select_related("drafted_by").order_by("pk")
    )  # fmt: skip
    veils.cover(found, person)
    events = first_and_last(FinancialAdjustment, [adjustment.pk for adjustment in found])
    return [row_of(each, *events.get(each.pk, (None, None))) for each in found]


def row_of(adjustment: FinancialAdjustment, first: int | None, last: int | None) -> Row:
    scaled = currencies.at_scale(adjustment.amount, adjustment.currency)
    return {
        "id": adjustment.pk,
        "number": adjustment.number,
        "kind": adjustment.get_kind_display(),
        "status": adjustment.get_status_display(),
        "amount": f"{scaled:f}",
        "currency": adjustment.currency,
        "reason_code": adjustment.reason_code,
        "reason": adjustment.reason,
        "payee": adjustment.payee,
        "invoice_reference": adjustment.invoice_reference,
        "drafted_by": str(adjustment.drafted_by),
        "drafted_by_id": adjustment.drafted_by_id,
        "first_event": first,
        "last_event": last,
    }


LOG = Log(
    name="adjustments",
    title="Adjustments",
    about="Each refund, credit, write-off or correction: its amount, its reason, the invoice it "
    "adjusts, whom it pays, and the events that began it and changed it last.",
    columns=(
        Column("number", "Number", "code"), Column("kind", "Kind"), Column("status", "Status"),
        Column("amount", "Amount", "number"), Column("currency", "Currency"),
        Column("invoice_reference", "Invoice"), Column("payee", "Payee"),
        Column("reason_code", "Code", "code"), Column("reason", "Reason", "long"),
        Column("drafted_by", "Drafted by"), Column("first_event", "Drafted", "event"),
        Column("last_event", "Last change", "event"), Column("id"), Column("drafted_by_id"),
    ),
    rows=rows,
    none="No adjustment is recorded",
    hint="What the customer claims is no adjustment: money appears here when it is granted.",
)  # fmt: skip
