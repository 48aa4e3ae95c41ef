"""Pages of support requests: between the browser and the services, without a rule of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from audit import actors, facts, paging, seen, timeline
from audit.diffs import Change
from audit.models import Event
from audit.pages import page
from audit.recording import Refusal
from requests_app import exports, intake, looking, people, reading, services, verbs
from requests_app.filters import RequestFilter
from requests_app.forms import OpenRequestForm
from requests_app.models import SupportRequest
from requests_app.standing import Standing, annotated, changes_between
from requests_app.verbs import Bench, Offer

ROWS = 50
UNPROCESSABLE, CONFLICT = 422, 409

home = RedirectView.as_view(pattern_name="requests:request-list")


def find(request: HttpRequest, number: str) -> SupportRequest:
    """The request the person may see. A refused look is recorded, and answered like a wrong one."""
    visible = SupportRequest.objects.visible_to(request.user).named().select_related("intake")
    # The original itself may be of many megabytes, and no page shows it. How the request stands is
    # read by the same statement: a form must not claim that more was shown than was.
    standing = annotated(visible.defer("intake__content"))
    found = standing.filter(number=number).first()
    if found is None:
        looking.refused(number, actors.from_request(request))
        raise Http404("no such request")
    return found


@page
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    form = RequestFilter(request.GET, person=request.user)
    found = form.found()
    count = timeline.count(found)
    if form.query:
        looking.searched(form.query, count, actors.from_request(request))
    context = {
        "form": form,
        "page": paging.cut(found, paging.position(request.GET), ROWS),
        "count": count,
        "applied": form.applied(),
        "can_open": bool(people.entities_of(request.user, people.WORKS_ON_REQUESTS)),
    }
    return render(request, "requests_app/list.html", context)


@page
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Exactly the filtered list, all pages of it, as one CSV file."""
    form = RequestFilter(request.GET, person=request.user)
    if not form.is_valid():
        return redirect(f"{reverse('requests:request-list')}?{request.GET.urlencode()}")
    found = form.found().order_by("-id").iterator(chunk_size=exports.CHUNK)
    made = exports.write(found, with_mark=request.GET.get("for") == "excel")
    try:
        looking.exported(
            actors.from_request(request), rows=made.rows, columns=list(exports.COLUMNS),
            conditions={name: form.cleaned_data[name] for name, *_ in form.applied()},
            sha256=made.sha256,
        )  # fmt: skip
    except Exception:
        made.file.close()
        raise
    return FileResponse(
        made.file,
        as_attachment=True,
        filename="requests.csv",
        content_type="text/csv; charset=utf-8",
    )


@page
def open_request(request: HttpRequest) -> HttpResponse:
    form = OpenRequestForm(request.POST or None, person=request.user)
    status = 200
    if request.method == "POST":
        opened = attempt_opening(form, actors.from_request(request)) if form.is_valid() else None
        if opened is not None:
            messages.success(request, f"{opened.number} is opened.")
            return redirect("requests:request-show", opened.number)
        status = UNPROCESSABLE
    can_open = bool(people.entities_of(request.user, people.WORKS_ON_REQUESTS))
    return render(
        request, "requests_app/open.html", {"form": form, "can_open": can_open}, status=status
    )


def attempt_opening(form: OpenRequestForm, by: actors.Actor) -> SupportRequest | None:
    """The new request, or None with the refusal on the form."""
    facts = dict(form.cleaned_data)
    try:
        return intake.open_for(by=by, **facts)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


@page
@require_safe
def show_request(request: HttpRequest, number: str) -> HttpResponse:
    return render_request(request, find(request, number))


@page
def act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """Does one verb, or shows the page again with what was typed and why it was not done.

    Only POST acts. Whoever comes back here from signing in again is led to the request.
    """
    verb = verbs.VERBS.get(slug)
    if verb is None:
        raise Http404("no such verb")
    if request.method != "POST":
        return redirect("requests:request-show", number)
    support_request, by = find(request, number), actors.from_request(request)
    bench = Bench.of(support_request, Standing.read_with(support_request), by)
    form = bench.form(verb, request.POST)
    between: list[Change] = []
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            verbs.do(verb, support_request, by, form.cleaned_data)
        except services.Stale as stale:
            form.add_error(None, str(stale))
            between = changes_between(support_request, stale.seen, stale.now)
            form.show_again(stale.now)
            status = CONFLICT
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = CONFLICT
        else:
            messages.success(request, verb.done)
            return redirect("requests:request-show", number)
    support_request = find(request, number)
    if form.is_from_nowhere:
        form.show_again(Standing.read_with(support_request))
    sent = Offer(verb, form, verbs.why_not(verb, support_request, by))
    return render_request(request, support_request, sent=sent, between=between, status=status)


def render_request(
    request: HttpRequest,
    support_request: SupportRequest,
    sent: Offer | None = None,
    between: Sequence[Change] = (),
    status: int = 200,
) -> HttpResponse:
    """The page. Who is shown it has looked at the request, also where an error shows it again."""
    by = actors.from_request(request)
    looking.viewed(support_request, by)
    bench = Bench.of(support_request, Standing.read_with(support_request), by)
    offered = bench.offers(sent)
    possible = [offer for offer in offered if not offer.refusal or offer.is_open]
    shown_messages, has_earlier = reading.latest_messages(support_request)
    context = {
        "support_request": support_request,
        "sent": sent,
        "between": between,
        "here": reverse("requests:request-show", args=[support_request.number]),
        "answers": [offer for offer in possible if offer.verb.group == verbs.ANSWER],
        "offers": [offer for offer in possible if offer.verb.group != verbs.ANSWER],
        "refusals": verbs.refusals([offer for offer in offered if not offer.is_open]),
        "messages_shown": shown_messages,
        "has_earlier_messages": has_earlier,
        "since": reading.in_status_since(support_request),
        "custom": facts.details(support_request.custom),
        **timeline_of(request, support_request),
    }
    return render(request, "requests_app/show.html", context, status=status)


def timeline_of(request: HttpRequest, support_request: SupportRequest) -> dict[str, Any]:
    """The part of the trail that the address asks for. A case reads as a story: oldest first."""
    shown = request.GET.get("show", "")
    shown = shown if shown in reading.SHOWN else "everything"
    order = request.GET.get("order") or getattr(request.user, "timeline_order", "")
    newest_first = order == "newest"
    at = paging.position(request.GET)
    events = Event.objects.of_support_request(support_request.pk)
    counts = reading.trail_counts(support_request)
    found = timeline.page(
        events.filter(reading.SHOWN[shown].condition),
        before=at.before, after=at.after, newest_first=newest_first,
    )  # fmt: skip
    is_whole = shown == "everything" and at.is_start and not newest_first
    return {
        "page": seen.page(found, request.user),
        "first": found.entries[0].event if is_whole and found.entries else events.first(),
        "shown": shown,
        "newest_first": newest_first,
        "reopened": counts["reopened"],
        "is_cut": counts["everything"] > timeline.COUNTED,
        "filters": [(name, part.label, counts[name]) for name, part in reading.SHOWN.items()],
    }  # fmt: skip
