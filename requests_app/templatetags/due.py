"""Template filters of due dates and rules."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from requests_app import due_facts, durations
from requests_app.due_facts import Clock
from requests_app.models import Rule, SupportRequest, WorkCalendar

register = template.Library()


@register.filter
def working_words(minutes: int) -> str:
    """For example "2 h 30 min"."""
    return durations.words(minutes)


@register.filter
def pressing(row: SupportRequest) -> Clock | None:
    """What of its due dates has run out, or is about to."""
    return due_facts.pressing(row, timezone.now())


@register.filter
def week(calendar: WorkCalendar) -> list[tuple[str, str]]:
    """The days with their hours, Monday first."""
    return [(name.capitalize(), calendar.hours.get(name, "")) for name in WorkCalendar.WEEKDAYS]


@register.filter
def rule_slug(rule: Rule) -> str:
    """Which page changes this rule."""
    return "assigning" if rule.kind == Rule.Kind.ASSIGN_BY_CATEGORY else "closing"


@register.filter
def model_label(row: Any) -> str:
    return str(row._meta.label_lower)
