"""Posting: the only way into the journal. What is posted is complete, balances and stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.functions import Now

from audit.actors import Actor
from audit.recording import recording
from finance.models import (
    Account,
    CostCentre,
    FinancialAdjustment,
    JournalEntry,
    JournalLine,
    Period,
    TaxCode,
)
from finance.roles import POSTS, refuse, why_not
from finance.services import periods
from requests_app import currencies
from requests_app.models import Customer, Entity, User
from requests_app.numbering import next_numbers

NOTHING = Decimal(0)
JOURNALS = {"GJ": "General journal", "PJ": "Payment journal"}


@dataclass(frozen=True)
class Line:
    """A line to be posted: a debit or a credit, in its currency. ``rate`` is how many units of the
    entity's currency one unit of the line's currency buys."""

    account: Account
    currency: str
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING
    cost_centre: CostCentre | None = None
    tax_code: TaxCode | None = None
    project: str = ""
    partner: Entity | None = None
    customer: Customer | None = None
    rate: Decimal = Decimal(1)
    rate_on: date | None = None

    @property
    def amount(self) -> Decimal:
        return self.debit or self.credit


@dataclass(frozen=True)
class Document:
    """What an entry says of itself. The same ``key`` posts once, however often it is sent."""

    entity: Entity
    posting_date: date
    source: str
    text: str
    key: str
    journal: str = "GJ"
    document_date: date | None = None
    adjustment: FinancialAdjustment | None = None
    prepared_by: User | None = None
    reverses: JournalEntry | None = None
    rounding: Account | None = None


def post(
    document: Document, lines: Sequence[Line], *, by: Actor, reason: str = "",
    occurred_at: datetime | None = None,
) -> JournalEntry:  # fmt: skip
    """Posts an entry, or returns the one that its key has posted before."""

    def rows() -> list[JournalLine]:
        refuse(why_not_lines(lines, document.posting_date))
        return rows_of(document, lines)

    return enter(document, rows, by=by, reason=reason, occurred_at=occurred_at)


def reverse(
    *, entry: JournalEntry, posting_date: date, by: Actor, reason: str,
    occurred_at: datetime | None = None,
) -> JournalEntry:  # fmt: skip
    """Posts the same lines with the sides changed. An entry is reversed once, a reversal never; the
    period that must be open is the reversal's own."""
    document = Document(
        entity=entry.entity, posting_date=posting_date, source=JournalEntry.Source.REVERSAL,
        text=f"Reversal of {entry.number}", key=f"reversal/{entry.pk}", journal=entry.journal,
        adjustment=entry.adjustment, reverses=entry,
    )  # fmt: skip

    def rows() -> list[JournalLine]:
        refuse(why_not_reverse(entry, posting_date))
        found = entry.lines.select_related("account", "cost_centre", "tax_code")
        return [turned(row, posting_date) for row in found.order_by("position")]

    return enter(document, rows, by=by, reason=reason, occurred_at=occurred_at)


def enter(
    document: Document, rows: Callable[[], list[JournalLine]], *, by: Actor, reason: str,
    occurred_at: datetime | None,
) -> JournalEntry:  # fmt: skip
    """``rows`` makes the lines, or refuses, once the key is locked."""
    entry = entry_of(document, by)
    known: list[JournalEntry] = []

    def number() -> None:
        refuse(why_not_post(document, by))
        lock_key(document)
        hold_period(document)
        known.extend(
            JournalEntry.objects.filter(entity=document.entity, idempotency_key=document.key)
        )
        give_number(entry)

    kind = "journal_entry.reversed" if document.reverses else "journal_entry.posted"
    detail = {"original": document.reverses.number} if document.reverses else {}
    with recording(
        kind, by=by, subject=entry, reason=reason, occurred_at=occurred_at, before=number,
        detail=detail,
    ) as event:  # fmt: skip
        refuse(why_not_post(document, by))
        made = rows()
        if known:
            refuse(why_not_again(known[0], made))
            event.discard()
        keep(entry, made, period_of(document))
    return known[0] if known else entry


