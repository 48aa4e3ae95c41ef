"""Invoices and payments come from a file whole or not at all, once; each wrong line is named."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from finance.models import Invoice, InvoiceImport, InvoicePayment
from finance.roles import FinanceRefused
from finance.services import invoice_files, invoice_imports, invoices
from finance.services.invoice_imports import Preview
from tests import factories
from tests.finance import billed
from tests.finance.books import Books, opened

pytestmark = pytest.mark.django_db
HEAD = "number,customer,currency,issued_on,due_on,text,net,tax_code,tax,account,external_key\n"
ONE = "INV-7,C-7,USD,2026-09-01,2026-10-01,Linen,23148.15,ST8,1851.85,4000,k7\n"
MORE = "INV-7,C-7,USD,2026-09-01,2026-10-01,Soap,10.00,ST8,,4000,k7\n"
OTHER = "INV-8,seven@x.example,JPY,2026-09-01,2026-10-01,Tea,1000,,,4000,\n"
PAID = "invoice,paid_on,currency,amount,kind,instrument,reference,key\n"
PAYMENT = 'INV-7,2026-09-15,USD,"25,000.00",bank_transfer,DE.. 3000,R 1,psp/1\n'


@pytest.fixture
def books() -> Books:
    made = opened()
    factories.customer(entity=made.entity, reference="C-7", email="seven@x.example")
    return made


def imported(books: Books, text: str, kind: str = "invoices") -> InvoiceImport:
    return invoice_imports.import_file(
        entity=books.entity, kind=kind, content=text.encode(), name="file.csv", by=books.by
    )


def looked(books: Books, text: str, kind: str = "invoices") -> Preview:
    return invoice_imports.preview(
        entity=books.entity, kind=kind, content=text.encode(), by=books.by
    )


def test_rows_of_one_number_are_lines_of_one_invoice(books: Books) -> None:
    file = imported(books, HEAD + ONE + OTHER + MORE)

    assert (file.rows, file.added) == (3, 2)
    first, second = Invoice.objects.with_amounts().order_by("number")
    assert (first.gross, second.gross) == (Decimal("25010.80"), 1000)  # type: ignore[attr-defined]
    assert (first.source, first.imported_in, first.line_count) == ("import", file, 2)
    assert [line.text for line in first.lines.all()] == ["Linen", "Soap"]


def test_each_invoice_has_an_event_of_its_own_caused_by_that_of_the_file(books: Books) -> None:
    file = imported(books, HEAD + ONE + OTHER)

    whole = Event.objects.get(kind="invoice.imported")
    entered = Event.objects.filter(kind="invoice.entered")
    assert (whole.detail["file_sha256"], whole.subject_id) == (file.sha256, str(file.pk))
    assert {event.cause_id for event in entered} == {str(whole.pk)}
    assert entered.count() == 2


def test_a_preview_writes_nothing_and_says_what_would_be_added(books: Books) -> None:
    assert books.by
    before = Event.objects.count()

    shown = looked(books, HEAD + ONE + OTHER)

    assert (shown.found.rows, shown.found.added, shown.refusal) == (2, 2, "")
    assert shown.found.totals() == {"JPY": Decimal(1000), "USD": Decimal("25000.00")}
    assert len(shown.sha256) == 64
    assert (Invoice.objects.count(), Event.objects.count()) == (0, before)


def test_the_same_file_comes_once(books: Books) -> None:
    imported(books, HEAD + ONE)

    for act in (imported, looked):
        with pytest.raises(FinanceRefused, match="This very file was imported already, as file"):
            act(books, HEAD + ONE)
    assert Invoice.objects.count() == 1


def test_a_file_for_one_entity_says_nothing_of_another(books: Books) -> None:
    imported(books, HEAD + ONE)
    others = opened()
    factories.customer(entity=others.entity, reference="C-7")

    assert imported(others, HEAD + ONE).added == 1


WRONG_INVOICES = {
    "a number that stands": (ONE.replace("INV-7", "INV-1"), 2, "INV-1 of"),
    "no customer": (ONE.replace("C-7", "C-9"), 2, "“C-9” is the number or e-mail of no customers"),
    "no currency": (ONE.replace("USD", "usd"), 2, "Give the currency as three letters"),
    "no day": (ONE.replace("2026-09-01", "1.9.26"), 2, "“1.9.26” is no day. Give it like"),
    "due too early": (ONE.replace("2026-10-01", "2026-08-01"), 2, "It is due on 2026-08-01"),
    "no amount": (ONE.replace("23148.15", "much"), 2, "“much” is no amount. Give it in digits"),
    "below zero": (ONE.replace("23148.15", "-5"), 2, "“-5” is no amount."),
    "another tax": (ONE.replace("1851.85", "1851.80"), 2, "The tax is USD 1,851.80, where ST8"),
    "no such tax code": (ONE.replace("ST8", "ST9"), 2, "There is no tax code “ST9”."),
    "no such account": (ONE.replace("4000", "4999"), 2, "There is no account “4999”."),
    "no account": (ONE.replace("4000", ""), 2, "Give the account."),
    "an account without taxes": (ONE.replace("4000", "1200"), 2, "takes no tax codes"),
    "no text": (ONE.replace("Linen", ""), 2, "Say what it charges"),
    "too many values": (ONE.replace("k7\n", "k7,x\n"), 2, "more values than columns"),
    "another day of the same": (ONE + MORE.replace("2026-10-01", "2026-10-02"), 3,
                                "It has another due_on than the lines above"),
    "a wrong line later": (ONE + MORE.replace("4000", "4999"), 3, "There is no account “4999”."),
    "a key twice": (ONE + ONE.replace("INV-7", "INV-9"), 3, "The key k7 stands twice in the file"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_INVOICES)
def test_a_wrong_row_is_rejected_by_its_line_and_nothing_is_written(
    books: Books, name: str
) -> None:
    rows, line, reason = WRONG_INVOICES[name]
    billed.invoice(books)

    shown = looked(books, HEAD + rows + OTHER)

    assert [each.line for each in shown.found.rejected] == [line]
    assert reason in shown.found.rejected[0].reason
    with pytest.raises(FinanceRefused, match=rf"^Line {line}: .*Nothing was imported\.$"):
        imported(books, HEAD + rows + OTHER)
    assert (Invoice.objects.count(), InvoiceImport.objects.count()) == (1, 0)
    assert Event.objects.latest("id").outcome == "denied"


def test_a_customer_who_is_not_told_from_another_is_rejected(books: Books) -> None:
    factories.customer(entity=books.entity, reference="c-7")

    [rejected] = looked(books, HEAD + ONE).found.rejected

    assert "“C-7” is the number or e-mail of several customers" in rejected.reason


def test_every_wrong_row_is_named(books: Books) -> None:
    rows = ONE.replace("ST8", "X") + OTHER.replace("4000", "X")

    assert [each.line for each in looked(books, HEAD + rows).found.rejected] == [2, 3]
    with pytest.raises(FinanceRefused, match="1 more are wrong"):
        imported(books, HEAD + rows)


FILES = {
    "empty": (b"", "There is no column number."),
    "a column less": (HEAD.replace(",net", "").encode(), "There is no column net."),
    "a column more": (HEAD.replace("text", "text,colour").encode(),
                      "There is no use for a column “colour”."),
    "a column twice": (HEAD.replace("text", "text,text").encode(), "The column text stands twice"),
    "no rows": (HEAD.encode(), "The file has 0 rows. Give between one and 2000."),
    "too many rows": ((HEAD + OTHER * 2001).encode(), "The file has 2001 rows."),
    "no UTF-8": (b"\xff\xfe", "The file is no UTF-8 text."),
    "no text": (HEAD.encode() + b"\0", "The file is no text."),
    "an open quote": ((HEAD + '"INV').encode(), "is no CSV"),
    "too large": (b"x" * (invoice_files.MOST_BYTES + 1), "The file is larger than 1 MB."),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_such_file_is_said(books: Books, name: str) -> None:
    content, sentence = FILES[name]

    with pytest.raises(FinanceRefused) as refused:
        invoice_imports.preview(entity=books.entity, kind="invoices", content=content, by=books.by)

    assert sentence in str(refused.value)


def test_payments_come_from_a_file_and_those_that_stand_are_left_out(books: Books) -> None:
    imported(books, HEAD + ONE)
    imported(books, PAID + PAYMENT, "payments")

    file = imported(books, PAID + PAYMENT + PAYMENT.replace("psp/1", "psp/2"), "payments")

    assert (file.rows, file.added) == (2, 1)
    assert InvoicePayment.objects.get(key="psp/2").imported_in == file
    with pytest.raises(FinanceRefused, match="All of it stands already"):
        imported(books, PAID + PAYMENT + "\n", "payments")


WRONG_PAYMENTS = {
    "no invoice": (PAYMENT.replace("INV-7", "INV-9"), "There is no invoice “INV-9”"),
    "another currency": (PAYMENT.replace("USD", "EUR"), "INV-7 is in USD, not in “EUR”."),
    "no key": (PAYMENT.replace("psp/1", ""), "Give the key by which this payment comes once."),
    "no kind": (PAYMENT.replace("bank_transfer", "shells"), "“shells” is none of card"),
    "an IBAN": (PAYMENT.replace("DE.. 3000", "DE89370400440532013000"), "That is a whole IBAN."),
    "nothing": (PAYMENT.replace('"25,000.00"', "0"), "The amount must be more than zero."),
    "no day": (PAYMENT.replace("2026-09-15", ""), "“” is no day."),
    "a key that stands": (PAYMENT.replace("psp/1", "old"), "The key old stands for another"),
    "too many values": (PAYMENT.replace("psp/1", "psp/1,x"), "more values than columns"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_PAYMENTS)
def test_a_wrong_payment_is_rejected_by_its_line(books: Books, name: str) -> None:
    row, reason = WRONG_PAYMENTS[name]
    imported(books, HEAD + ONE)
    billed.pay(Invoice.objects.get(), "1.00", key="old")

    [rejected] = looked(books, PAID + row, "payments").found.rejected

    assert (rejected.line, reason in rejected.reason) == (2, True), rejected.reason
    with pytest.raises(FinanceRefused, match="Line 2: "):
        imported(books, PAID + row, "payments")
    assert InvoicePayment.objects.count() == 1


def test_a_payment_key_twice_and_a_void_invoice_are_rejected(books: Books) -> None:
    imported(books, HEAD + ONE)
    [twice] = looked(books, PAID + PAYMENT * 2, "payments").found.rejected
    invoices.void(invoice=Invoice.objects.get(), by=books.by, reason="x")
    [void] = looked(books, PAID + PAYMENT, "payments").found.rejected

    assert (twice.line, twice.reason) == (3, "The key psp/1 stands twice in the file.")
    assert void.reason == "A void invoice takes no payment."


@pytest.mark.parametrize("role", ["agent", "lead", "executive", "treasurer", "auditor"])
def test_only_who_keeps_invoices_imports(books: Books, role: str) -> None:
    by = factories.actor(factories.person(role, books.entity))
    given = {"entity": books.entity, "kind": "invoices", "content": b"", "by": by}

    with pytest.raises(FinanceRefused, match="Keeping the invoices of"):
        invoice_imports.preview(**given)  # type: ignore[arg-type]
    with pytest.raises(FinanceRefused, match="Keeping the invoices of"):
        invoice_imports.import_file(name="x", **given)  # type: ignore[arg-type]


def test_another_kind_of_file_is_refused(books: Books) -> None:
    with pytest.raises(FinanceRefused, match="“orders” is none of invoices, payments"):
        imported(books, HEAD + ONE, "orders")


def test_the_command_imports_and_looks_through(books: Books, tmp_path: Path) -> None:
    path, out = tmp_path / "invoices.csv", StringIO()
    path.write_text(HEAD + ONE)
    code = books.entity.code

    call_command("import_invoices", str(path), entity=code, dry_run=True, stdout=out)
    call_command("import_invoices", str(path), entity=code, dry_run=True, json=True, stdout=out)
    call_command("import_invoices", str(path), entity=code, stdout=out)
    path.write_text(PAID + PAYMENT)
    call_command("import_invoices", str(path), entity=code, kind="payments", json=True, stdout=out)

    first, second, third, fourth = out.getvalue().splitlines()
    assert first == "1 invoices of 1 rows would be added."
    assert json.loads(second)["rejected"] == []
    assert third == "1 invoices of 1 rows added."
    assert json.loads(fourth)["added"] == 1


def test_the_command_says_what_is_wrong(books: Books, tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_invoices", str(path), entity=books.entity.code)
    path.write_text(HEAD + ONE.replace("ST8", "X"))
    with pytest.raises(CommandError, match="There is no entity XX"):
        call_command("import_invoices", str(path), entity="XX")
    out = StringIO()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_invoices", str(path), entity=books.entity.code, dry_run=True,
                     stdout=out)  # fmt: skip
    assert out.getvalue().startswith("Line 2: There is no tax code “X”.")
    with pytest.raises(CommandError, match="Line 2"):
        call_command("import_invoices", str(path), entity=books.entity.code)
