"""What pages of the books show; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from audit.actors import Actor
from audit.recording import record
from finance.models import Account, CostCentre, JournalEntry, JournalLine, Period, TaxCode
from requests_app import people
from requests_app.models import Entity

PERIODS = 24  # on the overview; all of them on the admin site
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Books:
    """What the overview shows of one entity."""

    entity: Entity
    periods: list[Period]
    accounts: list[Account]
    cost_centres: list[CostCentre]
    tax_codes: list[TaxCode]


@dataclass(frozen=True)
class Totals:
    """What stands in a period, in the base currency."""

    entries: int
    debit: Decimal
    credit: Decimal

    @property
    def is_even(self) -> bool:
        return self.debit == self.credit


def entities(person: Any) -> list[Entity]:
    return people.entities_of(person, people.READS_BOOKS)


def books_of(entity: Entity) -> Books:
    return Books(
        entity, list(entity.periods.all()[:PERIODS]), list(entity.accounts.all()),
        list(entity.cost_centres.all()), list(entity.tax_codes.select_related("account")),
    )  # fmt: skip


def totals(period: Period) -> Totals:
    lines = JournalLine.objects.filter(entry__period=period)
    found = lines.aggregate(
        entries=Count("entry", distinct=True), debit=Sum("base_debit"), credit=Sum("base_credit")
    )
    return Totals(found["entries"], found["debit"] or NOTHING, found["credit"] or NOTHING)


def find(rows: QuerySet[Any], by: Actor, **key: Any) -> Any:
    """The row, if the person may see it, else None. A refused look is recorded."""
    found = rows.visible_to(by.person).filter(**key).first()  # type: ignore[attr-defined]
    if found is None:
        hidden = rows.filter(**key).first()
        if hidden is not None:
            record("trail.view_denied", by=by, subject=hidden, outcome="denied")
    return found


def entries(person: Any, given: dict[str, Any]) -> QuerySet[JournalEntry]:
    """The entries of the books a person reads that a filter names."""
    rows = JournalEntry.objects.visible_to(person).select_related("entity", "adjustment")
    if given.get("entity"):
        rows = rows.filter(entity=given["entity"])
    if given.get("q"):
        words = given["q"].strip()
        rows = rows.filter(Q(number__icontains=words) | Q(text__icontains=words))
    if given.get("source"):
        rows = rows.filter(source=given["source"])
    if given.get("period"):
        year, month = str(given["period"]).split("-")
        rows = rows.filter(period__year=int(year), period__month=int(month))
    if given.get("account"):
        on = JournalLine.objects.filter(account__code=given["account"].strip())
        rows = rows.filter(pk__in=on.values("entry_id"))
    return rows


def debits(rows: list[JournalEntry]) -> dict[int, tuple[Decimal, str]]:
    """By entry, what it moves in the base currency."""
    lines = JournalLine.objects.filter(entry__in=rows).values("entry_id", "base_currency")
    return {
        each["entry_id"]: (each["total"], each["base_currency"])
        for each in lines.annotate(total=Sum("base_debit")).order_by()
    }