def keep(entry: JournalEntry, rows: list[JournalLine], period: Period) -> None:
    entry.period, entry.line_count = period, len(rows)
    entry.save()
    entry.refresh_from_db(fields=["posted_at"])
    for row in rows:
        row.entry = entry
    JournalLine.objects.bulk_create(rows)


def turned(row: JournalLine, day: date) -> JournalLine:
    """The other side of a line. Its base amounts are those it had, to the last place."""
    refuse(why_not_coding(row, day))
    return JournalLine(
        entity_id=row.entity_id, position=row.position, account=row.account,
        cost_centre=row.cost_centre, tax_code=row.tax_code, project=row.project,
        partner_id=row.partner_id, customer_id=row.customer_id, currency=row.currency,
        debit=row.credit, credit=row.debit, rate=row.rate, rate_on=row.rate_on,
        base_currency=row.base_currency, base_debit=row.base_credit, base_credit=row.base_debit,
    )  # fmt: skip


def entry_of(document: Document, by: Actor) -> JournalEntry:
    """By the key of what it reverses: else the original would be told of it before it is posted."""
    original = document.reverses
    return JournalEntry(
        entity=document.entity, journal=document.journal, year=document.posting_date.year,
        document_date=document.document_date or document.posting_date,
        posting_date=document.posting_date, source=document.source, text=document.text,
        adjustment=document.adjustment, posted_at=Now(),
        reverses_id=original.pk if original is not None else None,
        idempotency_key=document.key, prepared_by=document.prepared_by, posted_by=by.person,
    )  # fmt: skip


def give_number(entry: JournalEntry) -> None:
    """The next of its journal and year. What is refused gives it back."""
    (entry.number,) = next_numbers(entry.entity, entry.journal, year=entry.year)
    entry.sequence = int(entry.number.rpartition("-")[2])


