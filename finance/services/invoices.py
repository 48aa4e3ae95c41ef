"""Invoices: entered as they were issued, paid, disputed, made void. What was issued never changes;
whoever acts on an invoice holds its lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import DEFAULT_DB_ALIAS, connections

from audit.actors import Actor
from audit.recording import recording
from audit.standing import Standing, refuse_stale
from finance import balances, instruments
from finance.models import Account, CostCentre, Invoice, InvoiceImport, InvoiceLine, TaxCode
from finance.roles import DISPUTES_INVOICES, KEEPS_INVOICES, refuse, why_not
from finance.services import posting
from requests_app import currencies
from requests_app.models import Customer, Entity, Role

NOTHING = Decimal(0)
MOST_LINES = 200


@dataclass(frozen=True)
class Charge:
    """A line as it is entered. Without ``tax`` it is what the rate of its code makes."""

    text: str
    net: Decimal
    account: Account
    tax_code: TaxCode | None = None
    tax: Decimal | None = None
    cost_centre: CostCentre | None = None
    project: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True)
class Issued:
    """What an invoice says of itself."""

    entity: Entity
    customer: Customer
    number: str
    currency: str
    issued_on: date
    due_on: date
    reference: str = ""
    external_key: str = ""
    imported_in: InvoiceImport | None = None


@dataclass(frozen=True)
class Move:
    """A step of an invoice from some states into another one."""

    label: str
    kind: str
    starts: frozenset[str]
    status: str
    roles: frozenset[Role]
    doing: str
    done: str


MOVES = {
    "dispute": Move("Note a dispute", "invoice.disputed", frozenset({"issued"}), "disputed",
                    DISPUTES_INVOICES, "Disputing invoices", "{} is disputed."),
    "settle": Move("Settle the dispute", "invoice.dispute_settled", frozenset({"disputed"}),
                   "issued", DISPUTES_INVOICES, "Settling disputes", "The dispute is settled."),
    "void": Move("Make it void", "invoice.voided", frozenset({"issued", "disputed"}), "void",
                 KEEPS_INVOICES, "Voiding invoices", "{} is void."),
}  # fmt: skip


def enter(
    issued: Issued, charges: Sequence[Charge], *, by: Actor, occurred_at: datetime | None = None
) -> Invoice:
    """Writes down an invoice with its lines, as it was issued."""
    invoice = Invoice(
        entity=issued.entity, customer=issued.customer, number=issued.number.strip(),
        currency=issued.currency, issued_on=issued.issued_on, due_on=issued.due_on,
        reference=issued.reference.strip(), external_key=issued.external_key.strip(),
        imported_in=issued.imported_in, line_count=len(charges),
        source=Invoice.Source.IMPORT if issued.imported_in else Invoice.Source.ENTRY,
    )  # fmt: skip
    with recording(
        "invoice.entered", by=by, subject=invoice, occurred_at=occurred_at,
        before=lambda: hold(issued.entity, f"invoice/{invoice.number}"),
    ):  # fmt: skip
        refuse(why_not_enter(by, issued.entity))
        refuse(why_not_issued(issued) or why_not_charges(issued, charges))
        invoice.save()
        InvoiceLine.objects.bulk_create(
            line_of(invoice, position, charge) for position, charge in enumerate(charges, start=1)
        )
    return invoice


def hold(entity: Entity, key: str) -> None:
    """Who writes under the same number or key waits here, and then finds it taken."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{entity.pk}/{key}"]
        )


def lock(invoice: Invoice) -> Invoice:
    """The invoice as it stands, locked until the transaction ends: for whoever reserves a part of
    what may be credited or given back."""
    return Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)


def line_of(invoice: Invoice, position: int, charge: Charge) -> InvoiceLine:
    return InvoiceLine(
        invoice=invoice, entity=invoice.entity, position=position, text=charge.text.strip(),
        quantity=charge.quantity, currency=invoice.currency, net=charge.net,
        tax_code=charge.tax_code, tax=tax_in(charge, invoice.currency), account=charge.account,
        cost_centre=charge.cost_centre, project=charge.project.strip(),
    )  # fmt: skip


def tax_in(charge: Charge, currency: str) -> Decimal:
    return due_tax(charge, currency) if charge.tax is None else charge.tax


def due_tax(charge: Charge, currency: str) -> Decimal:
    """What the rate of the line's code makes, at the places of the currency."""
    if charge.tax_code is None:
        return NOTHING
    return balances.tax_on(charge.net, charge.tax_code.rate, currencies.scale(currency))


def move(
    slug: str, *, invoice: Invoice, by: Actor, reason: str, seen: Standing | None = None,
    occurred_at: datetime | None = None,
) -> Invoice:  # fmt: skip
    """Notes a dispute, settles it, or makes the invoice void."""
    step = MOVES[slug]
    with recording(
        step.kind, by=by, subject=invoice, reason=reason, locked=True, occurred_at=occurred_at
    ):  # fmt: skip
        refuse(why_not_move(slug, invoice, by))
        refuse_stale(invoice, seen, by)
        invoice.status = step.status
        invoice.save(update_fields=["status"])
    return invoice


def dispute(*, invoice: Invoice, by: Actor, reason: str) -> Invoice:
    return move("dispute", invoice=invoice, by=by, reason=reason)


