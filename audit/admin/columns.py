"""How the admin shows one column of a row, the same in a list and on the row's own page.

Moments are exact, bytes told by their number, text shown with what hides in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit import erasing, moments, sentences
from audit.diffs import visible
from audit.diffs.values import plain

Show = Callable[[Any], str]

# Nothing can hide in these, and Django shows them as people expect.
HARMLESS = (
    models.DateField,
    models.DecimalField,
    models.FloatField,
    models.IntegerField,
)


@cache
def as_shown(field: Any) -> Show | str:
    """The column of a field, or the field's name where Django's own way is right.

    Kept, because Django looks for the column of a heading among those that can be sorted by.
    """
    if isinstance(field, models.BooleanField):  # in words: Django would show a picture
        return column(field.name, str(field.verbose_name), lambda row: yes_or_no(row, field))
    is_moment = isinstance(field, models.DateTimeField)  # Django counts it among the dates
    if isinstance(field, HARMLESS) and not is_moment and not field.choices:
        return str(field.name)
    return column(field.name, str(field.verbose_name), lambda row: words(row, field))


@cache
def as_linked(field: Any) -> Show | str:
    """As in lists; and a reference leads to the row that it names."""
    if not field.is_relation:
        return as_shown(field)
    return column(field.name, str(field.verbose_name), lambda row: link(row, field))


def column(name: str, title: str, show: Show) -> Show:
    @admin.display(description=title, ordering=name)
    def shown(row: Any) -> str:
        return show(row)

    shown.__name__ = name  # Django names a column's style after it, and finds its help by it
    return shown


def coded(name: str, title: str, known: dict[str, str]) -> Show:
    """The column of a code, in the words that the rest of the product has for it."""
    return column(name, title, lambda row: visible(sentences.named(known, getattr(row, name))))


def words(row: Any, field: Any) -> str:
    """One value in words; empty where there is none."""
    value = getattr(row, field.name)
    if not value and (mark := erasing.mark_of(row, field.name)) is not None:
        return str(mark)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return exact(value)
    if isinstance(field, models.BinaryField):
        return f"{len(value)} bytes"
    if isinstance(field, models.JSONField):
        return plain(value)
    if field.choices:
        value = getattr(row, f"get_{field.name}_display")()
    return visible(str(value))


def yes_or_no(row: Any, field: Any) -> str:
    value = getattr(row, field.name)
    return "" if value is None else "Yes" if value else "No"


def exact(moment: datetime) -> str:
    """In the zone of the page, with seconds and the zone's name."""
    return moments.exact(moment, timezone.get_current_timezone())


def link(row: Any, field: Any) -> str:
    text, other = words(row, field), getattr(row, field.name)
    if other is None:
        return text
    name = f"admin:{other._meta.app_label}_{other._meta.model_name}_change"
    try:
        return format_html('<a href="{}">{}</a>', reverse(name, args=[quote(other.pk)]), text)
    except NoReverseMatch:  # a model that is not on the site
        return text


def event_link(event_id: int) -> SafeString:
    return format_html(
        '<a href="{}">E-{}</a>', reverse("audit:event-show", args=[event_id]), event_id
    )
