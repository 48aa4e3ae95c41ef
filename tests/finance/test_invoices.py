"""Invoices are entered as they were issued, once; whoever may not, or would break them, is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from audit.recording import ReasonMissing
from audit.standing import Stale, standing_of
from finance.models import Invoice, InvoiceLine
from finance.roles import FinanceRefused
from finance.services import chart, invoices
from finance.services.invoices import Issued
from tests import factories
from tests.finance import billed
from tests.finance.books import Books, opened

pytestmark = pytest.mark.django_db
WHO = "of {} needs the role accountant or controller there."


@pytest.fixture
def books() -> Books:
    return opened()


def test_an_invoice_is_entered_with_its_lines_and_as_one_event(books: Books) -> None:
    made = billed.invoice(books, by=books.by)

    line = made.lines.get()
    assert (line.net, line.tax, line.gross) == (
        Decimal("23148.15"), Decimal("1851.85"), Decimal("25000.00"),
    )  # fmt: skip
    event = Event.objects.get(kind="invoice.entered")
    assert (event.subject_id, event.entity_id) == (str(made.pk), books.entity.pk)
    assert InvoiceLine.history.filter(event_id=event.pk).count() == 1
    assert (made.status, made.source) == ("issued", "entry")


def test_its_amounts_are_read_with_it(books: Books) -> None:
    made = billed.headline(books)
    billed.pay(made, "5.00")

    found = Invoice.objects.with_amounts().get()

    assert (found.gross, found.paid) == (Decimal("25000.00"), Decimal("25005.00"))  # type: ignore[attr-defined]


def test_a_tax_may_differ_by_one_unit_since_others_round_otherwise(books: Books) -> None:
    for number, tax in (("A", "1851.84"), ("B", "1851.86")):
        billed.invoice(books, billed.charge(books, tax=Decimal(tax)), number=number)

    assert InvoiceLine.objects.count() == 2


@pytest.mark.parametrize(("currency", "net", "tax"), [
    ("JPY", "1006", "80"), ("KWD", "10.006", "0.800"),
])  # fmt: skip
def test_tax_has_the_places_of_its_currency(
    books: Books, currency: str, net: str, tax: str
) -> None:
    made = billed.invoice(books, billed.charge(books, net), currency=currency)

    assert made.lines.get().tax == Decimal(tax)


HEAD: dict[str, tuple[Callable[[Issued], Issued], str]] = {
    "no number": (lambda it: replace(it, number=" "),
                  "Give the number of the invoice, in at most 60 characters."),
    "a long number": (lambda it: replace(it, number="9" * 61),
                      "Give the number of the invoice, in at most 60 characters."),
    "no currency": (lambda it: replace(it, currency="usd"),
                    "Give the currency as three letters, for example USD."),
    "a day to come": (
        lambda it: replace(it, issued_on=it.entity.today() + timedelta(days=1),
                           due_on=it.entity.today() + timedelta(days=9)),
        "is still to come. Enter the invoice once it is issued."),
    "due before issued": (lambda it: replace(it, due_on=it.issued_on - timedelta(days=1)),
                          "It is due on 2026-08-31, before it was issued on 2026-09-01."),
    "a long reference": (lambda it: replace(it, reference="9" * 101),
                         "Reference and key have at most 100 characters."),
    "a card": (lambda it: replace(it, reference="4242 4242 4242 4242"),
               "That is a whole card number."),
}  # fmt: skip


@pytest.mark.parametrize("name", HEAD)
def test_an_invoice_that_cannot_be_is_refused_in_words(books: Books, name: str) -> None:
    wrong, sentence = HEAD[name]

    with pytest.raises(FinanceRefused) as refused:
        invoices.enter(wrong(billed.issued(books)), [billed.charge(books)], by=books.by)

    assert sentence in str(refused.value)
    assert not Invoice.objects.exists()
    assert Event.objects.latest("id").outcome == "denied"


def test_a_customer_of_another_entity_is_refused(books: Books) -> None:
    with pytest.raises(FinanceRefused, match=f"is no customer of {books.entity.code}"):
        billed.invoice(books, customer=factories.customer())


def test_a_number_stands_once_in_an_entity(books: Books) -> None:
    billed.invoice(books)
    billed.invoice(opened())

    with pytest.raises(FinanceRefused, match=rf"^INV-1 of {books.entity.code} stands already\."):
        billed.invoice(books, number=" INV-1 ")


def test_a_key_of_another_system_stands_once_in_an_entity(books: Books) -> None:
    billed.invoice(books, external_key="sap/1")

    with pytest.raises(FinanceRefused, match="The key sap/1 is that of INV-1 already"):
        billed.invoice(books, number="INV-2", external_key="sap/1")


LINES: dict[str, tuple[dict[str, Any], str]] = {
    "no text": ({"text": " "}, "Line 1: Say what it charges, in at most 200 characters"),
    "a long text": ({"text": "x" * 201}, "Line 1: Say what it charges"),
    "a long project": ({"project": "x" * 41}, "a project has at most 40."),
    "no quantity": ({"quantity": Decimal(0)}, "A quantity is more than zero"),
    "below zero": ({"net": "-1"}, "An amount is not below zero. Take a discount off the line"),
    "too many places": ({"net": "1.001"}, "USD has at most 2 decimal places"),
    "tax without a code": ({"tax_code": None, "tax": Decimal(1)},
                           "It has a tax and no tax code. Give the code, or no tax."),
    "tax below zero": ({"tax": Decimal(-1)}, "An amount is not below zero."),
    "another tax": ({"tax": Decimal("1851.83")},
                    "The tax is USD 1,851.83, where ST8 Sales tax makes USD 1,851.85 of USD "
                    "23,148.15."),
    "nothing": ({"net": "0", "tax": Decimal(0)}, "The invoice charges nothing."),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_cannot_be_is_refused_in_words(books: Books, name: str) -> None:
    facts, sentence = LINES[name]

    with pytest.raises(FinanceRefused) as refused:
        billed.invoice(books, billed.charge(books, **facts), by=books.by)

    assert sentence in str(refused.value)


def test_a_line_is_coded_to_what_takes_it(books: Books) -> None:
    others = opened()
    chart.change(books.centre, by=factories.TESTER, reason="x", ends_on=billed.ISSUED_ON.replace(
        month=8))  # fmt: skip

    with pytest.raises(FinanceRefused, match="Cost centre CS Customer service is not in use on"):
        billed.invoice(books)
    with pytest.raises(FinanceRefused, match=f"tax codes of {books.entity.code}"):
        billed.invoice(books, billed.charge(books, account=others.accounts["4000"]))


@pytest.mark.parametrize("count", [0, 201])
def test_an_invoice_has_lines_and_not_too_many(books: Books, count: int) -> None:
    with pytest.raises(FinanceRefused, match="An invoice has between one and 200 lines"):
        invoices.enter(billed.issued(books), [billed.charge(books)] * count, by=books.by)


@pytest.mark.parametrize("role", ["agent", "lead", "executive", "treasurer", "auditor"])
def test_only_who_keeps_invoices_enters_and_voids_them(books: Books, role: str) -> None:
    by = factories.actor(factories.person(role, books.entity))
    made = billed.invoice(books)

    with pytest.raises(FinanceRefused, match=WHO.format(books.entity.code)):
        billed.invoice(books, by=by, number="INV-2")
    with pytest.raises(FinanceRefused, match=WHO.format(books.entity.code)):
        invoices.void(invoice=made, by=by, reason="x")


def test_a_role_in_another_entity_is_none_here(books: Books) -> None:
    with pytest.raises(FinanceRefused, match="needs the role"):
        billed.invoice(books, by=opened().by)


def test_a_dispute_is_noted_and_settled(books: Books) -> None:
    agent = factories.actor(factories.person("agent", books.entity))
    made = billed.invoice(books)

    invoices.dispute(invoice=made, by=agent, reason="Billed twice, they say.")
    assert made.history.latest().status == "disputed"
    with pytest.raises(FinanceRefused, match=r"INV-1 is disputed\. “Note a dispute” is not open"):
        invoices.dispute(invoice=made, by=agent, reason="Again.")
    invoices.settle_dispute(invoice=made, by=agent, reason="It was another order.")

    assert Invoice.objects.get().status == "issued"
    kinds = [event.kind for event in Event.objects.filter(subject_type="finance.invoice")]
    assert set(kinds) >= {"invoice.disputed", "invoice.dispute_settled"}


def test_an_auditor_disputes_nothing(books: Books) -> None:
    by = factories.actor(factories.person("auditor", books.entity))

    with pytest.raises(FinanceRefused, match="Disputing invoices of"):
        invoices.dispute(invoice=billed.invoice(books), by=by, reason="x")


@pytest.mark.parametrize("act", [invoices.dispute, invoices.void])
def test_why_is_said(books: Books, act: Callable[..., Invoice]) -> None:
    with pytest.raises(ReasonMissing):
        act(invoice=billed.invoice(books), by=books.by, reason=" ")


def test_an_invoice_with_payments_is_not_made_void(books: Books) -> None:
    with pytest.raises(FinanceRefused, match=r"INV-1 has payments\. Reverse them if they are"):
        invoices.void(invoice=billed.headline(books), by=books.by, reason="Twice.")


def test_a_void_invoice_stays_void(books: Books) -> None:
    made = invoices.void(invoice=billed.invoice(books), by=books.by, reason="Twice.")

    for slug in invoices.MOVES:
        with pytest.raises(FinanceRefused, match="INV-1 is void"):
            invoices.move(slug, invoice=made, by=books.by, reason="x")


def test_a_step_is_refused_where_a_payment_came_between(books: Books) -> None:
    made = billed.invoice(books)
    seen = standing_of(made)
    billed.pay(made, "1.00")

    with pytest.raises(Stale):
        invoices.move("dispute", invoice=made, by=books.by, reason="x", seen=seen)


def test_invoices_are_seen_in_the_own_entity_alone(books: Books) -> None:
    made, theirs = billed.invoice(books), billed.invoice(opened())
    for role in ("agent", "lead", "auditor", "accountant"):
        person = factories.person(role, books.entity)
        assert list(Invoice.objects.visible_to(person)) == [made]
    for role in ("privacy_officer", "administrator"):
        person = factories.person(role, theirs.entity)
        assert not Invoice.objects.visible_to(person).exists()


def test_who_reserves_a_part_holds_the_lock(books: Books) -> None:
    made = billed.invoice(books)

    assert invoices.lock(made) == made
