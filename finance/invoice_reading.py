"""What pages of invoices show; nothing here writes but the record that somebody looked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Now

from audit import timeline, veils
from audit.actors import Actor
from audit.looks import AGAIN_AFTER, once
from audit.models import Event, EventQuerySet
from audit.paging import Position
from finance import balances
from finance.balances import Balance
from finance.models import FinancialAdjustment, Invoice, InvoiceLine, InvoicePayment
from finance.models.invoice import InvoiceQuerySet
from requests_app import people
from requests_app.currencies import at_scale
from requests_app.models import Entity, SupportRequest

SUBJECT = Invoice._meta.label_lower
LOOKED_AMONG = 100
MOST_REQUESTS = 50  # of one invoice, on its page and in its trail


@dataclass(frozen=True)
class Total:
    """What the invoices of a list sum up to in one currency, and where these are listed."""

    currency: str
    count: int
    gross: Decimal
    paid: Decimal
    address: str


@dataclass(frozen=True)
class Shown:
    """All of one invoice that its page shows."""

    invoice: Invoice
    lines: list[InvoiceLine]
    payments: list[InvoicePayment]
    balance: Balance
    requests: list[SupportRequest]
    adjustments: list[FinancialAdjustment]

    @property
    def state(self) -> str:
        return balances.state_of(self.invoice.status, self.balance)

    @property
    def state_words(self) -> str:
        return balances.STATES[self.state]


def entities(person: Any) -> list[Entity]:
    return people.entities_of(person, people.SEES_INVOICES)


def invoices(person: Any, given: dict[str, Any]) -> InvoiceQuerySet:
    """Those that a person sees and a filter names."""
    rows: Any = Invoice.objects.visible_to(person).with_amounts()
    same = {name: given[name] for name in ("entity", "currency", "state", "customer")
            if given.get(name)}  # fmt: skip
    rows = rows.filter(**same)
    if given.get("since"):
        rows = rows.filter(issued_on__gte=given["since"])
    if given.get("until"):
        rows = rows.filter(issued_on__lte=given["until"])
    if given.get("q"):
        words = given["q"].strip()
        text = Q(number__icontains=words) | Q(reference__icontains=words)
        on = InvoiceLine.objects.filter(text__icontains=words)
        rows = rows.filter(text | Q(external_key=words) | Q(pk__in=on.values("invoice_id")))
    found: InvoiceQuerySet = rows.select_related("entity", "customer")
    return found


def totals(rows: QuerySet[Invoice], asked: dict[str, str]) -> list[Total]:
    """By currency. Each leads to the same list, of that currency alone."""
    ids = rows.order_by().values("pk")
    own = Invoice.objects.filter(pk__in=ids).order_by().values("currency")
    counts = own.annotate(count=Count("pk")).order_by("currency")
    gross = sums(InvoiceLine.objects.filter(invoice__in=ids), F("net") + F("tax"))
    paid = sums(InvoicePayment.objects.filter(invoice__in=ids), F("amount"))
    return [
        Total(code, each["count"], gross.get(code, Decimal(0)), paid.get(code, Decimal(0)),
              "?" + urlencode(asked | {"currency": code}))
        for each in counts for code in (each["currency"],)
    ]  # fmt: skip


def sums(rows: QuerySet[Any], value: Any) -> dict[str, Decimal]:
    found = rows.order_by().values("currency").annotate(total=Sum(value))
    return {each["currency"]: each["total"] for each in found}


def shown(invoice: Invoice, person: Any) -> Shown:
    lines = list(invoice.lines.select_related("account", "cost_centre", "tax_code"))
    payments = list(invoice.payments.select_related("reverses", "reversed_by"))
    adjustments = list(
        adjustments_of(invoice).select_related("support_request").order_by("-pk")[:MOST_REQUESTS]
    )
    requests = list(requests_of(invoice, person)[:MOST_REQUESTS])
    veils.cover([invoice, *adjustments, *requests], person)
    return Shown(invoice, lines, payments, balance_of(lines, payments), requests, adjustments)


def balance_of(lines: list[InvoiceLine], payments: list[InvoicePayment]) -> Balance:
    """At the places of the currency, as services judge amounts; rows are kept with four."""
    return balances.balance(
        [
            balances.Line(
                line.position, at_scale(line.net, line.currency), at_scale(line.tax, line.currency)
            )
            for line in lines
        ],
        [at_scale(payment.amount, payment.currency) for payment in payments],
    )


def adjustments_of(invoice: Invoice) -> QuerySet[FinancialAdjustment]:
    """They name the invoice by its number."""
    return FinancialAdjustment.objects.filter(
        entity_id=invoice.entity_id, invoice_reference=invoice.number
    )


def requests_of(invoice: Invoice, person: Any) -> Any:
    """Requests that name the invoice, or whose adjustments do."""
    adjusted = list(adjustments_of(invoice).values_list("support_request_id", flat=True).distinct())
    named = Q(entity_id=invoice.entity_id, invoice_reference=invoice.number)
    rows = SupportRequest.objects.visible_to(person)
    return rows.filter(named | Q(pk__in=adjusted)).order_by("-pk")


def own_events(invoice: Invoice) -> EventQuerySet:
    return Event.objects.about(SUBJECT, invoice.pk)


def trail(invoice: Invoice, person: Any, at: Position) -> timeline.Page:
    """A page of every event of the invoice, its lines and payments, and of the requests and
    adjustments that touched it. Of each of these trails the events next to the page are read by
    their index, however long they are, and the page is cut from them."""
    trails = [own_events(invoice)]
    ids = requests_of(invoice, person).values_list("pk", flat=True)[:MOST_REQUESTS]
    trails += [Event.objects.of_support_request(each) for each in ids]
    near, *others = [nearest(each, at) for each in trails]
    found = near.union(*others, all=True) if others else near
    events = Event.objects.filter(pk__in=list(found))
    return timeline.page(events, before=at.before, after=at.after)


def nearest(events: EventQuerySet, at: Position) -> Any:
    """The ids of one trail that could stand on the page, and one more."""
    if at.before is not None:
        events = events.filter(pk__lt=at.before)
    events = events.reverse() if at.after is None else events.filter(pk__gt=at.after)
    return events.values_list("pk", flat=True)[: timeline.PAGE + 1]


def viewed(invoice: Invoice, by: Actor) -> bool:
    """Records the look once per person, invoice and quarter of an hour."""

    def lately() -> bool:
        newest = own_events(invoice).reverse()[:LOOKED_AMONG]
        own = Event.objects.filter(pk__in=list(newest.values_list("pk", flat=True)))
        return own.filter(
            kind="invoice.viewed", actor_id=by.id, recorded_at__gt=Now() - AGAIN_AFTER
        ).exists()

    return once("invoice.viewed", by, lately, subject=invoice)
