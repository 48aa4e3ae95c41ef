"""The numbers above a customer's requests: each leads to exactly the requests that it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.http import urlencode

from requests_app import currencies
from requests_app.customers import reading
from requests_app.models import Customer, Status


@dataclass(frozen=True)
class StatusCount:
    label: str
    code: str
    count: int
    address: str


@dataclass(frozen=True)
class Claimed:
    """What was claimed in one currency, by how many requests."""

    currency: str
    amount: Decimal
    count: int
    address: str


@dataclass(frozen=True)
class Totals:
    """``here`` is the page whose list the numbers narrow."""

    here: str
    statuses: Counter[str]
    sums: dict[str, Decimal]
    claiming: Counter[str]

    @property
    def total(self) -> int:
        return self.statuses.total()

    @property
    def by_status(self) -> list[StatusCount]:
        return [
            StatusCount(str(each.label), each.value, self.statuses[each], self.listed(status=each))
            for each in Status
            if self.statuses[each]
        ]

    @property
    def claimed(self) -> list[Claimed]:
        """Each currency for itself: there is no rate that would be right for all moments."""
        return [
            Claimed(code, currencies.at_scale(self.sums[code], code), self.claiming[code],
                    self.listed(currency=code))
            for code in sorted(self.sums)
        ]  # fmt: skip

    def listed(self, **query: str) -> str:
        return f"{self.here}?{urlencode(query)}#requests"


def of(customer: Customer, person: Any, here: str) -> Totals:
    """Of all their requests that this person may see; one query."""
    rows = (
        reading.requests_of(customer, person).order_by().values("status", "claimed_currency")
        .annotate(count=Count("pk"), claiming=Count("claimed_amount"), sum=Sum("claimed_amount"))
    )  # fmt: skip
    found = Totals(here, Counter(), {}, Counter())
    for row in rows:
        found.statuses[row["status"]] += row["count"]
        if row["claiming"]:
            code = row["claimed_currency"]
            found.sums[code] = found.sums.get(code, Decimal()) + row["sum"]
            found.claiming[code] += row["claiming"]
    return found
