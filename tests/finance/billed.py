"""Invoices for tests, entered and paid through the services."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from audit.actors import Actor
from finance.models import Invoice, InvoicePayment
from finance.services import invoices, payments
from finance.services.invoices import Charge, Issued
from finance.services.payments import Paid
from requests_app.models import Customer
from tests import factories
from tests.finance.books import Books

ISSUED_ON, DUE_ON = date(2026, 9, 1), date(2026, 10, 1)
PAID_ON = date(2026, 9, 15)
WHOLE = Decimal("25000.00")


def issued(books: Books, customer: Customer | None = None, **facts: Any) -> Issued:
    given: dict[str, Any] = {
        "number": "INV-1", "currency": "USD", "issued_on": ISSUED_ON, "due_on": DUE_ON,
    }  # fmt: skip
    customer = customer or factories.customer(entity=books.entity)
    return Issued(books.entity, customer, **given | facts)


def charge(books: Books, net: str = "23148.15", **facts: Any) -> Charge:
    given: dict[str, Any] = {
        "text": "Linen contract", "account": books.accounts["4000"], "tax_code": books.tax,
        "cost_centre": books.centre,
    }  # fmt: skip
    return Charge(net=Decimal(net), **given | facts)


def invoice(books: Books, *charges: Charge, by: Actor = factories.TESTER, **facts: Any) -> Invoice:
    """The headline one, unless it is said otherwise: 23,148.15 and 8 % of tax, 25,000.00 in all."""
    return invoices.enter(issued(books, **facts), charges or (charge(books),), by=by)


def paid(amount: str = "25000.00", **facts: Any) -> Paid:
    given: dict[str, Any] = {
        "paid_on": PAID_ON, "kind": "bank_transfer", "instrument": "DE.. 3000",
    }  # fmt: skip
    return Paid(amount=Decimal(amount), **given | facts)


def pay(invoice: Invoice, amount: str = "25000.00", **facts: Any) -> InvoicePayment:
    return payments.record_payment(invoice=invoice, paid=paid(amount, **facts), by=factories.TESTER)


def headline(books: Books) -> Invoice:
    made = invoice(books)
    pay(made)
    return made
