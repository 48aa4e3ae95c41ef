"""What can be done to the books by a form, as tests/acts_by_role.py tells it of the desk."""

from __future__ import annotations

import base64
from collections.abc import Callable

from audit.recording import recording
from finance.models import Account, Invoice, InvoicePayment, Period
from finance.services import invoices, payments
from requests_app.models import Customer, Role
from tests.acts_by_role import WHY, Act, Sent, fixed
from tests.factories import TESTER
from tests.finance.books import DAY
from tests.world import World

POSTERS = frozenset({Role.ACCOUNTANT})
KEEPERS = frozenset({Role.ACCOUNTANT, Role.CONTROLLER})
DECIDERS = frozenset({Role.CONTROLLER, Role.EXECUTIVE})


def standing_at(status: str) -> Callable[[World], None]:
    """As somebody else has left it who asked."""

    def stand(here: World) -> None:
        period = Period.objects.get(pk=here.ids["period_id"])
        with recording("period.close_asked", by=TESTER, subject=period, reason="A test"):
            period.status, period.asked_by = status, here.people["auditor"]
            period.decided_by = here.people["lead"] if status == "closed" else None
            period.save(update_fields=["status", "asked_by", "decided_by"])

    return stand


def step(roles: frozenset[Role], status: str) -> Act:
    return Act(roles, fixed(**WHY), standing_at(status))


def entered(here: World) -> Sent:
    """An invoice of one line, as its form is filled in."""
    account = Account.objects.get(entity=here.entity, code="4000")
    customer = Customer.objects.get(pk=here.ids["customer_id"])
    return {
        "customer": customer.email, "number": "NEW-1", "currency": "USD",
        "issued_on": "2026-09-01", "due_on": "2026-10-01", "line-TOTAL_FORMS": "1",
        "line-INITIAL_FORMS": "0", "line-0-text": "Linen", "line-0-net": "5.00",
        "line-0-account": str(account.pk),
    }  # fmt: skip


def file_sent(here: World) -> Sent:
    invoice = Invoice.objects.get(pk=here.ids["invoice_id"])
    rows = "invoice,paid_on,currency,amount,kind,key\n"
    rows += f"{invoice.number},2026-09-15,USD,5.00,cash,from-a-file\n"
    content = base64.b64encode(rows.encode()).decode()
    return {"kind": "payments", "name": "payments.csv", "content": content}


def disputed(here: World) -> None:
    invoice = Invoice.objects.get(pk=here.ids["invoice_id"])
    invoices.dispute(invoice=invoice, by=TESTER, reason="Billed twice.")


def unpaid(here: World) -> None:
    payment = InvoicePayment.objects.get(pk=here.ids["payment_id"])
    payments.reverse_payment(payment=payment, by=TESTER, reason="Not theirs.")


PAID = {"paid_on": DAY.isoformat(), "amount": "5.00", "kind": "cash"}
DISPUTERS = KEEPERS | {Role.AGENT, Role.LEAD}
INVOICES = {
    "invoices:invoice-add": Act(KEEPERS, entered),
    "invoices:invoice-import": Act(KEEPERS, file_sent),
    "invoices:invoice-pay": Act(KEEPERS, fixed(**PAID)),
    "invoices:payment-reverse": Act(KEEPERS, fixed(**WHY)),
    "invoices:invoice-move dispute": Act(DISPUTERS, fixed(**WHY)),
    "invoices:invoice-move settle": Act(DISPUTERS, fixed(**WHY), disputed),
    "invoices:invoice-move void": Act(KEEPERS, fixed(**WHY), unpaid),
}
BOOKS = {
    "books:entry-reverse": Act(POSTERS, fixed(posting_date=DAY.isoformat(), **WHY)),
    "books:period-add": Act(KEEPERS, fixed(month="2026-10", **WHY)),
    "books:period-move ask-close": Act(KEEPERS, fixed(**WHY)),
    "books:period-move close": step(DECIDERS, "closing"),
    "books:period-move decline-close": step(DECIDERS, "closing"),
    "books:period-move ask-reopen": step(KEEPERS, "closed"),
    "books:period-move reopen": step(DECIDERS, "reopening"),
    "books:period-move decline-reopen": step(DECIDERS, "reopening"),
    "books:part-add": Act(KEEPERS, fixed(code="1999", name="New", kind="asset", **WHY)),
    "books:part-change": Act(KEEPERS, fixed(name="Renamed", is_postable="on", **WHY)),
    **INVOICES,
}
