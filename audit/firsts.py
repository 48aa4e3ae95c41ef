"""Several single events by one statement: a page that tells of a few of them asks once."""

from __future__ import annotations

from typing import Any

from django.db.models import TextField, Value

from audit.models import Event, EventQuerySet


def of_each(**wanted: EventQuerySet) -> dict[str, Event]:
    """The first of each, in the order it has; names whose query finds nothing are left out."""
    parts: list[Any] = [
        events.annotate(wanted_as=Value(name, TextField()))[:1] for name, events in wanted.items()
    ]
    return {event.wanted_as: event for event in parts[0].union(*parts[1:], all=True)}
