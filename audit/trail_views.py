"""The explorer: everything a person may see of the trail, by filters that stand in the address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit import (
    activity,
    actors,
    bounds,
    catalogue,
    days,
    fields,
    looks,
    paging,
    presets,
    seen,
    timeline,
    trail_page,
)
from audit.access import access
from audit.asking import TrailFilter
from audit.models import Event
from audit.pages import page
from audit.views import refuse

# Parameters of the page, which are no filters.
PLACE = ("before", "after", "jump")


@page
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Every event the person may see, newest first, for those who read trails."""
    if not access().reads_trail(request.user):
        refuse(request)
    form = TrailFilter(cleared(request), person=request.user)
    jump = request.GET.get("jump", "")
    if jump and form.is_valid():
        return jumped(request, jump, oldest_first=form.is_oldest_first)
    events = access().events_for(request.user)
    cut, count = trail_page.read(form, events, paging.position(request.GET))
    context = context_of(request, form, cut, count)
    note_list(request, form, count)
    return render(request, "audit/trail.html", context)


def context_of(
    request: HttpRequest, form: TrailFilter, cut: timeline.Page, count: int
) -> dict[str, Any]:
    shown, oldest_first = seen.page(cut, request.user), form.is_oldest_first
    asked = {name: str(value) for name, value in request.GET.items() if name not in PLACE}
    offered = {name: set(values) for name, values in form.known.items()}
    is_by_field = form.is_valid() and any(form.cleaned_data[name] not in ("", None)
                                          for name in ("field", "least", "most"))  # fmt: skip
    return {
        "form": form,
        "page": shown,
        "count": count,
        "applied": form.applied(),
        "asked": asked,
        "oldest_first": oldest_first,
        "newest_first": not oldest_first,
        "presets": presets.links(asked, offered),
        "coverage": access().coverage(request.user),
        "first": access().events_for(request.user).order_by("id").first(),
        "addresses": access().addresses([entry.event for entry in shown.entries], request.user),
        "not_searched": fields.missing() if is_by_field else 0,
        "now": timezone.now(),
    }


def cleared(request: HttpRequest) -> Any:
    """What is asked, without blanks around it."""
    asked = request.GET.copy()
    for name in asked:
        asked[name] = str(asked[name]).strip()
    return asked


def note_list(request: HttpRequest, form: TrailFilter, count: int) -> None:
    """Puts on record what was asked of the trail, or that it was opened."""
    words, filters = form.asked()
    if words or filters:
        looks.searched(request, words, filters, count)
    else:
        looks.opened_trail(actors.from_request(request))


def jumped(request: HttpRequest, day: str, *, oldest_first: bool) -> HttpResponse:
    """To the page that begins with a day: its last event, or its first where these go upwards."""
    query = request.GET.copy()
    for name in PLACE:
        query.pop(name, None)
    start, end = days.bounds(*[day_of(day)] * 2)
    if start is not None and end is not None:
        if oldest_first:
            query["after"] = str(bounds.last_before(start))
        else:
            query["before"] = str(bounds.last_before(end) + 1)
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")


def day_of(text: str) -> date | None:
    try:
        found: date | None = days.field("Day").clean(text)
    except ValidationError:
        return None
    return found


@page
@require_safe
def show_actor(request: HttpRequest, kind: str, actor_id: str) -> HttpResponse:
    """Everything that one person, or one program, did: acts, looks, searches and sign-ins."""
    if not access().reads_trail(request.user):
        refuse(request)
    events = access().events_for(request.user)
    whole = activity.Activity.of(events, kind, actor_id)
    if whole is None:
        if Event.objects.of_actor(kind, actor_id).exists():
            refuse(request)
        raise Http404("nobody of this name has done anything that this person may see")
    shown = request.GET.get("show", "")
    shown = shown if shown in activity.PARTS else activity.EVERYTHING
    found = whole.part(shown)
    at = paging.position(request.GET)
    cut = seen.page(timeline.page(found, before=at.before, after=at.after), request.user)
    counts = whole.counts()
    looks.searched(request, "", {"actor_kind": kind, "actor_id": actor_id, "show": shown},
                   counts[shown])  # fmt: skip
    context = {
        "whole": whole,
        "page": cut,
        "shown": shown,
        "parts": [(name, part.label, counts[name]) for name, part in activity.PARTS.items()],
        "addresses": access().addresses([entry.event for entry in cut.entries], request.user),
        "coverage": access().coverage(request.user),
        "now": timezone.now(),
    }
    return render(request, "audit/actor.html", context)


@page
@require_safe
def show_catalogue(request: HttpRequest) -> HttpResponse:
    """Every kind of event: what it means, what it records, and since when there are any here."""
    if not access().reads_trail(request.user):
        refuse(request)
    groups = catalogue.groups(request.user)
    return render(request, "audit/catalogue.html", {"groups": groups})
