"""What the page of a request shows, as it stands or as it stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audit import actors, facts, firsts
from audit.models import Event, EventQuerySet
from audit.paging import LARGEST_ID
from audit.timeline import COUNTED
from requests_app import logs, looking, past, reading
from requests_app.models import SupportRequest
from requests_app.request_page import as_then, headline, origins, stream
from requests_app.request_page.instants import Instant


def context_of(
    request: HttpRequest, support_request: SupportRequest, until: Instant | None = None
) -> dict[str, Any]:
    """Facts and stream; with a moment, as they were then."""
    reached = until.reached if until is not None else LARGEST_ID
    events = Event.objects.of_support_request(support_request.pk)
    if until is not None:
        events = events.filter(pk__lte=reached)
    known = known_events(events, until)
    counts = reading.trail_counts(support_request, reached)
    return {
        "support_request": support_request,
        "here": reverse("requests:request-show", args=[support_request.number]),
        "moment": request.GET.get("as_of") if until else None,  # what its links go on asking for
        "first": known.get("first"),
        "reopened": counts[reading.REOPENED],
        "newest": counts["newest"],
        "is_cut": counts["everything"] > COUNTED,
        "filters": offered(counts),
        "origins": origins.of(support_request, reached),
        "custom": facts.details(support_request.custom),
        "waits_for": headline.waits_for(support_request),
        "checked": known.get("checked"),
        "logs": logs.all_of(),
        **stream.read(request, support_request, events, reached),
    }


def known_events(events: EventQuerySet, until: Instant | None) -> Mapping[str, Event | None]:
    """The first of the request, and the last check of the recorder."""
    if until is not None:
        return {"first": until.first, "checked": until.checked}
    return firsts.of_each(first=events, checked=headline.checks())


def offered(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """The filters of the stream; that of reopenings where there was one."""
    parts = reading.SHOWN.items()
    return [
        (name, part.label, counts[name])
        for name, part in parts
        if counts[name] or name != reading.REOPENED
    ]


def render_as_of(
    request: HttpRequest, support_request: SupportRequest, instant: Instant
) -> HttpResponse:
    """Read only: nothing of it is a form but the moment itself."""
    looking.viewed(support_request, actors.from_request(request))
    context = {
        "instant": instant,
        "is_past": True,
        "now": support_request,
        "here": reverse("requests:request-show", args=[support_request.number]),
    }
    try:
        then = as_then.at(support_request, instant.at, request.user)
    except past.NotYet as not_yet:
        context |= {"not_yet": str(not_yet), "support_request": support_request}
    else:
        context |= context_of(request, then, instant)
    return render(request, "requests_app/as_of.html", context)
