"""Payments are written down once and never edited; a mistaken one is turned by another."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from audit.standing import Stale, standing_of
from finance.models import InvoicePayment
from finance.roles import FinanceRefused
from finance.services import invoices, payments
from tests import factories
from tests.finance import billed
from tests.finance.books import Books, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


def test_a_payment_is_recorded_as_it_came_in(books: Books) -> None:
    invoice = billed.invoice(books)

    made = payments.record_payment(invoice=invoice, paid=billed.paid(), by=books.by)

    assert (made.amount, made.currency, made.instrument) == (billed.WHOLE, "USD", "DE.. 3000")
    event = Event.objects.get(kind="invoice.paid")
    assert (event.subject_id, event.actor_label) == (str(invoice.pk), str(books.accountant))
    assert InvoicePayment.history.filter(event_id=event.pk).count() == 1


def test_the_same_key_is_paid_once(books: Books) -> None:
    invoice = billed.invoice(books)

    assert billed.pay(invoice, key="psp/1") == billed.pay(invoice, key="psp/1")
    assert Event.objects.filter(kind="invoice.paid").count() == 1


def test_the_same_key_with_another_amount_is_refused(books: Books) -> None:
    invoice = billed.invoice(books)
    billed.pay(invoice, key="psp/1")

    with pytest.raises(FinanceRefused, match="The key psp/1 stands for another payment, of INV-1"):
        billed.pay(invoice, "1.00", key="psp/1")


def test_payments_without_a_key_get_one_each(books: Books) -> None:
    invoice = billed.invoice(books)

    billed.pay(invoice, "1.00")
    billed.pay(invoice, "1.00")

    assert InvoicePayment.objects.values("key").distinct().count() == 2


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"amount": "0"}, "The amount must be more than zero."),
    "below zero": ({"amount": "-5"}, "The amount must be more than zero."),
    "too many places": ({"amount": "0.001"}, "USD has at most 2 decimal places"),
    "another kind": ({"kind": "shells"}, "“shells” is none of card, bank_transfer, direct_debit"),
    "a card": ({"instrument": "4242424242424242"}, "That is a whole card number."),
    "an IBAN": ({"instrument": "DE89370400440532013000"}, "That is a whole IBAN."),
    "an IBAN in the reference": ({"reference": "DE89370400440532013000"}, "That is a whole IBAN."),
    "a long instrument": ({"instrument": "x" * 61}, "An instrument has at most 60 characters"),
    "a long key": ({"key": "x" * 101}, "reference and key at most 100."),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_payment_that_cannot_be_is_refused_in_words(books: Books, name: str) -> None:
    facts, sentence = WRONG[name]
    invoice = billed.invoice(books)

    with pytest.raises(FinanceRefused) as refused:
        billed.pay(invoice, **facts)

    assert sentence in str(refused.value)
    assert not InvoicePayment.objects.exists()


def test_a_payment_of_tomorrow_is_refused(books: Books) -> None:
    with pytest.raises(FinanceRefused, match=r"is still to come\. Record the payment once"):
        billed.pay(billed.invoice(books), paid_on=books.entity.today() + timedelta(days=1))


def test_a_void_invoice_takes_no_payment(books: Books) -> None:
    invoice = billed.invoice(books)
    invoices.void(invoice=invoice, by=books.by, reason="Twice.")

    with pytest.raises(FinanceRefused, match=r"INV-1 is void\. Find the invoice that the money is"):
        billed.pay(invoice)


@pytest.mark.parametrize("role", ["agent", "lead", "executive", "treasurer", "auditor"])
def test_only_who_keeps_invoices_records_and_reverses(books: Books, role: str) -> None:
    by = factories.actor(factories.person(role, books.entity))
    invoice = billed.invoice(books)
    made = billed.pay(invoice)

    with pytest.raises(FinanceRefused, match="Recording payments of"):
        payments.record_payment(invoice=invoice, paid=billed.paid(), by=by)
    with pytest.raises(FinanceRefused, match="Recording payments of"):
        payments.reverse_payment(payment=made, by=by, reason="x")


def test_a_mistaken_payment_is_turned_once(books: Books) -> None:
    made = billed.pay(billed.invoice(books))

    turned = payments.reverse_payment(payment=made, by=books.by, reason="Another customer's.")

    assert (turned.amount, turned.reverses) == (Decimal("-25000.00"), made)
    with pytest.raises(FinanceRefused, match="That payment is reversed already"):
        payments.reverse_payment(payment=made, by=books.by, reason="Again.")
    with pytest.raises(FinanceRefused, match="That is a reversal itself"):
        payments.reverse_payment(payment=turned, by=books.by, reason="Back.")


def test_an_invoice_whose_payments_are_turned_may_be_void(books: Books) -> None:
    invoice = billed.invoice(books)
    payments.reverse_payment(payment=billed.pay(invoice), by=books.by, reason="Not theirs.")

    invoices.void(invoice=invoice, by=books.by, reason="Twice.")

    assert invoice.history.latest().status == "void"


def test_a_payment_is_refused_where_the_page_showed_the_invoice_otherwise(books: Books) -> None:
    invoice = billed.invoice(books)
    seen = standing_of(invoice)
    made = billed.pay(invoice, "1.00")

    with pytest.raises(Stale):
        payments.record_payment(invoice=invoice, paid=billed.paid(), by=books.by, seen=seen)
    with pytest.raises(Stale):
        payments.reverse_payment(payment=made, by=books.by, reason="x", seen=seen)
