"""The event kinds of money, and how they read."""

from __future__ import annotations

from audit import kinds
from audit.kinds import Explanation as Means
from audit.kinds import Kind


def register() -> None:
    kinds.register(*chart(), *periods(), *journal(), *invoices())
    kinds.explain(meanings())


def chart() -> tuple[Kind, ...]:
    return (
        Kind("account.added", "Account added", "added the account", "plus"),
        Kind("account.changed", "Account changed", "changed the account", "edit",
             needs_reason=True),
        Kind("cost_centre.added", "Cost centre added", "added the cost centre", "plus"),
        Kind("cost_centre.changed", "Cost centre changed", "changed the cost centre", "edit",
             needs_reason=True),
        Kind("tax_code.added", "Tax code added", "added the tax code", "plus"),
        Kind("tax_code.changed", "Tax code changed", "changed the tax code", "edit",
             needs_reason=True),
        Kind("exchange_rate.imported", "Exchange rates imported", "imported exchange rates",
             "download"),
    )  # fmt: skip


def periods() -> tuple[Kind, ...]:
    return (
        Kind("period.opened", "Period opened", "opened the period", "plus"),
        Kind("period.close_asked", "Close of a period asked", "asked to close the period", "clock",
             needs_reason=True),
        Kind("period.close_declined", "Close of a period declined",
             "declined to close the period", "x", needs_reason=True),
        Kind("period.closed", "Period closed", "closed the period", "lock", needs_reason=True),
        Kind("period.reopen_asked", "Reopening of a period asked", "asked to reopen the period",
             "clock", needs_reason=True),
        Kind("period.reopen_declined", "Reopening of a period declined",
             "declined to reopen the period", "x", needs_reason=True),
        Kind("period.reopened", "Period reopened", "reopened the period", "undo",
             needs_reason=True),
    )  # fmt: skip


def journal() -> tuple[Kind, ...]:
    return (
        Kind("journal_entry.posted", "Entry posted", "posted the entry", "check"),
        Kind("journal_entry.reversed", "Entry reversed", "reversed an entry", "undo",
             needs_reason=True),
    )  # fmt: skip


def invoices() -> tuple[Kind, ...]:
    return (
        Kind("invoice.entered", "Invoice entered", "entered the invoice", "plus"),
        Kind("invoice.paid", "Payment recorded", "recorded a payment of the invoice", "check"),
        Kind("invoice.payment_reversed", "Payment reversed", "reversed a payment of the invoice",
             "undo", needs_reason=True),
        Kind("invoice.disputed", "Invoice disputed", "noted a dispute about the invoice", "alert",
             needs_reason=True),
        Kind("invoice.dispute_settled", "Dispute settled", "settled the dispute about the invoice",
             "check", needs_reason=True),
        Kind("invoice.voided", "Invoice voided", "made the invoice void", "x", needs_reason=True),
        Kind("invoice.viewed", "Invoice viewed", "looked at the invoice", "eye", is_passive=True),
        Kind("invoice.imported", "Invoices imported", "imported a file of invoices or payments",
             "download"),
    )  # fmt: skip


def meanings() -> dict[str, Means]:
    return {
        "exchange_rate.imported": Means(
            "Rates are never edited; a line that repeats one is left out.",
            ("source", "rows", "added", "file_sha256"),
        ),
        "period.close_asked": Means("It takes entries until another person closes it."),
        "period.closed": Means("It takes no entries; nothing is posted on another day instead."),
        "period.reopen_asked": Means("It stays closed until another person reopens it."),
        "journal_entry.posted": Means("Entry and lines never change from then on."),
        "journal_entry.reversed": Means(
            "The subject is the reversing entry; the original stays as it was.", ("original",)
        ),
        "invoice.entered": Means("Number, lines and amounts never change from then on."),
        "invoice.paid": Means("A payment is never edited; a mistaken one is reversed."),
        "invoice.payment_reversed": Means(
            "A row below zero points back to the payment, which stays. Money that is given back is "
            "a refund instead."
        ),
        "invoice.viewed": Means("Once per person, invoice and quarter of an hour."),
        "invoice.imported": Means(
            "Each invoice and payment of the file has an event of its own, caused by this one."
        ),
    }
