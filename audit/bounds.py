"""Where moments lie among the ids of events, so that a range of days is read from its own part.

Ids follow the clock of the database but for events recorded at the same moment, and for a clock
that was set back. The ids only narrow what is read: the moments themselves are still compared, and
the ids leave a day on both ends, so a clock may be wrong by so much.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from audit.models import Event, EventQuerySet

LEEWAY = timedelta(days=1)


def within(events: EventQuerySet, start: datetime | None, end: datetime | None) -> EventQuerySet:
    """The events recorded from start on and before end; None has no such end."""
    by_moment = Event.objects.order_by("recorded_at").values_list("pk", flat=True)
    if start is not None:
        lowest = by_moment.filter(recorded_at__gte=start - LEEWAY).first()
        if lowest is None:
            return events.none()
        events = events.filter(recorded_at__gte=start, pk__gte=lowest)
    if end is not None:
        highest = by_moment.filter(recorded_at__lt=end + LEEWAY).last()
        if highest is None:
            return events.none()
        events = events.filter(recorded_at__lt=end, pk__lte=highest)
    return events


def last_before(moment: datetime) -> int:
    """The id of the last event before a moment; 0 if there is none."""
    by_moment = Event.objects.order_by("recorded_at").values_list("pk", flat=True)
    return by_moment.filter(recorded_at__lt=moment).last() or 0
