"""The pages of invoices: what they show, to whom, and what may be done from them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Event
from audit.recording import record, recording
from finance.models import FinancialAdjustment, Invoice, InvoicePayment
from finance.services import invoices
from requests_app.models import SupportRequest
from tests import factories, queries
from tests.finance import billed
from tests.finance.books import Books, opened
from tests.finance.test_invoice_imports import HEAD, ONE
from tests.pages import seen, signed_in, text

pytestmark = pytest.mark.django_db
SEES = ["agent", "lead", "controller", "executive", "accountant", "treasurer", "auditor"]
LIST = "/invoices/"


@pytest.fixture
def books() -> Books:
    return opened()


@pytest.fixture
def accountant(books: Books) -> Client:
    return signed_in(books.accountant)


def client(books: Books, role: str) -> Client:
    return signed_in(factories.person(role, books.entity))


def address(invoice: Invoice, part: str = "") -> str:
    return f"/invoices/{invoice.pk}/" + (f"{part}/" if part else "")


@pytest.mark.parametrize("role", SEES)
def test_who_sees_invoices_sees_the_list_one_and_its_trail(books: Books, role: str) -> None:
    invoice, reader = billed.headline(books), client(books, role)

    assert "INV-1" in text(reader.get(LIST))
    shown = text(reader.get(address(invoice)))
    assert "USD 25,000.00 charged" in shown
    assert "USD 0.00 open" in shown
    assert "DE.. 3000" in shown
    trail = text(reader.get(address(invoice, "trail")))
    assert "recorded a payment of the invoice" in trail
    assert "may not see" not in trail


@pytest.mark.parametrize("role", SEES)
def test_events_of_an_invoice_may_be_opened_by_who_sees_it(books: Books, role: str) -> None:
    billed.headline(books)
    event = Event.objects.get(kind="invoice.entered")

    answer = client(books, role).get(reverse("audit:event-show", args=[event.pk]))

    assert answer.status_code == 200
    assert "23,148.15" in text(answer)


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_who_sees_none_finds_nothing_and_the_look_is_recorded(books: Books, role: str) -> None:
    invoice, other = billed.headline(books), client(books, role)

    assert "INV-1" not in text(other.get(LIST))
    for part in ("", "trail"):
        assert other.get(address(invoice, part)).status_code == 404
        assert Event.objects.latest("id").kind == "trail.view_denied"


def test_invoices_of_another_entity_are_not_there(books: Books) -> None:
    invoice = billed.headline(books)
    other = signed_in(factories.person("accountant", factories.entity()))
    before = InvoicePayment.objects.count()

    assert "INV-1" not in text(other.get(LIST))
    assert other.get(address(invoice)).status_code == 404
    assert other.post(address(invoice, "pay"), {}).status_code == 404
    assert other.get(f"/invoices/{books.entity.code}/new/").status_code == 404
    assert other.get(f"/invoices/{books.entity.code}/import/").status_code == 404
    assert InvoicePayment.objects.count() == before


def test_a_look_is_recorded_once(books: Books, accountant: Client) -> None:
    invoice = billed.invoice(books)

    for part in ("", "trail", ""):
        accountant.get(address(invoice, part))

    assert Event.objects.filter(kind="invoice.viewed").count() == 1


@pytest.mark.parametrize(("query", "found"), [
    ("q=inv-1", True), ("q=linen", True), ("q=nothing", False), ("state=paid", True),
    ("state=issued", False), ("currency=USD", True), ("currency=EUR", False),
    ("since=2026-09-01", True), ("since=2026-09-02", False), ("until=2026-09-01", True),
    ("until=2026-08-31", False),
])  # fmt: skip
def test_the_list_is_filtered(books: Books, accountant: Client, query: str, found: bool) -> None:
    billed.headline(books)

    shown = text(accountant.get(f"{LIST}?{query}"))

    assert ("INV-1" in shown) is found
    assert found or "No invoice matches" in shown


@pytest.mark.parametrize(("query", "told"), [
    ("currency=usd", "Give the currency as three letters"), ("since=x", "Give a day like"),
    ("state=lost", "This is not in the list."), ("customer=999999", "This is not in the list."),
])  # fmt: skip
def test_a_mistake_in_the_filter_is_said(accountant: Client, query: str, told: str) -> None:
    assert told in text(accountant.get(f"{LIST}?{query}"))


def test_each_state_is_found_by_its_word(books: Books, accountant: Client) -> None:
    for number, paid in (("OPEN", ""), ("PART", "1.00"), ("MORE", "30000.00"), ("PAID", "25000")):
        made = billed.invoice(books, number=number)
        if paid:
            billed.pay(made, paid)
    disputed = billed.invoice(books, number="DISP")
    invoices.dispute(invoice=disputed, by=books.by, reason="x")
    void = billed.invoice(books, number="VOID")
    invoices.void(invoice=void, by=books.by, reason="x")

    def listed(state: str) -> set[str]:
        shown = text(accountant.get(f"{LIST}?state={state}"))
        return {word for word in ("OPEN", "PART", "MORE", "PAID", "DISP", "VOID") if word in shown}

    states = ("issued", "partially_paid", "overpaid", "paid", "disputed", "void", "credited")
    assert [listed(state) for state in states] == [
        {"OPEN"}, {"PART"}, {"MORE"}, {"PAID"}, {"DISP"}, {"VOID"}, set(),
    ]  # fmt: skip


def test_sums_by_currency_lead_to_what_they_sum(books: Books, accountant: Client) -> None:
    billed.headline(books)
    billed.invoice(books, billed.charge(books, "1000"), number="YEN-1", currency="JPY")

    shown = accountant.get(f"{LIST}?since=2026-01-01")

    assert "USD 25,000.00 charged by 1 invoice, USD 25,000.00 paid" in text(shown)
    assert 'href="?since=2026-01-01&amp;currency=JPY"' in shown.content.decode()
    only = text(accountant.get(f"{LIST}?since=2026-01-01&currency=JPY"))
    assert "YEN-1" in only
    assert "INV-1" not in only


def test_words_that_were_searched_are_recorded_by_their_hash(accountant: Client) -> None:
    accountant.get(f"{LIST}?q=Harbor")

    event = Event.objects.latest("id")
    assert event.kind == "trail.searched"
    assert "Harbor" not in str(event.detail)


# What is done.


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


# The trail.


def claimed(books: Books) -> SupportRequest:
    return factories.support_request(
        entity=books.entity, subject="Billed twice", invoice_reference="INV-1"
    )


def test_the_trail_has_the_events_of_requests_and_adjustments_that_name_it(
    books: Books, accountant: Client
) -> None:
    invoice, request = billed.headline(books), claimed(books)
    other = factories.support_request(entity=books.entity)
    with recording("request.updated", by=factories.TESTER, subject=other):
        FinancialAdjustment.objects.create(
            entity=books.entity, support_request=other, number="A-1", kind="refund", amount=5,
            currency="USD", reason_code="x", reason="y", drafted_by=books.accountant,
            invoice_reference="INV-1",
        )  # fmt: skip
    apart = factories.support_request(entity=books.entity, subject="Nothing of it")

    shown = text(accountant.get(address(invoice, "trail")))
    page = text(accountant.get(address(invoice)))

    opened_events = Event.objects.filter(kind="request.opened").order_by("pk")
    ids = {event.support_request_id: event.public_id for event in opened_events}
    assert ids[request.pk] in shown
    assert ids[other.pk] in shown
    assert ids[apart.pk] not in shown
    assert request.number in page
    assert "A-1 refund, draft, USD 5.00" in page


def test_the_trail_is_paged_over_all_of_its_parts(books: Books, accountant: Client) -> None:
    invoice, request = billed.invoice(books), claimed(books)
    for number in range(60):
        row = invoice if number % 2 else request
        kind = "invoice.viewed" if number % 2 else "request.viewed"
        record(kind, by=factories.TESTER, subject=row)
    accountant.get(address(invoice))
    found, at = [], address(invoice, "trail")
    for _ in range(3):
        html = accountant.get(at).content.decode()
        found += [int(each) for each in re.findall(r'id="e(\d+)"', html)]
        older = re.search(r'href="(\?before=\d+)" rel="next"', html)
        if older is None:
            break
        at = address(invoice, "trail") + older[1]

    wanted = set(Event.objects.about("finance.invoice", invoice.pk).values_list("pk", flat=True))
    wanted |= set(Event.objects.of_support_request(request.pk).values_list("pk", flat=True))
    assert found == sorted(wanted, reverse=True)


def test_pages_ask_the_database_at_most_fifteen_times(books: Books, accountant: Client) -> None:
    invoice = billed.headline(books)
    claimed(books)
    for path in (address(invoice), address(invoice, "trail"), LIST):
        accountant.get(path)
        with queries.asked() as statements:
            accountant.get(path)
        assert len(statements) <= 15, f"{path}: " + "\n".join(statements)


def test_customers_and_requests_lead_to_their_invoices(books: Books) -> None:
    invoice, request, agent = billed.headline(books), claimed(books), client(books, "agent")

    customer = agent.get(f"/customers/{invoice.customer_id}/").content.decode()
    opened_request = agent.get(f"/requests/{request.number}/").content.decode()

    assert f'href="/invoices/?customer={invoice.customer_id}"' in customer
    assert f'href="/invoices/?entity={books.entity.code}&amp;q=INV-1"' in opened_request
    assert "INV-1" in text(agent.get(f"{LIST}?customer={invoice.customer_id}"))
