"""Filters of the admin's lists that ask an index, not for every value there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from audit import days


class Days(admin.ListFilter):
    """Rows from the first to the last of two days, both included, in the zone of the page."""

    template = "admin/date_range.html"
    field_path: str

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    @property
    def names(self) -> tuple[str, str]:
        return f"{self.field_path}_since", f"{self.field_path}_until"

    def given(self, name: str) -> str:
        values: Any = self.used_parameters.get(name) or [""]
        return str(values[-1]).strip()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        since, until = (day(self.given(name)) for name in self.names)
        return days.within(queryset, self.field_path, since, until)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """One entry, for the form: its two days, and what else stands in the address."""
        others = changelist.get_filters_params()
        yield {
            "since": {"name": self.names[0], "value": self.given(self.names[0])},
            "until": {"name": self.names[1], "value": self.given(self.names[1])},
            "others": [
                (name, value)
                for name, values in {**others, "q": [changelist.query]}.items()
                if name not in self.names
                for value in values
                if value
            ],
        }


class DateRange(Days, admin.FieldListFilter):
    """By a moment that is a column of the rows."""


def days_of(name: str, words: str) -> type[Days]:
    """By a moment that the list's own query adds to its rows."""

    class Range(Days):
        title = words
        field_path = name

        def __init__(self, request: HttpRequest, params: Any, *args: Any) -> None:
            super().__init__(request, params, *args)
            given = {each: params.pop(each) for each in self.names if each in params}
            self.used_parameters.update(given)

        def has_output(self) -> bool:
            return True

    return Range


def day(text: str) -> date | None:
    try:
        found: date | None = days.field("Day").clean(text)
    except ValidationError as error:
        raise IncorrectLookupParameters(error) from error
    return found


def words_filter(
    column: str, words_title: str, words: Callable[[], list[tuple[str, str]]]
) -> type[admin.SimpleListFilter]:
    """A filter by a code that has known words, asked anew for each page."""

    class Words(admin.SimpleListFilter):
        title = words_title
        parameter_name = column

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return words()

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{column: self.value()}) if self.value() else queryset

    return Words
