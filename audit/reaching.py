"""Which versions of a row a page offers to choose from: the newest hundred, or a hundred older."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from audit import days, paging

CHOICES = 100


class UntilForm(forms.Form):
    until = days.field("Versions up to")


@dataclass(frozen=True)
class Offered:
    """Ids of versions with those of their events, newest first; ``next_below`` leads to older
    ones."""

    form: UntilForm
    event_of: dict[int, int]
    next_below: int | None
    is_reaching: bool


def offered(versions: QuerySet[Any], query: QueryDict) -> Offered:
    """Those up to the day that is asked for, or below a version. Raises 404 for no id."""
    form = UntilForm({"until": query.get("until", "")})
    until = form.cleaned_data["until"] if form.is_valid() else None
    below = paging.id_or_none(query, "below")
    found = days.within(versions.order_by("-history_id"), "history_date", None, until)
    if below is not None:
        found = found.filter(history_id__lt=below)
    rows = list(found.values_list("history_id", "event_id")[: CHOICES + 1])
    shown = rows[:CHOICES]
    return Offered(
        form, dict(shown), shown[-1][0] if len(rows) > CHOICES else None,
        until is not None or below is not None,
    )  # fmt: skip