def lock_key(document: Document) -> None:
    """Who posts under the same key waits here, and then finds the entry."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"journal/{document.entity.pk}/{document.key}"],
        )


def hold_period(document: Document) -> None:
    """Whoever closes the period waits until this entry is in; whoever is closing it is waited for,
    and then found to have closed it."""
    day = document.posting_date
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT FROM finance_period WHERE entity_id = %s AND year = %s AND month = %s"
            " FOR SHARE",
            [document.entity.pk, day.year, day.month],
        )


def period_of(document: Document) -> Period:
    day = document.posting_date
    return Period.objects.get(entity=document.entity, year=day.year, month=day.month)


def rows_of(document: Document, lines: Sequence[Line]) -> list[JournalLine]:
    rows = [row_of(document, position, line) for position, line in enumerate(lines, start=1)]
    left = sum((row.base_debit - row.base_credit for row in rows), NOTHING)
    if left:
        rows.append(rounding_of(document, len(rows) + 1, left))
    return rows


def row_of(document: Document, position: int, line: Line) -> JournalLine:
    base = document.entity.currency
    return JournalLine(
        entity=document.entity, position=position, account=line.account, currency=line.currency,
        debit=line.debit, credit=line.credit, cost_centre=line.cost_centre,
        tax_code=line.tax_code, project=line.project, partner=line.partner,
        customer=line.customer, rate=line.rate, rate_on=line.rate_on, base_currency=base,
        base_debit=in_base(line.debit, line, base), base_credit=in_base(line.credit, line, base),
    )  # fmt: skip


def in_base(amount: Decimal, line: Line, base: str) -> Decimal:
    if line.currency == base:
        return amount
    least = Decimal(1).scaleb(-currencies.scale(base))
    return (amount * line.rate).quantize(least, ROUND_HALF_EVEN)


def rounding_of(document: Document, position: int, left: Decimal) -> JournalLine:
    """What the lines differ by in the base currency, each rounded by itself, stands in a line."""
    if document.rounding is None:
        refuse(
            f"Rounding leaves {currencies.shown(abs(left), document.entity.currency)}. Name the "
            "account that takes such differences."
        )
    base = document.entity.currency
    return JournalLine(
        entity=document.entity, position=position, account=document.rounding, currency=base,
        base_currency=base, base_debit=max(-left, NOTHING), base_credit=max(left, NOTHING),
    )  # fmt: skip


def why_not_post(document: Document, by: Actor) -> str:
    """Why nothing can be posted so; empty if it can. Lines are judged apart."""
    return why_not(by, document.entity, POSTS, "Posting in the journal") or periods.why_not_post_on(
        document.entity, document.posting_date
    )


def why_not_reverse(entry: JournalEntry, day: date) -> str:
    if entry.reverses_id is not None:
        return f"{entry} is a reversal itself. Post the entry anew instead."
    if entry.posting_date > day:
        return f"{entry} was posted on {entry.posting_date}. Reverse it on that day or later."
    return ""


def why_not_reversed(entry: JournalEntry, by: Actor) -> str:
    """Why this actor may not reverse an entry, whatever the day; empty if they may."""
    refusal = why_not(by, entry.entity, POSTS, "Posting in the journal")
    if refusal or entry.reverses_id is not None:
        return refusal or f"{entry} is a reversal itself. Post the entry anew instead."
    again = JournalEntry.objects.filter(reverses=entry).first()
    return f"It was reversed by {again} already." if again is not None else ""


def why_not_lines(lines: Sequence[Line], day: date) -> str:
    for number, line in enumerate(lines, start=1):
        refusal = why_not_amount(line) or why_not_coding(line, day)
        if refusal:
            return f"Line {number}: {refusal}"
    return why_not_even(lines)


def why_not_amount(line: Line) -> str:
    if (line.debit > 0) == (line.credit > 0) or line.debit < 0 or line.credit < 0:
        return "It is either a debit or a credit, of more than zero."
    return currencies.why_not_amount(line.amount, line.currency)


def why_not_coding(line: Line | JournalLine, day: date) -> str:
    """Why a line cannot be coded so on a day; empty if it can."""
    if not line.account.is_postable or not line.account.is_open(day):
        return f"Account {line.account} takes no entries on {day.isoformat()}."
    if line.cost_centre is not None and not line.cost_centre.is_open(day):
        return f"Cost centre {line.cost_centre} is not in use on {day.isoformat()}."
    return why_not_tax(line, day)


def why_not_tax(line: Line | JournalLine, day: date) -> str:
    code = line.tax_code
    if code is None:
        return ""
    if not code.is_open(day):
        return f"Tax code {code} is not in use on {day.isoformat()}."
    if not line.account.is_taxable and code.account_id != line.account.pk:
        return f"Account {line.account} takes no tax codes."
    return ""


def why_not_even(lines: Sequence[Line]) -> str:
    """Debits and credits are even in each currency."""
    if len(lines) < 2:
        return "An entry has at least two lines."
    for currency in dict.fromkeys(line.currency for line in lines):
        own = [line for line in lines if line.currency == currency]
        debit = sum((line.debit for line in own), NOTHING)
        credit = sum((line.credit for line in own), NOTHING)
        if debit != credit:
            return (
                f"Debits are {currencies.shown(debit, currency)} and credits "
                f"{currencies.shown(credit, currency)}. They must be even."
            )
    return ""


def why_not_again(known: JournalEntry, rows: Sequence[JournalLine]) -> str:
    """The same key with other lines is a mistake of the sender, and nothing to hide."""
    posted = [told(row) for row in known.lines.order_by("position")]
    if posted == [told(row) for row in rows]:
        return ""
    return (
        f"{known.number} was posted under this key already, with other lines. Give what is another "
        "entry a key of its own."
    )


def told(row: JournalLine) -> tuple[Any, ...]:
    return (
        row.position, row.account_id, row.cost_centre_id, row.tax_code_id, row.project,
        row.partner_id, row.customer_id, row.currency, row.debit, row.credit, row.base_debit,
        row.base_credit,
    )  # fmt: skip
