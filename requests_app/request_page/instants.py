"""A moment of a request's past that an address asks for, and the changes around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from audit import firsts, paging, timeline
from audit.models import Event
from audit.versions import version_model
from requests_app import past, reading
from requests_app.models import SupportRequest
from requests_app.request_page import headline

EVENT = re.compile(r"[eE]-?([0-9]{1,40})")
NO_MOMENT = "Write the moment as in 2026-03-31T14:05:09, or as the id of an event, such as E-456."
NOT_COME = "This moment has not come yet. Ask for one that has."
# When the versions of one event were written: within its transaction, and so after the event.
WRITTEN = "SELECT max(history_date) FROM {table} WHERE event_id = %(event)s AND {key} = %(request)s"


class NoInstant(ValueError):
    """What was asked for is no moment, or none of the past; the message says so."""


@dataclass(frozen=True)
class Instant:
    """``event`` is the last change at or before it; the others stand before and after that.
    ``reached`` is the id of the last event of any kind that had happened; ``first`` the request's
    own first, ``checked`` the last check of the recorder by then."""

    at: datetime
    reached: int
    event: Event | None
    previous: Event | None
    next: Event | None
    place: int
    count: int
    first: Event | None = None
    checked: Event | None = None
    is_named: bool = False  # asked for by its event

    @property
    def is_capped(self) -> bool:
        return self.count > timeline.COUNTED

    @property
    def local(self) -> str:
        """As a field for date and time takes it."""
        return f"{self.at.astimezone(timezone.get_current_timezone()):%Y-%m-%dT%H:%M:%S}"


def asked(text: str, support_request: SupportRequest) -> Instant:
    """Raises NoInstant, and 404 for an event that is none of this request's."""
    events = Event.objects.of_support_request(support_request.pk)
    named = EVENT.fullmatch(text.strip())
    if named:
        event_id = paging.id_of(named[1])
        event = events.filter(pk=event_id).first() if event_id is not None else None
        if event is None:
            raise Http404("no such event of this request")
        return stepped(events, right_after(event, support_request), event, is_named=True)
    at = moment_of(text)
    return stepped(events, at, events.filter(recorded_at__lte=at).last())


def moment_of(text: str) -> datetime:
    """In the zone of the page, unless it says another. What is written to the second is the whole
    second: an event of it is shown at it."""
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise NoInstant(NO_MOMENT)
    try:
        aware = found if found.tzinfo is not None else timezone.make_aware(found)
        aware = aware.astimezone(UTC)
    except OverflowError:
        raise NoInstant(NO_MOMENT) from None
    if "." not in text:
        aware = aware.replace(microsecond=999_999)
    if aware - timedelta(seconds=1) > timezone.now():
        raise NoInstant(NOT_COME)
    return aware


def right_after(event: Event, support_request: SupportRequest) -> datetime:
    """When all that the event wrote of this request was written."""
    models = [(SupportRequest, "id"), *past.part_models()]
    written = " UNION ALL ".join(
        WRITTEN.format(table=version_model(model)._meta.db_table, key=key)
        for model, key in models
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(max) FROM ({written}) each",  # noqa: S608 - names of our own tables
            {"event": event.pk, "request": support_request.pk},
        )
        [latest] = cursor.fetchone()
    moments = [moment for moment in (event.recorded_at, latest) if moment is not None]
    return max(moments)


def changes_of(events: Any) -> Any:
    """What was done, without looks: the steps of the past."""
    return events.filter(outcome="done").exclude(kind__in=reading.LOOKS)


def stepped(events: Any, at: datetime, last: Event | None, *, is_named: bool = False) -> Instant:
    """``last`` is the last event of any kind that had happened."""
    changes, reached = changes_of(events), last.pk if last is not None else 0
    event = last if is_named else changes.filter(pk__lte=reached).last()
    place, count = counted(changes, reached)
    around = firsts.of_each(
        previous=changes.filter(pk__lt=event.pk if event is not None else 0).reverse(),
        next=changes.filter(pk__gt=reached), first=events.filter(pk__lte=reached),
        checked=headline.checks(at),
    )  # fmt: skip
    return Instant(
        at=at,
        reached=reached,
        event=event,
        previous=around.get("previous"),
        next=around.get("next"),
        first=around.get("first"),
        checked=around.get("checked"),
        place=place,
        count=count,
        is_named=is_named,
    )


def counted(changes: Any, reached: int) -> tuple[int, int]:
    """How many changes had been made by then, and how many there are; each no further than one
    past COUNTED."""
    ids = changes.values("pk")[: timeline.COUNTED + 1]
    found = Event.objects.filter(pk__in=ids).order_by().aggregate(
        place=Count("pk", filter=Q(pk__lte=reached)), count=Count("pk")
    )  # fmt: skip
    return found["place"], found["count"]
