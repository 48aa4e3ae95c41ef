"""Whether the database's clock went back between two events that follow each other in a trail.

Numbers order a trail. Its moments should never fall; where they did, durations are wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, Max, Window
from django.db.models.functions import Lag

from audit.models import Event

# Two connections may draw a number and read the clock in another order, by milliseconds.
TOLERATED = timedelta(seconds=1)
NEWEST = 20_000  # many times what is recorded between two checks, and quickly read
NAMED = 20


@dataclass(frozen=True)
class Step:
    """The clock had gone back by so much when an event followed another one."""

    earlier_id: int
    later_id: int
    by: timedelta

    def __str__(self) -> str:
        return (
            f"by {self.by.total_seconds():.1f} s between E-{self.earlier_id} and E-{self.later_id}"
        )


def steps(newest: int = NEWEST) -> list[Step]:
    """Among the newest events, in the trail of each request and in that of all else."""
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    trail: dict[str, Any] = {"partition_by": F("support_request_id"), "order_by": F("id").asc()}
    told = (
        Event.objects.filter(pk__gt=last - newest)
        .annotate(before_id=Window(Lag("id"), **trail), before=Window(Lag("recorded_at"), **trail))
        .filter(before__gt=ExpressionWrapper(F("recorded_at") + TOLERATED, DateTimeField()))
        .order_by("id")
        .values_list("before_id", "id", "before", "recorded_at")
    )
    return [Step(first, second, was - now) for first, second, was, now in told[:NAMED]]


def between(before: Event | None, event: Event) -> Step | None:
    """The same of two events that follow each other."""
    if before is None or before.recorded_at <= event.recorded_at + TOLERATED:
        return None
    return Step(before.pk, event.pk, before.recorded_at - event.recorded_at)
