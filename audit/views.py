"""Pages of the trail: everything, one event, two versions of one row."""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn

from django.conf import settings
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from audit import (
    actors,
    clocks,
    comparing,
    copies,
    exporting,
    facts,
    kinds,
    looks,
    pages,
    paging,
    seen,
    telling,
    timeline,
    veils,
)
from audit.access import access
from audit.forms import DisplayForm
from audit.models import Event, EventQuerySet
from audit.pages import page
from audit.recording import record

YEAR = 365 * 24 * 60 * 60
# Events of one HTTP request are recorded within moments, so they lie close together.
NEIGHBOURHOOD = 2_000
RELATED = 20


@page
@require_safe
def show_event(request: HttpRequest, event_id: int) -> HttpResponse:
    events = access().events_for(request.user)
    entry = found(request, event_id, events)
    event, plain = entry.event, telling.whole(entry, request.user)
    names = access().entity_names([event.entity_id]) if event.entity_id is not None else {}
    context = {
        "entry": entry,
        "event": event,
        "groups": facts.of_event(event, "".join(names.values())),
        "related": seen.entries(related(event, events), request.user),
        "address": place_in_trail(event, request.user),
        "reads_trail": access().reads_trail(request.user),
        "as_text": telling.as_text(entry, request.build_absolute_uri(request.path)),
        "as_json": plain.decode(),
        "json_sha256": hashlib.sha256(plain).hexdigest(),
        **neighbours(event, events),
    }
    looks.at(request, event)
    return render(request, "audit/event.html", context)


def found(request: HttpRequest, event_id: int, events: EventQuerySet) -> timeline.Entry:
    """The event as the person may see it. A refused look is recorded, and answered like none."""
    try:
        [entry] = seen.entries([timeline.entry_of(event_id, events)], request.user)
    except Event.DoesNotExist:
        if Event.objects.filter(pk=event_id).exists():
            refuse(request)
        raise Http404("no such event") from None
    return entry


@page
@require_safe
def take_event(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event with its versions as a file, which is put on record with its hash."""
    entry = found(request, event_id, access().events_for(request.user))
    content = telling.whole(entry, request.user)
    digest = hashlib.sha256(content).hexdigest()
    exporting.event_taken(event=entry.event, by=actors.from_request(request), sha256=digest)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    name = f"{entry.event.public_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def place_in_trail(event: Event, person: Any) -> str:
    """The page of the event's subject, opened where this event stands; empty if it has none."""
    address = access().addresses([event], person).get(event.pk, "")
    return f"{address}?event={event.pk}#e{event.pk}" if address else ""


def related(event: Event, events: EventQuerySet) -> list[timeline.Entry]:
    """What the same HTTP request recorded, and what this event led to or came from."""
    near = events.filter(pk__range=(event.pk - NEIGHBOURHOOD, event.pk + NEIGHBOURHOOD))
    akin = Q(cause_kind="event", cause_id=str(event.pk))
    if event.correlation_id:
        akin |= Q(correlation_id=event.correlation_id)
    if event.cause_event_id is not None:
        akin |= Q(pk=event.cause_event_id)
    found = near.filter(akin).exclude(pk=event.pk).order_by("pk")[:RELATED]
    return [timeline.Entry(other, kinds.describe(other.kind)) for other in found]


def neighbours(event: Event, events: EventQuerySet) -> dict[str, Any]:
    """The events right before and after in the same trail."""
    if event.support_request_id is not None:
        same = events.of_support_request(event.support_request_id)
    else:
        same = events.about(event.subject_type, event.subject_id)
        same = same.filter(support_request_id__isnull=True)
    previous = same.filter(pk__lt=event.pk).reverse().first()
    return {
        "previous": previous,
        "clock_went_back": clocks.between(previous, event),
        "next": same.filter(pk__gt=event.pk).first(),
    }


@page
@require_safe
def compare(request: HttpRequest, model: str, row_id: int) -> HttpResponse:
    """Any two versions of one row; the newest against the one before it unless told otherwise."""
    context = compared(request, model, row_id)
    veils.cover(context["versions"].values(), request.user)
    return render(request, "audit/compare.html", context | digests(context))


def digests(context: dict[str, Any]) -> dict[str, str]:
    """The hashes of the bytes of both versions, as their own addresses give them."""
    sides = {"older_digest": context["older"], "newer_digest": context["newer"]}
    return {
        name: copies.digest(copies.version_bytes(context["versions"][choice.id]))
        for name, choice in sides.items()
        if choice is not None
    }


def compared(request: HttpRequest, model: str, row_id: int) -> dict[str, Any]:
    """The two versions that the address names. The look is put on record."""
    chosen = (paging.id_or_none(request.GET, "from"), paging.id_or_none(request.GET, "to"))
    shown: dict[str, Any] = {
        "shows_all": request.GET.get("fields") == "all",
        "is_split": request.GET.get("view") == "split",
        "reach": request.GET,
    }
    try:
        context = comparing.context(model, row_id, request.user, *chosen, **shown)
    except comparing.Hidden:
        refuse(request)
    except LookupError as error:
        raise Http404(str(error)) from None
    looks.at(request, context["newest"])
    return context


@page
@require_safe
def copy_comparison(request: HttpRequest, model: str, row_id: int, form: str) -> HttpResponse:
    """The same difference to take along, as text or as JSON."""
    context = compared(request, model, row_id)
    sides = (context["older"], context["newer"])
    if form == "json":
        content = copies.as_json(context["row"], *sides)
        return HttpResponse(content, content_type="application/json; charset=utf-8")
    content = copies.as_text(context["row"], context["row_label"], *sides)
    return HttpResponse(content, content_type="text/plain; charset=utf-8")


@page
@require_safe
def version_bytes(request: HttpRequest, model: str, row_id: int, version_id: int) -> HttpResponse:
    """One version as canonical bytes; the hash of exactly these bytes stands in a header."""
    try:
        version = comparing.version_of(model, row_id, version_id, request.user)
    except comparing.Hidden:
        refuse(request)
    except LookupError as error:
        raise Http404(str(error)) from None
    looks.at(request, version)
    veils.cover([version], request.user)
    content = copies.version_bytes(version)
    headers = {"X-Content-SHA256": copies.digest(content)}
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


def refuse(request: HttpRequest, subject: Model | None = None) -> NoReturn:
    """Puts the refused look on record, and answers as if there were nothing. What belongs to no
    entity is not named: whoever was refused may read of their own acts."""
    looked_at = {"path": request.path[:500]}
    if getattr(subject, "trail_entity_id", None) is None:
        subject = None
    actor = actors.from_request(request)
    record("trail.view_denied", by=actor, subject=subject, outcome="denied", detail=looked_at)
    raise Http404("not for this person")


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keeps what was chosen, in the profile of who has one and in cookies of this browser, and goes
    back."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = redirect(back)
    form = DisplayForm(request.POST)
    given = form.cleaned_data.items() if form.is_valid() else ()
    chosen = {name: value for name, value in given if value}
    is_kept = pages.keep(request, {key: chosen[key] for key in pages.KEPT if key in chosen})
    if is_kept:
        pages.forget_told(response)
    for name, value in chosen.items():
        if not is_kept or name not in pages.KEPT[1:]:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
    return response
