"""The demo's invoices: those that requests complain about, and the two of the 25,000 USD claim."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from finance.models import Account, CostCentre, Invoice, TaxCode
from finance.services import invoices, payments
from finance.services.invoices import Charge, Issued
from finance.services.payments import Paid
from requests_app import currencies
from requests_app.demo.story import Story
from requests_app.models import Customer, Entity, SupportRequest

EACH = 12  # of an entity
TERM = timedelta(days=30)
TAX = {"US": "ST8", "DE": "V19"}
# What for, net, cost centre; the second one stands on every other invoice.
GOODS = (
    ("Bed linen, 40 sets", "1180.00", "SAL"), ("Cleaning supplies", "264.50", "SAL"),
    ("Table linen, 25 pieces", "412.75", "SAL"), ("Towels, 120 pieces", "738.00", "SAL"),
)  # fmt: skip
FREIGHT = ("Delivery", "18.90", "LOG")
INSTRUMENTS = (
    ("bank_transfer", "account ending 3000"), ("card", "card ending 4242"),
    ("direct_debit", "account ending 7719"),
)  # fmt: skip
CLAIMED = ("INV-2026-0417", "INV-2026-0522")


def bill(story: Story) -> None:
    bill_the_claim(story)
    for code, entity in story.entities.items():
        own = Invoice.objects.filter(entity=entity).count()
        for index, (number, customer) in enumerate(complained_of(entity, EACH - own)):
            bill_one(story, code, index, number, customer)


def bill_the_claim(story: Story) -> None:
    """One contract charged twice, and paid twice: 23,148.15 and 8 % of tax."""
    claim, by = story.big_refund, story.actor("arjun")
    customer = claim.customer
    assert customer is not None
    for number, days in zip(CLAIMED, (60, 45), strict=True):
        day = claim.received_at.date() - timedelta(days=days)
        made = invoices.enter(
            issued(claim.entity, customer, number, day, reference="LINEN-2026"),
            [charge(claim.entity, "Annual linen contract", "23148.15", "SAL", TAX["US"])],
            by=by, occurred_at=noon(day),
        )  # fmt: skip
        pay(story, made, Decimal("25000.00"), day + timedelta(days=20), INSTRUMENTS[0])


def complained_of(entity: Entity, count: int) -> list[tuple[str, Customer]]:
    """Numbers that requests name, each with who named it; and further ones, if there are few."""
    named = SupportRequest.objects.filter(entity=entity, customer__isnull=False)
    named = named.exclude(invoice_reference="").exclude(invoice_reference__in=CLAIMED)
    found: dict[str, Customer] = {}
    for request in named.select_related("customer").order_by("pk"):
        assert request.customer is not None
        found.setdefault(request.invoice_reference, request.customer)
    known = list(entity.customers.order_by("pk")[:3])
    others = {f"{entity.code}{47000 + place}": known[place % len(known)] for place in range(count)}
    return list((found | others).items())[:count]


def bill_one(story: Story, code: str, index: int, number: str, customer: Customer) -> None:
    entity, day = customer.entity, timezone.now().date() - timedelta(days=80 - 5 * index)
    goods = [GOODS[index % len(GOODS)], *([FREIGHT] if index % 2 else [])]
    made = invoices.enter(
        issued(entity, customer, number, day),
        [charge(entity, *each, TAX[code]) for each in goods],
        by=story.actor("arjun"), occurred_at=noon(day),
    )  # fmt: skip
    gross = sum((line.gross for line in made.lines.all()), Decimal(0))
    follow(story, made, currencies.at_scale(gross, made.currency), index)


def follow(story: Story, invoice: Invoice, gross: Decimal, index: int) -> None:
    """Most are paid; one is disputed, one void, one paid in part, and the youngest are open."""
    by, day = story.actor("arjun"), invoice.issued_on + timedelta(days=12)
    if index == 3:
        invoices.dispute(invoice=invoice, by=by, reason="The customer says that half is missing.")
    elif index == 5:
        invoices.void(invoice=invoice, by=by, reason="Issued to the wrong branch.")
    elif index == 7:
        pay(story, invoice, Decimal("100.00"), day, INSTRUMENTS[1])
    elif index < 9:
        pay(story, invoice, gross, day, INSTRUMENTS[index % len(INSTRUMENTS)])


def issued(
    entity: Entity, customer: Customer, number: str, day: date, reference: str = ""
) -> Issued:
    return Issued(
        entity=entity, customer=customer, number=number, currency=entity.currency, issued_on=day,
        due_on=day + TERM, reference=reference,
    )  # fmt: skip


def charge(entity: Entity, text: str, net: str, centre: str, tax_code: str) -> Charge:
    return Charge(
        text=text, net=Decimal(net), account=Account.objects.get(entity=entity, code="4000"),
        tax_code=TaxCode.objects.get(entity=entity, code=tax_code),
        cost_centre=CostCentre.objects.get(entity=entity, code=centre),
    )  # fmt: skip


def pay(
    story: Story, invoice: Invoice, amount: Decimal, day: date, instrument: tuple[str, str]
) -> None:
    kind, named = instrument
    payments.record_payment(
        invoice=invoice, by=story.actor("arjun"), occurred_at=noon(day),
        paid=Paid(paid_on=day, amount=amount, kind=kind, instrument=named,
                  reference=f"Payment of {invoice.number}", key=f"demo/{invoice.number}"),
    )  # fmt: skip


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
