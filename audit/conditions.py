"""What each filter of the explorer asks of events. Each names an index, or a part of the trail."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from audit import kinds
from audit.models import Event, EventQuerySet
from audit.searching import has_words, words_of
from audit.sentences import LOOKING

OPENS, CLOSES = 8, 18  # office hours, in the zone of the page
SATURDAY = 6
LOOKS, ALL_OF = "looks", ".*"


def kinds_meant(choice: str, known: Collection[str]) -> list[str]:
    """The kinds that a choice stands for: one, all of a noun, or all looks."""
    if choice == LOOKS:
        return [kind for kind in known if kind.endswith(LOOKING)]
    if choice.endswith(ALL_OF):
        return [kind for kind in known if kind.startswith(choice.removesuffix("*"))]
    return [choice]


def of_kinds(events: EventQuerySet, choice: str, known: Collection[str]) -> EventQuerySet:
    meant = kinds_meant(choice, known)
    return events.filter(kind=meant[0]) if len(meant) == 1 else events.filter(kind__in=meant)


def with_words(events: EventQuerySet, text: str) -> EventQuerySet:
    condition = has_words(text)
    return events.none() if condition is None else events.filter(condition)


class Holds(Func):
    """Whether a text holds another, in capitals or not: of the column itself the planner knows what
    is common, of its capitals it does not."""

    template = "(%(expressions)s)"
    arg_joiner = " ILIKE "
    output_field = BooleanField()


def with_words_in(events: EventQuerySet, column: str, text: str) -> EventQuerySet:
    """Found by the index of all words, and then compared with this column's own."""
    for word in words_of(text):
        events = events.filter(Holds(F(column), Value(f"%{word}%")))
    return with_words(events, text)


def addresses(text: str) -> tuple[str, str]:
    """The first and the last address that is meant. Raises ValueError for what is none."""
    network = ipaddress.ip_network(text.strip(), strict=False)
    return str(network[0]), str(network[-1])


def from_address(events: EventQuerySet, text: str) -> EventQuerySet:
    first, last = addresses(text)
    if first == last:
        return events.filter(address=first)
    return events.filter(address__gte=first, address__lte=last)


def outside_office_hours(events: EventQuerySet) -> EventQuerySet:
    zone: Any = timezone.get_current_timezone()
    local = events.annotate(
        local_hour=ExtractHour("recorded_at", tzinfo=zone),
        local_day=ExtractIsoWeekDay("recorded_at", tzinfo=zone),
    )
    return local.filter(
        Q(local_hour__lt=OPENS) | Q(local_hour__gte=CLOSES) | Q(local_day__gte=SATURDAY)
    )


def after_kind(events: EventQuerySet, kind: str) -> EventQuerySet:
    """What was done to a request, but looking, after such an act on it."""
    looks = [known.name for known in kinds.registered() if known.name.endswith(LOOKING)]
    before = Event.objects.order_by().filter(
        support_request_id=OuterRef("support_request_id"), kind=kind, outcome="done",
        id__lt=OuterRef("id"),
    )  # fmt: skip
    return events.filter(Exists(before), support_request_id__isnull=False).exclude(kind__in=looks)
