"""What the database itself refuses of invoices, whoever writes and however."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, models

from audit.recording import recording
from finance.models import Invoice, InvoiceImport, InvoiceLine, InvoicePayment
from finance.services import invoices, payments
from tests import factories
from tests.finance import billed
from tests.finance.books import Books, opened
from tests.finance.test_journal_guards import judge

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


def write(subject: Invoice, *rows: models.Model) -> None:
    """Past every service. Guards that wait for the end of the transaction are asked now."""
    with recording("invoice.entered", by=factories.TESTER, subject=subject):
        for row in rows:
            row.save()
        judge()


def head(books: Books, **facts: Any) -> Invoice:
    given: dict[str, Any] = {
        "entity": books.entity, "number": "X", "currency": "USD", "issued_on": billed.ISSUED_ON,
        "due_on": billed.DUE_ON, "line_count": 1,
    }  # fmt: skip
    if "customer" not in facts:
        given["customer"] = factories.customer(entity=books.entity)
    return Invoice(**given | facts)


def line(books: Books, invoice: Invoice, **facts: Any) -> InvoiceLine:
    given: dict[str, Any] = {
        "invoice": invoice, "entity": books.entity, "position": 1, "text": "x", "currency": "USD",
        "net": Decimal(5), "account": books.accounts["4000"],
    }  # fmt: skip
    return InvoiceLine(**given | facts)


def money(books: Books, invoice: Invoice, **facts: Any) -> InvoicePayment:
    given: dict[str, Any] = {
        "invoice": invoice, "entity": books.entity, "paid_on": billed.PAID_ON, "currency": "USD",
        "amount": Decimal(5), "kind": "card", "key": "k",
    }  # fmt: skip
    return InvoicePayment(**given | facts)


def entered(books: Books, of_invoice: dict[str, Any] | None = None, **facts: Any) -> None:
    invoice = head(books, **of_invoice or {})
    write(invoice, invoice, line(books, invoice, **facts))


def paid(books: Books, **facts: Any) -> None:
    invoice = billed.invoice(books)
    write(invoice, money(books, invoice, **facts))


def file_of(books: Books) -> InvoiceImport:
    made = InvoiceImport(entity=books.entity, kind="invoices", name="a.csv", sha256="0" * 64,
                         rows=1, added=1)  # fmt: skip
    with recording("invoice.imported", by=factories.TESTER, subject=made):
        made.save()
    return made


def test_an_invoice_that_is_right_is_taken(books: Books) -> None:
    entered(books)
    assert Invoice.objects.get().lines.count() == 1


def number_twice(books: Books) -> None:
    billed.invoice(books)
    entered(books, {"number": "INV-1"})


def key_twice(books: Books) -> None:
    billed.invoice(books, external_key="k")
    entered(books, {"external_key": "k"})


def a_line_later(books: Books) -> None:
    invoice = billed.invoice(books)
    write(invoice, line(books, invoice, position=2))


def a_line_twice(books: Books) -> None:
    invoice = billed.invoice(books)
    write(invoice, line(books, invoice))


def without_lines(books: Books) -> None:
    invoice = head(books)
    write(invoice, invoice)


def paid_when_void(books: Books) -> None:
    invoice = billed.invoice(books)
    invoices.void(invoice=invoice, by=books.by, reason="x")
    write(invoice, money(books, invoice))


def turned_in_part(books: Books) -> None:
    made = billed.pay(billed.invoice(books))
    write(made.invoice, money(books, made.invoice, amount=Decimal(-5), reverses=made))


def turned_elsewhere(books: Books) -> None:
    made = billed.pay(billed.invoice(books))
    other = billed.invoice(books, number="INV-2")
    write(other, money(books, other, amount=-made.amount, reverses=made))


def turned_twice(books: Books) -> None:
    made = billed.pay(billed.invoice(books))
    payments.reverse_payment(payment=made, by=books.by, reason="x")
    write(made.invoice, money(books, made.invoice, amount=-made.amount, reverses=made))


def paid_twice(books: Books) -> None:
    made = billed.pay(billed.invoice(books), key="k")
    write(made.invoice, money(books, made.invoice))


def same_file(books: Books) -> None:
    file_of(books)
    file_of(books)


def void_though_paid(books: Books) -> None:
    invoice = billed.headline(books)
    invoice.status = "void"
    write(invoice, invoice)


def void_no_more(books: Books) -> None:
    invoice = billed.invoice(books)
    invoices.void(invoice=invoice, by=books.by, reason="x")
    invoice.status = "issued"
    write(invoice, invoice)


def renumbered(books: Books) -> None:
    invoice = billed.invoice(books)
    invoice.number = "Y"
    write(invoice, invoice)


def of(**facts: Any) -> Callable[[Books], None]:
    return lambda books: entered(books, facts)


def with_line(**facts: Any) -> Callable[[Books], None]:
    return lambda books: entered(books, **facts)


WRONG: dict[str, tuple[Callable[[Books], None], str]] = {
    "number twice": (number_twice, "invoice_number_once"),
    "key twice": (key_twice, "invoice_external_key_once"),
    "due before issue": (of(due_on=billed.ISSUED_ON.replace(day=1, month=8)),
                         "invoice_due_after_issue"),
    "no lines said": (of(line_count=0), "invoice_has_lines"),
    "another status": (of(status="paid"), "invoice_status_is_known"),
    "no lines": (without_lines, "invoice_has_its_lines"),
    "a line less": (of(line_count=2), "invoice_has_its_lines"),
    "a line later": (a_line_later, "invoice_has_its_lines"),
    "a line twice": (a_line_twice, "invoice_line_once"),
    "below zero": (with_line(net=Decimal(-5)), "invoice_line_is_not_below_zero"),
    "tax of no code": (with_line(tax=Decimal(1)), "invoice_line_tax_has_its_code"),
    "no quantity": (with_line(quantity=Decimal(0)), "invoice_line_quantity_is_positive"),
    "nothing charged": (with_line(net=Decimal(0)), "invoice_charges_something"),
    "other customer": (lambda books: entered(books, {"customer": factories.customer()}),
                       "invoice_customer_is_of_its_entity"),
    "other account": (lambda books: entered(books, account=opened().accounts["4000"]),
                      "invoice_line_account_is_of_its_entity"),
    "other centre": (lambda books: entered(books, cost_centre=opened().centre),
                     "invoice_line_cost_centre_is_of_its_entity"),
    "other tax code": (lambda books: entered(books, tax_code=opened().tax),
                       "invoice_line_tax_code_is_of_its_entity"),
    "other file": (lambda books: entered(books, {"imported_in": file_of(opened())}),
                   "invoice_import_is_of_its_entity"),
    "line of another currency": (with_line(currency="EUR"),
                                 "invoice_line_is_of_its_invoices_entity"),
    "payment of another currency": (lambda books: paid(books, currency="EUR"),
                                    "invoice_payment_is_of_its_invoices_entity"),
    "payment of another entity": (lambda books: paid(books, entity=factories.entity()),
                                  "invoice_payment_is_of_its_invoices_entity"),
    "payment of another file": (lambda books: paid(books, imported_in=file_of(opened())),
                                "invoice_payment_import_is_of_its_entity"),
    "payment of nothing": (lambda books: paid(books, amount=Decimal(0)),
                           "invoice_payment_below_zero_reverses_one"),
    "payment below zero": (lambda books: paid(books, amount=Decimal(-5)),
                           "invoice_payment_below_zero_reverses_one"),
    "paid when void": (paid_when_void, "invoice_payment_of_a_standing_invoice"),
    "paid twice": (paid_twice, "invoice_payment_once"),
    "turned in part": (turned_in_part, "invoice_payment_reverses_exactly"),
    "turned elsewhere": (turned_elsewhere, "invoice_payment_reverses_exactly"),
    "turned twice": (turned_twice, "finance_invoicepayment_reverses_id_key"),
    "same file": (same_file, "invoice_import_once"),
    "void though paid": (void_though_paid, "invoice_void_is_unpaid"),
    "void no more": (void_no_more, "invoice_void_stays_void"),
    "renumbered": (renumbered, "invoice_stays_as_issued"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_by_the_constraint_of_this_name(books: Books, name: str) -> None:
    wrong, constraint = WRONG[name]

    with pytest.raises(IntegrityError) as refused:
        wrong(books)

    assert refused.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@pytest.mark.parametrize("statement", [
    "UPDATE finance_invoiceline SET net = 1",
    "UPDATE finance_invoicepayment SET amount = 1",
    "UPDATE finance_invoiceimport SET name = 'other'",
    "DELETE FROM finance_invoiceline",
    "DELETE FROM finance_invoicepayment",
    "DELETE FROM finance_invoiceimport",
    "DELETE FROM finance_invoice",
])  # fmt: skip
def test_the_application_has_no_right_to_change_what_stands(books: Books, statement: str) -> None:
    invoice = billed.headline(books)

    with (
        pytest.raises(Exception, match="permission denied"),
        recording("invoice.entered", by=factories.TESTER, subject=invoice),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
