"""What one person sees of the data set: the addresses of pages are drawn from it, so that looks in
a row are at other rows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.timezone import localdate

from audit import presets, timeline
from audit.access import access
from audit.models import Event
from audit.offered import values
from finance.models import FinancialAdjustment
from requests_app.models import Customer, SupportRequest, User

EVENTS, COUNTED = 5_000, 20_000


@dataclass(frozen=True)
class Sample:
    """Rows by their ids; ``numbers`` are those of the requests. The ``events`` belong to some of
    these, ``granted`` are the requests that have approvals and adjustments."""

    chance: random.Random
    requests: list[int]
    numbers: dict[int, str]
    events: list[Event]
    customers: list[int]
    granted: list[int]
    people: list[int]
    longest: int
    presets: list[presets.Link]

    @classmethod
    def of(cls, person: User) -> Sample:
        chance = random.Random(7)  # noqa: S311
        seen = SupportRequest.objects.visible_to(person).order_by("pk")
        numbers = dict(seen.values_list("pk", "number"))
        requests = list(numbers)
        granted = FinancialAdjustment.objects.filter(entity__in=seen.order_by().values("entity"))
        return cls(
            chance, requests, numbers, events_of(person, chance),
            customers=keys(Customer.objects.visible_to(person)),
            granted=keys(granted, "support_request_id"),
            people=keys(User.objects.visible_to(person)),
            longest=longest_trail(requests),
            presets=presets.links({}, {name: {*some} for name, some in values(person).items()}),
        )  # fmt: skip

    def one_of(self, values: Any) -> Any:
        return self.chance.choice(values)

    @property
    def request(self) -> int:
        """Any of them, another one each time; likewise the following."""
        return self.chance.choice(self.requests)

    @property
    def number(self) -> str:
        return self.numbers[self.request]

    @property
    def event(self) -> Event:
        return self.chance.choice(self.events)

    @property
    def day(self) -> str:
        """One on which something was recorded."""
        return localdate(self.event.recorded_at).isoformat()

    @property
    def far_page(self) -> int:
        """As far down as lists reach that have numbered pages."""
        return max(1, min(timeline.COUNTED, self.events[-1].pk) // timeline.PAGE)

    def middle_of(self, request: int) -> int:
        """An event in the middle of a trail."""
        trail = Event.objects.of_support_request(request).values_list("pk", flat=True)
        return int(trail[trail.count() // 2])


def keys(rows: QuerySet[Any], name: str = "pk") -> list[int]:
    return list(rows.order_by("pk").values_list(name, flat=True))


def events_of(person: User, chance: random.Random) -> list[Event]:
    newest = Event.objects.aggregate(Max("pk"))["pk__max"]
    drawn = chance.choices(range(1, newest + 1), k=EVENTS)
    seen = access().events_for(person).filter(pk__in=drawn, support_request_id__isnull=False)
    return list(seen.order_by("pk"))


def longest_trail(requests: list[int]) -> int:
    """The longest of the first requests, which have had the time."""
    counted = Event.objects.filter(support_request_id__in=requests[:COUNTED]).order_by()
    per_request = counted.values("support_request_id").annotate(events=Count("pk"))
    longest = per_request.order_by("-events").values_list("support_request_id", flat=True)
    return longest[0] or requests[0]