def settle_dispute(*, invoice: Invoice, by: Actor, reason: str) -> Invoice:
    return move("settle", invoice=invoice, by=by, reason=reason)


def void(*, invoice: Invoice, by: Actor, reason: str) -> Invoice:
    return move("void", invoice=invoice, by=by, reason=reason)


def why_not_enter(by: Actor, entity: Entity) -> str:
    return why_not(by, entity, KEEPS_INVOICES, "Keeping the invoices")


def why_not_move(slug: str, invoice: Invoice, by: Actor) -> str:
    """Why this actor may not take this step; empty if they may."""
    step = MOVES[slug]
    refusal = why_not(by, invoice.entity, step.roles, step.doing)
    if refusal or invoice.status in step.starts:
        return refusal or (why_not_void(invoice) if slug == "void" else "")
    return f"{invoice} is {invoice.get_status_display().lower()}. “{step.label}” is not open to it."


def why_not_void(invoice: Invoice) -> str:
    if not sum(invoice.payments.values_list("amount", flat=True), NOTHING):
        return ""
    return f"{invoice} has payments. Reverse them if they are mistaken, or credit the invoice."


def why_not_issued(issued: Issued) -> str:
    """Why no invoice can be written down so; empty if it can. Lines are judged apart."""
    if not issued.number.strip() or len(issued.number.strip()) > 60:
        return "Give the number of the invoice, in at most 60 characters."
    if issued.customer.entity_id != issued.entity.pk:
        return f"{issued.customer} is no customer of {issued.entity.code}."
    return (
        currencies.why_not_currency(issued.currency) or why_not_days(issued)
        or why_not_texts(issued) or why_not_new(issued)
    )  # fmt: skip


def why_not_days(issued: Issued) -> str:
    if issued.issued_on > issued.entity.today():
        return f"{issued.issued_on} is still to come. Enter the invoice once it is issued."
    if issued.due_on < issued.issued_on:
        return f"It is due on {issued.due_on}, before it was issued on {issued.issued_on}."
    return ""


def why_not_texts(issued: Issued) -> str:
    if len(issued.reference.strip()) > 100 or len(issued.external_key.strip()) > 100:
        return "Reference and key have at most 100 characters."
    return instruments.why_not_kept(issued.reference)


def why_not_new(issued: Issued) -> str:
    """The number and the key of the other system are used once in an entity."""
    own, key = Invoice.objects.filter(entity=issued.entity), issued.external_key.strip()
    if own.filter(number=issued.number.strip()).exists():
        return f"{issued.number.strip()} of {issued.entity.code} stands already."
    known = own.filter(external_key=key).first() if key else None
    return f"The key {key} is that of {known} already." if known is not None else ""


def why_not_charges(issued: Issued, charges: Sequence[Charge]) -> str:
    if not 1 <= len(charges) <= MOST_LINES:
        return f"An invoice has between one and {MOST_LINES} lines."
    for number, charge in enumerate(charges, start=1):
        if refusal := why_not_charge(issued, charge):
            return f"Line {number}: {refusal}"
    if not any(charge.net + tax_in(charge, issued.currency) for charge in charges):
        return "The invoice charges nothing. Give at least one line an amount."
    return ""


def why_not_charge(issued: Issued, charge: Charge) -> str:
    """Why an invoice cannot have such a line; empty if it can."""
    text = charge.text.strip()
    if not text or len(text) > 200 or len(charge.project.strip()) > 40:
        return "Say what it charges, in at most 200 characters; a project has at most 40."
    if charge.quantity is not None and not 0 < charge.quantity < Decimal(10) ** 11:
        return "A quantity is more than zero; leave it empty if there is none."
    coded = (charge.account, charge.cost_centre, charge.tax_code)
    if any(each is not None and each.entity_id != issued.entity.pk for each in coded):
        return f"Code it to accounts, cost centres and tax codes of {issued.entity.code}."
    coding = posting.Line(
        charge.account, issued.currency, cost_centre=charge.cost_centre, tax_code=charge.tax_code
    )
    return (
        why_not_amount(charge.net, issued.currency)
        or posting.why_not_coding(coding, issued.issued_on)
        or why_not_tax(charge, issued.currency)
    )


def why_not_amount(amount: Decimal, currency: str) -> str:
    """Amounts of a line are zero or more, at the places of the currency."""
    if amount < 0:
        return "An amount is not below zero. Take a discount off the line that it belongs to."
    return currencies.why_not_amount(amount, currency) if amount else ""


def why_not_tax(charge: Charge, currency: str) -> str:
    """A line's tax is what its code makes, or one unit more or less: others round otherwise."""
    tax, due = tax_in(charge, currency), due_tax(charge, currency)
    if charge.tax_code is None and tax:
        return "It has a tax and no tax code. Give the code, or no tax."
    if refusal := why_not_amount(tax, currency):
        return refusal
    if abs(tax - due) <= Decimal(1).scaleb(-currencies.scale(currency)):
        return ""
    return (
        f"The tax is {currencies.shown(tax, currency)}, where {charge.tax_code} makes "
        f"{currencies.shown(due, currency)} of {currencies.shown(charge.net, currency)}."
    )
