"""The demo's books: a chart of accounts for each entity, and its months, the oldest of them closed
by two people."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from finance.models import Account, CostCentre, Period, TaxCode
from finance.services import chart, periods
from requests_app.demo.story import Story
from requests_app.models import Entity

# Code, name, kind, whether it takes tax codes.
ACCOUNTS = (
    ("1000", "Bank", "asset", False),
    ("1050", "Processor clearing", "asset", False),
    ("1200", "Accounts receivable", "asset", False),
    ("2200", "Sales tax payable", "liability", False),
    ("2350", "Customer refunds payable", "liability", False),
    ("4000", "Sales", "revenue", True),
    ("4900", "Sales returns and allowances", "contra_revenue", True),
    ("6400", "Goodwill", "expense", True),
    ("6500", "Bad debts", "expense", True),
    ("6600", "Shipping and remedies", "expense", True),
    ("6990", "Rounding and exchange differences", "expense", False),
)
COST_CENTRES = (("CS", "Customer service"), ("LOG", "Logistics"), ("SAL", "Sales"))
TAX_CODES = {
    "US": (("ST8", "Sales tax 8 %", "8"), ("EX", "Exempt", "0")),
    "DE": (("V19", "VAT 19 %", "19"), ("V7", "VAT 7 %", "7"), ("V0", "VAT free", "0")),
}


def keep_books(story: Story) -> None:
    for code, entity in story.entities.items():
        code_accounts(story, entity)
        for month in months(story):
            period = periods.open_period(
                entity=entity, year=month.year, month=month.month, by=story.actor("arjun")
            )
            if month == months(story)[0]:
                shut(story, period, code)


def code_accounts(story: Story, entity: Entity) -> None:
    by, made = story.actor("arjun"), {}
    for code, name, kind, is_taxable in ACCOUNTS:
        row = Account(entity=entity, code=code, name=name, kind=kind, is_taxable=is_taxable)
        made[code] = chart.add(row, by=by)
    for code, name in COST_CENTRES:
        chart.add(CostCentre(entity=entity, code=code, name=name), by=by)
    for code, name, rate in TAX_CODES[entity.code]:
        tax = TaxCode(entity=entity, code=code, name=name, rate=Decimal(rate),
                      account=made["2200"])  # fmt: skip
        chart.add(tax, by=by)


def months(story: Story) -> list[date]:
    """The first days of the months since the story began, and of the one before it."""
    first = (story.now.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    found, today = [first], timezone.now().date()
    while (found[-1].year, found[-1].month) != (today.year, today.month):
        found.append((found[-1] + timedelta(days=32)).replace(day=1))
    return found


def shut(story: Story, period: Period, code: str) -> None:
    asks, decides = story.actor("arjun"), story.actor("chloe")
    told = f"{code} is complete and checked."
    periods.move("ask-close", period=period, by=asks, reason=told)
    periods.move("close", period=period, by=decides, reason="The totals are even.")
