"""A range of days as people ask for it: both included, begun and ended in the zone of the page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone

# No trail is older; the last days of the calendar have no day after them.
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)

Rows = TypeVar("Rows", bound=QuerySet[Any])


def field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        error_messages={"invalid": "Write the day as in 2026-03-31."},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
    )


def bounds(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """From the first moment of the first day to the first after the last day."""
    return midnight(since), midnight(until + timedelta(days=1)) if until else None


def midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def within(rows: Rows, column: str, since: date | None, until: date | None) -> Rows:
    """The rows whose moment lies in the range; where a day is missing, it has no such end."""
    start, end = bounds(since, until)
    if start:
        rows = rows.filter(**{f"{column}__gte": start})
    if end:
        rows = rows.filter(**{f"{column}__lt": end})
    return rows
