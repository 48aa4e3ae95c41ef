"""Acts on many requests: first what would happen, then how each ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit import actors
from audit.models import Event
from audit.pages import page
from audit.recording import Refusal
from audit.views import refuse
from requests_app import saved_views, services
from requests_app.filters import asked
from requests_app.queue import bulk, listing, orders
from requests_app.queue.bulk import Act, Choice
from requests_app.queue.views.listing import read
from requests_app.standing import annotated

UNPROCESSABLE = 422
NOTHING = "No request was chosen. Go back to the list and tick those you mean."
TOO_MANY = f"At most {bulk.MOST} requests are changed at once. Narrow the filter, or tick fewer."


class NoValue(Refusal):
    """No person or priority was chosen: asked for at the list, with what was ticked."""


@dataclass(frozen=True)
class Asked:
    """What the form of the list, or of the page before, says."""

    act: Act
    value: Any
    choices: list[Choice]
    query: str
    reason: str


@page
def act(request: HttpRequest) -> HttpResponse:
    """A POST from the list shows what would happen; one from that page does it."""
    if request.method != "POST":
        return redirect(back_to(request.GET.urlencode()))  # as links of a list shown again lead
    by = actors.from_request(request)
    try:
        told = asked_for(request, by)
        if "confirmed" in request.POST:
            return carry_out(request, told, by)
        return preview(request, told, rows_to_preview(request, told, by), by)
    except NoValue as missing:
        return shown_again(request, str(missing))
    except Refusal as refusal:
        return refused(request, str(refusal))


def asked_for(request: HttpRequest, by: actors.Actor) -> Asked:
    found = bulk.ACTS.get(request.POST.get("act", ""))
    if found is None:
        raise Http404("no such act")
    try:
        value = bulk.value_of(found, request.POST.get(found.argument, ""), by)
    except Refusal as refusal:
        raise NoValue(str(refusal)) from None
    choices = [Choice.parsed(text) for text in request.POST.getlist("chosen")]
    return Asked(
        found, value, [choice for choice in choices if choice is not None],
        saved_views.tidy(request.POST.get("query", "")), request.POST.get("reason", "")[:1_000],
    )  # fmt: skip


def rows_to_preview(request: HttpRequest, told: Asked, by: actors.Actor) -> list[Any]:
    """Those that were ticked, or all that the filter finds now; never a part of what was meant."""
    if "everything" not in request.POST:
        refuse_number(len(told.choices))
        return bulk.rows_of(told.choices, by)
    form = asked(told.query, request.user)
    found = listing.found(form)
    refuse_number(found.count)
    return list(orders.sorted_all(annotated(found.rows), form.order))


def refuse_number(count: int) -> None:
    services.refuse("" if count else NOTHING)
    services.refuse(TOO_MANY if count > bulk.MOST else "")


def preview(request: HttpRequest, told: Asked, rows: list[Any], by: actors.Actor) -> HttpResponse:
    seen = {choice.request_id: choice.seen for choice in told.choices}
    plan = bulk.planned(told.act, told.value, rows, seen, by=by)
    context = {
        "plan": plan,
        "sent": request.POST.get(told.act.argument, ""),
        "query": told.query,
        "reason": told.reason,
        "back": back_to(told.query),
        "missing": max(len(told.choices) - len(rows), 0),
    }
    return render(request, "requests_app/queue/bulk_preview.html", context)


def carry_out(request: HttpRequest, told: Asked, by: actors.Actor) -> HttpResponse:
    refuse_number(len(told.choices))
    event_id = bulk.carry_out(told.act, told.value, told.choices, by=by, reason=told.reason)
    messages.success(request, "How each request ended stands below.")
    query = f"?{told.query}" if told.query else ""
    return redirect(f"{reverse('requests:bulk-result', args=[event_id])}{query}")


def shown_again(request: HttpRequest, sentence: str) -> HttpResponse:
    """The list as it was shown, with what was ticked on it, and the error at what was not chosen.
    The rows say anew how they stand, since they are read anew."""
    sent, request.GET = request.POST, QueryDict(request.POST.get("query", ""))
    choices = [Choice.parsed(text) for text in sent.getlist("chosen")]
    wrong = {
        "wrong": bulk.ACTS[sent["act"]].argument,
        "sentence": sentence,
        "ticked": {choice.request_id for choice in choices if choice is not None},
        "is_everything": "everything" in sent,
        **{act.argument: sent.get(act.argument, "") for act in bulk.ACTS.values()},
    }
    return render(request, "requests_app/list.html", read(request) | wrong, status=UNPROCESSABLE)


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    query = saved_views.tidy(request.POST.get("query", ""))
    context = {"sentence": sentence, "back": back_to(query)}
    return render(request, "requests_app/queue/bulk_refused.html", context, status=UNPROCESSABLE)


def back_to(query: str) -> str:
    return f"{reverse('requests:request-list')}{'?' if query else ''}{query}"


@page
@require_safe
def result(request: HttpRequest, event_id: int) -> HttpResponse:
    found = bulk.result(event_id, actors.from_request(request))
    if found is None:
        if Event.objects.filter(pk=event_id, kind=bulk.KIND).exists():
            refuse(request)
        raise Http404("no such act of this person")
    back = back_to(saved_views.tidy(request.GET.urlencode()))
    return render(request, "requests_app/queue/bulk_result.html", {"result": found, "back": back})
