"""What may be done from the pages of invoices, and what is told where it may not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Event
from finance.models import Invoice, InvoicePayment
from tests import factories
from tests.finance import billed
from tests.finance.books import Books, opened
from tests.finance.test_invoice_imports import HEAD, ONE
from tests.finance.test_invoice_pages import address, client
from tests.pages import seen, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


@pytest.fixture
def accountant(books: Books) -> Client:
    return signed_in(books.accountant)


def sent(books: Books, **facts: str) -> dict[str, str]:
    factories.customer(entity=books.entity, email="harbor@x.example")
    return {
        "customer": "Harbor@x.example", "number": "NEW-1", "currency": "USD",
        "issued_on": "2026-09-01", "due_on": "2026-10-01", "line-TOTAL_FORMS": "3",
        "line-INITIAL_FORMS": "0", "line-0-text": "Linen", "line-0-net": "23,148.15",
        "line-0-account": str(books.accounts["4000"].pk), "line-0-tax_code": str(books.tax.pk),
        "line-1-text": "Soap", "line-1-net": "5.00",
        "line-1-account": str(books.accounts["4000"].pk),
    } | facts  # fmt: skip


def new(books: Books) -> str:
    return f"/invoices/{books.entity.code}/new/"


def test_an_invoice_is_typed_line_by_line(books: Books, accountant: Client) -> None:
    answer = accountant.post(new(books), sent(books), follow=True)

    assert "Invoice NEW-1 is on record." in answer.content.decode()
    made = Invoice.objects.with_amounts().get()
    assert [line.text for line in made.lines.all()] == ["Linen", "Soap"]
    assert made.gross == billed.WHOLE + 5  # type: ignore[attr-defined]


def test_the_button_for_more_lines_keeps_what_was_typed(books: Books, accountant: Client) -> None:
    shown = accountant.post(new(books), sent(books, more="1")).content.decode()

    assert 'value="23,148.15"' in shown
    assert 'name="line-5-text"' in shown
    assert "Please correct" not in shown
    assert not Invoice.objects.exists()


def test_what_is_wrong_is_said_and_what_was_typed_stays(books: Books, accountant: Client) -> None:
    wrong = sent(books) | {"line-1-net": "much", "customer": "nobody@x.example"}

    answer = accountant.post(new(books), wrong)

    assert answer.status_code == 422
    assert "Give it in digits, for example 1250.00." in text(answer)
    assert f"No customer of {books.entity.code} has it." in text(answer)
    assert 'value="NEW-1"' in answer.content.decode()


def test_what_the_service_refuses_is_said(books: Books, accountant: Client) -> None:
    answer = accountant.post(new(books), sent(books) | {"line-0-tax": "1.00"})

    assert answer.status_code == 409
    assert "Line 1: The tax is USD 1.00, where ST8" in text(answer)


def test_who_may_not_enter_is_told_so(books: Books) -> None:
    agent = client(books, "agent")

    assert "needs the role accountant or controller there" in text(agent.get(new(books)))
    assert agent.post(new(books), sent(books)).status_code == 409
    assert not Invoice.objects.exists()


PAY = {"paid_on": "2026-09-15", "amount": "25,000.00", "kind": "card",
       "instrument": "card ending 4242"}  # fmt: skip


def test_a_payment_is_recorded_from_the_page(books: Books, accountant: Client) -> None:
    invoice = billed.invoice(books)

    answer = accountant.post(address(invoice, "pay"), PAY | seen(invoice), follow=True)

    assert "The payment is recorded." in answer.content.decode()
    assert "Paid" in text(answer)
    assert InvoicePayment.objects.get().instrument == "card ending 4242"


def test_a_whole_card_number_is_refused_and_does_not_stand_on_record(
    books: Books, accountant: Client
) -> None:
    invoice = billed.invoice(books)
    wrong = PAY | {"instrument": "4242 4242 4242 4242"}

    answer = accountant.post(address(invoice, "pay"), wrong | seen(invoice))

    assert answer.status_code == 409
    assert "That is a whole card number." in text(answer)
    assert "4242 4242 4242" not in str(Event.objects.latest("id").detail)


def test_a_stale_payment_is_refused_and_what_came_between_is_told(
    books: Books, accountant: Client
) -> None:
    invoice = billed.invoice(books)
    old = seen(invoice)
    billed.pay(invoice, "1.00")

    answer = accountant.post(address(invoice, "pay"), PAY | old)

    assert answer.status_code == 409
    assert "What changed since you opened the page" in text(answer)
    assert InvoicePayment.objects.count() == 1


def test_a_form_sent_twice_is_done_once(books: Books, accountant: Client) -> None:
    invoice = billed.invoice(books)
    form = PAY | seen(invoice) | {"once": "a" * 32}

    for _ in range(2):
        accountant.post(address(invoice, "pay"), form)

    assert InvoicePayment.objects.count() == 1


def test_a_payment_is_reversed_from_the_page(books: Books, accountant: Client) -> None:
    invoice = billed.headline(books)
    path = address(invoice, f"payments/{invoice.payments.get().pk}/reverse")

    assert accountant.post(path, seen(invoice)).status_code == 422
    answer = accountant.post(path, {"reason": "Not theirs."} | seen(invoice), follow=True)

    assert "The payment is reversed. It stays on record." in answer.content.decode()
    assert "USD 25,000.00 open" in text(answer)


def test_payments_of_another_invoice_are_not_there(books: Books, accountant: Client) -> None:
    other = billed.headline(books).payments.get()
    invoice = billed.invoice(books, number="INV-2")

    path = address(invoice, f"payments/{other.pk}/reverse")

    assert accountant.post(path, {"reason": "x"} | seen(invoice)).status_code == 404


def test_a_dispute_is_noted_by_an_agent_and_a_void_one_is_refused_to_them(books: Books) -> None:
    invoice, agent = billed.invoice(books), client(books, "agent")
    why = {"reason": "Billed twice."}

    done = agent.post(address(invoice, "dispute"), why | seen(invoice), follow=True)
    refused = agent.post(address(invoice, "void"), why | seen(invoice))

    assert "Disputed" in text(done)
    assert refused.status_code == 409
    assert "Voiding invoices of" in text(refused)


def test_steps_that_are_none_and_looks_at_acts_lead_nowhere(
    books: Books, accountant: Client
) -> None:
    invoice = billed.invoice(books)

    assert accountant.post(address(invoice, "explode"), {}).status_code == 404
    for part in ("pay", "dispute"):
        assert accountant.get(address(invoice, part)).status_code == 302
    assert accountant.get(f"/invoices/{'9' * 30}/").status_code == 404


# Files.


def look_through(books: Books, client: Client, content: str) -> Any:
    file = SimpleUploadedFile("june.csv", content.encode())
    return client.post(f"/invoices/{books.entity.code}/import/", {"kind": "invoices", "file": file})


def test_a_file_is_looked_through_and_then_imported(books: Books, accountant: Client) -> None:
    factories.customer(entity=books.entity, reference="C-7")

    shown = look_through(books, accountant, HEAD + ONE)

    assert "1 invoices, USD 25,000.00" in text(shown)
    assert not Invoice.objects.exists()
    hidden = dict(re.findall(r'name="(kind|name|content)" value="([^"]*)"', shown.content.decode()))
    path = f"/invoices/{books.entity.code}/import/"
    done = accountant.post(path, hidden, follow=True)
    assert "1 invoices of june.csv are on record." in done.content.decode()
    again = accountant.post(path, hidden)
    assert again.status_code == 409
    assert "This very file was imported already" in text(again)
    assert Invoice.objects.count() == 1


def test_wrong_lines_are_shown_and_cannot_be_imported(books: Books, accountant: Client) -> None:
    shown = look_through(books, accountant, HEAD + ONE)

    assert "Line 2 “C-7” is the number or e-mail of no customers" in text(shown)
    assert "Import all of it" not in text(shown)


def test_a_file_that_is_none_is_said(books: Books, accountant: Client) -> None:
    assert "There is no column number" in text(look_through(books, accountant, "a,b\n1,2\n"))
    path = f"/invoices/{books.entity.code}/import/"
    broken = accountant.post(path, {"kind": "invoices", "name": "a", "content": "%%%"})
    assert "The file did not arrive whole. Choose it again." in text(broken)
