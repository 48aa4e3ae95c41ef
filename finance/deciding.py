"""What somebody needs to know before they decide on a period: who asked and why, what was done to
it before, what is still open before it; and which periods wait for whom."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from audit import conflicts
from audit.models import Event
from audit.timeline import Entry
from finance.models import Period
from finance.roles import DECIDES_ON_PERIODS
from requests_app import people
from requests_app.models import Entity
from requests_app.queue.waiting import Waiting

STEPS = 20  # the newest; the trail has all of them
ASKED = {Period.Status.CLOSING: "closed", Period.Status.REOPENING: "reopened"}
BECOMES_CLOSED = frozenset({"ask-close", "close"})


def steps(period: Period, person: Any) -> list[tuple[Entry, bool]]:
    """What was done to it, newest first, each with whether this person may open its event."""
    events = Event.objects.about(Period._meta.label_lower, str(period.pk))
    done = events.filter(kind__startswith="period.", outcome="done").order_by("-pk")
    return conflicts.acts(list(done.values_list("pk", flat=True)[:STEPS]), person)


def remark(slug: str, period: Period) -> str:
    """What is out of the ordinary about a step that is allowed; empty where nothing is."""
    if slug not in BECOMES_CLOSED:
        return ""
    before = Q(year__lt=period.year) | Q(year=period.year, month__lt=period.month)
    months = Period.objects.filter(before, entity_id=period.entity_id)
    earlier = [str(each) for each in months.exclude(status=Period.Status.CLOSED).order_by(
        "year", "month"
    )]  # fmt: skip
    if not earlier:
        return ""
    are = "is" if len(earlier) == 1 else "are"
    return (
        f"{' and '.join(earlier)} before it {are} still open. What is posted there changes what "
        f"{period} begins with: look whether {earlier[0]} should be closed first."
    )


def next_month(entity: Entity) -> str:
    """The first month from this one on that has no period."""
    today = entity.today()
    year, month = today.year, today.month
    known = set(entity.periods.values_list("year", "month"))
    while (year, month) in known:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return f"{year:04d}-{month:02d}"


def waiting_for(person: Any) -> list[Waiting]:
    """Periods that somebody else asked about, where this person decides; one query."""
    entities = people.entities_of(person, DECIDES_ON_PERIODS)
    rows = Period.objects.filter(entity__in=entities, status__in=list(ASKED))
    asked = rows.exclude(asked_by=person).select_related("entity", "asked_by")
    return [
        Waiting(
            f"{each.asked_by} asks that {each} of {each.entity.code} be "
            f"{ASKED[Period.Status(each.status)]}.",
            reverse("books:period-show", args=[each.pk]),
        )
        for each in asked.order_by("year", "month", "pk")
    ]
