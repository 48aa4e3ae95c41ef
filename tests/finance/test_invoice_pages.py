"""The pages of invoices: what they show, to whom, and what may be done from them."""

from __future__ import annotations

import re

import pytest
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
from tests.pages import signed_in, text

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
