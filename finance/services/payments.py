"""Payments of invoices: written down as they came in, and turned by another row where one was
mistaken. The same key is paid once, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from audit.actors import Actor
from audit.recording import recording
from audit.standing import Standing, refuse_stale
from finance import instruments
from finance.models import Invoice, InvoiceImport, InvoicePayment
from finance.roles import KEEPS_INVOICES, refuse, why_not
from finance.services.invoices import hold
from requests_app import currencies


@dataclass(frozen=True)
class Paid:
    """What came in. Without ``key`` it gets one of its own."""

    paid_on: date
    amount: Decimal
    kind: str
    instrument: str = ""
    reference: str = ""
    key: str = ""
    imported_in: InvoiceImport | None = None


def record_payment(
    *, invoice: Invoice, paid: Paid, by: Actor, seen: Standing | None = None,
    occurred_at: datetime | None = None,
) -> InvoicePayment:  # fmt: skip
    """Writes down a payment, or returns the one that its key stands for already."""
    known: list[InvoicePayment] = []

    def claim() -> None:
        if paid.key.strip():
            hold(invoice.entity, f"payment/{paid.key.strip()}")
        own = InvoicePayment.objects.filter(entity=invoice.entity, key=paid.key.strip())
        known.extend(own.select_related("invoice"))

    made = payment_of(invoice, paid)
    with recording(
        "invoice.paid", by=by, subject=invoice, locked=True, before=claim, occurred_at=occurred_at
    ) as event:  # fmt: skip
        refuse(why_not_pay(invoice, by))
        if known:
            refuse(why_not_again(known[0], made))
            event.discard()
        refuse_stale(invoice, seen, by)
        refuse(why_not_paid(invoice, paid))
        made.key = made.key or key_for(invoice)
        made.save()
    return known[0] if known else made


def payment_of(invoice: Invoice, paid: Paid) -> InvoicePayment:
    return InvoicePayment(
        invoice=invoice, entity=invoice.entity, paid_on=paid.paid_on, currency=invoice.currency,
        amount=paid.amount, kind=paid.kind, instrument=paid.instrument.strip(),
        reference=paid.reference.strip(), key=paid.key.strip(), imported_in=paid.imported_in,
    )  # fmt: skip


def key_for(invoice: Invoice) -> str:
    """Of a payment entered by hand. The invoice is locked, so the count stands."""
    return f"invoice/{invoice.pk}/{invoice.payments.count() + 1}"


def reverse_payment(
    *, payment: InvoicePayment, by: Actor, reason: str, seen: Standing | None = None,
    occurred_at: datetime | None = None,
) -> InvoicePayment:  # fmt: skip
    """Turns a mistaken payment by a row below zero. Money that is given back is a refund."""
    invoice = payment.invoice
    with recording(
        "invoice.payment_reversed", by=by, subject=invoice, reason=reason, locked=True,
        occurred_at=occurred_at,
    ):  # fmt: skip
        refuse(why_not_reverse(payment, by))
        refuse_stale(invoice, seen, by)
        made = InvoicePayment(
            invoice=invoice, entity=payment.entity, paid_on=invoice.entity.today(),
            currency=payment.currency, amount=-payment.amount, kind=payment.kind,
            instrument=payment.instrument, reference=payment.reference,
            key=f"reversal/{payment.pk}", reverses=payment,
        )  # fmt: skip
        made.save()
    return made


def why_not_pay(invoice: Invoice, by: Actor) -> str:
    """Why this actor may not write down any payment of it; empty if they may."""
    refusal = why_not(by, invoice.entity, KEEPS_INVOICES, "Recording payments")
    if refusal or invoice.status != Invoice.Status.VOID:
        return refusal
    return f"{invoice} is void. Find the invoice that the money is meant for."


def why_not_reverse(payment: InvoicePayment, by: Actor) -> str:
    """Why this actor may not reverse a payment; empty if they may."""
    refusal = why_not_pay(payment.invoice, by)
    if refusal:
        return refusal
    if payment.reverses_id is not None:
        return "That is a reversal itself. Record the payment anew instead."
    if InvoicePayment.objects.filter(reverses=payment).exists():
        return "That payment is reversed already."
    return ""


def why_not_paid(invoice: Invoice, paid: Paid) -> str:
    """Why no payment can be written down so; empty if it can."""
    if paid.paid_on > invoice.entity.today():
        return f"{paid.paid_on} is still to come. Record the payment once it is in."
    if paid.kind not in InvoicePayment.Kind.values:
        return f"“{paid.kind}” is none of {', '.join(InvoicePayment.Kind.values)}."
    longest = ((paid.instrument, 60), (paid.reference, 100), (paid.key, 100))
    if any(len(text.strip()) > most for text, most in longest):
        return "An instrument has at most 60 characters, reference and key at most 100."
    return (
        currencies.why_not_amount(paid.amount, invoice.currency)
        or instruments.why_not_instrument(paid.instrument)
        or instruments.why_not_kept(paid.reference)
    )


def why_not_again(known: InvoicePayment, made: InvoicePayment) -> str:
    """The same key with other facts is a mistake of the sender, and nothing to hide."""
    facts = ("invoice_id", "paid_on", "amount", "kind", "instrument", "reference")
    if all(getattr(known, name) == getattr(made, name) for name in facts):
        return ""
    return (
        f"The key {known.key} stands for another payment, of {known.invoice}. Give this one a key "
        "of its own."
    )
