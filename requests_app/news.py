"""How much has happened since a page was shown: a number, so that an open page can offer it.

It is a hint: what commits late may have a lower id than one that was seen, and is not counted then.
"""

from __future__ import annotations

from typing import Any

from audit.models import Event
from audit.versions import version_model
from requests_app import reading
from requests_app.filters import asked
from requests_app.models import SupportRequest

MOST = 99


def newest_change() -> int:
    """The newest version of any request, seen or not: from here on a list is out of date."""
    versions = version_model(SupportRequest).objects.order_by("-history_id")
    newest: int | None = versions.values_list("history_id", flat=True).first()
    return newest or 0


def of_request(support_request: SupportRequest, after: int, shown: str) -> int:
    """How many entries its stream, filtered as it is shown, has got since that event. Looks are no
    news."""
    events = Event.objects.of_support_request(support_request.pk)
    later = events.filter(reading.SHOWN[shown].condition, pk__gt=after, outcome="done")
    return later.exclude(kind__in=reading.LOOKS)[:MOST].count()


def said_by_others(support_request: SupportRequest, person: Any) -> int:
    """The last event by which the customer or a colleague said something; 0 if none did."""
    events = Event.objects.of_support_request(support_request.pk)
    said = events.filter(reading.SHOWN["conversation"].condition)
    others = said.exclude(actor_kind="user", actor_id=str(person.pk)).order_by("-pk")
    return others.values_list("pk", flat=True).first() or 0


def of_list(query: str, person: Any, after: int) -> int:
    """How many requests that this filter finds now have changed since that version."""
    changed = version_model(SupportRequest).objects.order_by().filter(history_id__gt=after)
    if not changed.exists():
        return 0
    found = asked(query, person).found().order_by().filter(pk__in=changed.values("id"))
    return found.values("pk")[:MOST].count()
