"""An entity with the accounts of the $25,000 refund, and people who keep its books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from audit.actors import Actor
from audit.recording import recording
from finance.models import (
    Account,
    CostCentre,
    ExchangeRate,
    Invoice,
    InvoiceImport,
    JournalEntry,
    Period,
    TaxCode,
)
from finance.services import chart, periods, posting
from finance.services.posting import Document, Line
from requests_app.models import Entity, User
from tests import factories

DAY = date(2026, 9, 15)
ACCOUNTS = {
    "1050": ("Processor clearing", "asset"), "1200": ("Accounts receivable", "asset"),
    "2200": ("Sales tax payable", "liability"), "4000": ("Sales", "revenue"),
    "4900": ("Sales returns and allowances", "contra_revenue"),
    "6990": ("Rounding differences", "expense"),
}  # fmt: skip
TAXED = {"4000", "4900"}


@dataclass
class Books:
    entity: Entity
    accounts: dict[str, Account]
    tax: TaxCode
    centre: CostCentre
    period: Period

    @cached_property
    def accountant(self) -> User:
        return factories.person("accountant", self.entity)

    @cached_property
    def controller(self) -> User:
        return factories.person("controller", self.entity)

    @property
    def by(self) -> Actor:
        return factories.actor(self.accountant)

    def line(self, code: str, **facts: Any) -> Line:
        amounts = {name: Decimal(str(facts.pop(name)))
                   for name in ("debit", "credit", "rate") if name in facts}  # fmt: skip
        return Line(self.accounts[code], facts.pop("currency", "USD"), **amounts, **facts)

    def refund(self) -> list[Line]:
        """The worked example: returns and tax against the receivable."""
        return [
            self.line("4900", debit="23148.15", tax_code=self.tax, cost_centre=self.centre),
            self.line("2200", debit="1851.85", tax_code=self.tax),
            self.line("1200", credit="25000.00"),
        ]

    def document(self, key: str = "one", **facts: Any) -> Document:
        given: dict[str, Any] = {"posting_date": DAY, "source": "adjustment", "text": "Refund"}
        return Document(entity=self.entity, key=key, **given | facts)

    def post(self, lines: list[Line] | None = None, key: str = "one", **facts: Any) -> JournalEntry:
        return posting.post(self.document(key, **facts), lines or self.refund(), by=self.by)


def opened(entity: Entity | None = None) -> Books:
    entity = entity or factories.entity()
    by = factories.TESTER
    accounts = {
        code: chart.add(
            Account(entity=entity, code=code, name=name, kind=kind, is_taxable=code in TAXED),
            by=by,
        )
        for code, (name, kind) in ACCOUNTS.items()
    }
    tax = TaxCode(entity=entity, code="ST8", name="Sales tax", rate=Decimal(8),
                  account=accounts["2200"])  # fmt: skip
    chart.add(tax, by=by)
    centre = chart.add(CostCentre(entity=entity, code="CS", name="Customer service"), by=by)
    period = periods.open_period(entity=entity, year=DAY.year, month=DAY.month, by=by)
    return Books(entity, accounts, tax, centre, period)


def with_an_entry(entity: Entity) -> JournalEntry:
    """A row of everything that belongs to books."""
    books = opened(entity)
    day = DAY + timedelta(days=ExchangeRate.objects.count())
    rate = ExchangeRate(base="EUR", quoted="USD", day=day, source="ECB", rate=Decimal("1.1"))
    with recording("exchange_rate.imported", by=factories.TESTER, subject=rate):
        rate.save()
    with_an_invoice(books)
    return posting.post(books.document(), books.refund(), by=factories.TESTER)


def with_an_invoice(books: Books) -> Invoice:
    """Of every table of invoices a row: one that came from a file, paid in full."""
    from tests.finance import billed

    file = InvoiceImport(entity=books.entity, kind="invoices", name="invoices.csv",
                         sha256="0" * 64, rows=1, added=1)  # fmt: skip
    with recording("invoice.imported", by=factories.TESTER, subject=file):
        file.save()
    made = billed.invoice(books, number=f"INV-{books.entity.pk}", imported_in=file)
    billed.pay(made)
    return made
