"""Invoices under real commits: the same payment and the same number at once, and the owner of the
database."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from finance.models import Invoice, InvoicePayment
from finance.roles import FinanceRefused
from finance.services import invoices
from tests import factories
from tests.audit import sessions
from tests.finance import billed
from tests.finance.books import Books, opened
from tests.finance.test_journal_commits import at_once

pytestmark = pytest.mark.usefixtures("own_database")
WORKERS = 6


@pytest.fixture
def books() -> Books:
    made = opened()
    assert made.accountant
    return made


def test_one_number_entered_many_times_at_once_stands_once(books: Books) -> None:
    customer = factories.customer(entity=books.entity)

    done = at_once(*[lambda: billed.invoice(books, customer=customer)] * WORKERS)

    assert sum(isinstance(each, FinanceRefused) for each in done) == WORKERS - 1
    assert Invoice.objects.count() == 1


def test_one_key_paid_many_times_at_once_is_paid_once(books: Books) -> None:
    invoice = billed.invoice(books)

    def pay() -> object:
        return billed.pay(Invoice.objects.get(pk=invoice.pk), key="psp/1")

    paid = at_once(*[pay] * WORKERS)

    assert len({each.pk for each in paid}) == 1  # type: ignore[attr-defined]
    assert InvoicePayment.objects.count() == 1


def test_an_invoice_is_either_paid_or_void(books: Books) -> None:
    """Whoever comes first: the other one is told."""
    invoice = billed.invoice(books)

    def void() -> object:
        own = Invoice.objects.get(pk=invoice.pk)
        return invoices.void(invoice=own, by=books.by, reason="Twice.")

    def pay() -> object:
        return billed.pay(Invoice.objects.get(pk=invoice.pk))

    done = at_once(void, pay)

    assert sum(isinstance(each, FinanceRefused) for each in done) == 1
    is_void = Invoice.objects.get().status == "void"
    assert is_void != InvoicePayment.objects.exists()


@pytest.mark.parametrize(("statement", "constraint"), [
    ("UPDATE finance_invoiceline SET net = 1", "invoice_is_never_changed"),
    ("DELETE FROM finance_invoiceline", "invoice_is_never_changed"),
    ("UPDATE finance_invoicepayment SET amount = 1", "invoice_is_never_changed"),
    ("DELETE FROM finance_invoicepayment", "invoice_is_never_changed"),
    ("UPDATE finance_invoice SET number = 'other'", "invoice_stays_as_issued"),
    ("UPDATE finance_invoice SET due_on = due_on + 30", "invoice_stays_as_issued"),
    ("DELETE FROM finance_invoice", "invoice_stays_as_issued"),
])  # fmt: skip
def test_even_the_owner_changes_nothing_that_was_issued_or_paid(
    books: Books, statement: str, constraint: str
) -> None:
    billed.headline(books)

    with (
        pytest.raises(psycopg.errors.CheckViolation) as refused,
        sessions.open("owner", connection.settings_dict["NAME"]) as session,
    ):
        session.execute(statement)

    assert refused.value.diag.constraint_name == constraint


def test_payments_below_zero_are_refused_where_the_first_guard_is_gone(books: Books) -> None:
    made = billed.pay(billed.invoice(books))
    copied = (
        "INSERT INTO finance_invoicepayment (invoice_id, entity_id, paid_on, currency, amount,"
        " kind, instrument, reference, key, reverses_id) SELECT invoice_id, entity_id, paid_on,"
        " currency, -amount - 1, kind, '', '', 'below', id FROM finance_invoicepayment"
    )

    with (
        pytest.raises(psycopg.errors.CheckViolation) as refused,
        sessions.open("owner", connection.settings_dict["NAME"]) as session,
        session.transaction(),
    ):
        session.execute("ALTER TABLE finance_invoicepayment DISABLE TRIGGER USER")
        session.execute("ALTER TABLE finance_invoicepayment ENABLE ALWAYS TRIGGER finance_paid")
        session.execute(copied)

    assert refused.value.diag.constraint_name == "invoice_payments_not_below_zero"
    assert made.amount == billed.WHOLE
