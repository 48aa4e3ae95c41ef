"""Pages of support requests: between the browser and the services, without a rule of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit import actors, conflicts
from audit.conflicts import Conflict
from audit.pages import page
from audit.recording import Refusal
from requests_app import (
    attachments,
    due_facts,
    intake,
    looking,
    news,
    people,
    reading,
    sent_once,
    services,
    verbs,
)  # fmt: skip
from requests_app.acts import WithFiles
from requests_app.forms import OpenRequestForm
from requests_app.models import SupportRequest
from requests_app.request_page import headline, instants, kept, shown
from requests_app.standing import annotated, read_with
from requests_app.verbs import Bench, Offer

UNPROCESSABLE, CONFLICT = 422, 409


def find(request: HttpRequest, number: str) -> SupportRequest:
    """The request the person may see. A refused look is recorded, and answered like a wrong one."""
    visible = SupportRequest.objects.visible_to(request.user).named().select_related("intake")
    # The original itself may be of many megabytes, and no page shows it. How the request stands is
    # read by the same statement: a form must not claim that more was shown than was.
    standing = annotated(reading.with_duplicates(visible.defer("intake__content")))
    found = standing.filter(number=number).first()
    if found is None:
        looking.refused(number, actors.from_request(request))
        raise Http404("no such request")
    if found.customer is not None:
        found.customer.entity = found.entity  # always the same, and asked for at once
    return found


@page
def open_request(request: HttpRequest) -> HttpResponse:
    asked = {"customer": request.GET["customer"]} if "customer" in request.GET else {}
    form = OpenRequestForm(
        request.POST or None, request.FILES or None, person=request.user, initial=asked
    )
    status = 200
    if request.method == "POST":
        address = attempt_opening(request, form) if form.is_valid() else ""
        if address:
            return redirect(address)
        status = UNPROCESSABLE
    can_open = bool(people.entities_of(request.user, people.WORKS_ON_REQUESTS))
    return render(
        request, "requests_app/open.html", {"form": form, "can_open": can_open}, status=status
    )


def attempt_opening(request: HttpRequest, form: OpenRequestForm) -> str:
    """The address of the new request, or "" with the refusal on the form."""

    def opened() -> str:
        made = intake.open_for(by=actors.from_request(request), **dict(form.cleaned_data))
        messages.success(request, f"{made.number} is opened.")
        return reverse("requests:request-show", args=[made.number])

    try:
        return sent_once.done(request, opened, after=0)
    except sent_once.DoneAlready as again:
        messages.info(request, str(again))
        return again.address
    except Refusal as refusal:
        form.add_error(field_of(refusal, form), str(refusal))
        form.ask_for_files_again()
        return ""


def field_of(refusal: Refusal, form: forms.Form) -> str | None:
    """The field that a refusal is about, where it says so and the form has it."""
    field = getattr(refusal, "field", None)
    return field if field in form.fields else None


@page
@require_safe
def show_request(request: HttpRequest, number: str) -> HttpResponse:
    """As it stands, or as it stood at the moment that the address names."""
    support_request, asked = find(request, number), request.GET.get("as_of", "")
    if not asked:
        return render_request(request, support_request)
    try:
        instant = instants.asked(asked, support_request)
    except instants.NoInstant as error:
        return render_request(
            request, support_request, status=UNPROCESSABLE, as_of=asked, as_of_error=str(error)
        )
    return shown.render_as_of(request, support_request, instant)


def act(request: HttpRequest, number: str, slug: str) -> HttpResponseBase:
    """Does one verb. Who is not signed in any more signs in first, and finds what they typed."""
    if request.method == "POST" and not request.user.is_authenticated:
        kept.keep(request, number, slug)
    return act_signed_in(request, number, slug)


@page
def act_signed_in(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """Does one verb, or shows the page again with what was typed and why it was not done.

    Only POST acts. Whoever comes back here from signing in again is led to the request.
    """
    verb = verbs.VERBS.get(slug)
    if verb is None:
        raise Http404("no such verb")
    if request.method != "POST":
        return redirect("requests:request-show", number)
    support_request, by = find(request, number), actors.from_request(request)
    bench = Bench.of(support_request, read_with(support_request), by)
    form = bench.form(verb, request.POST, request.FILES)
    conflict = None
    status = UNPROCESSABLE
    if form.is_valid() and form.shows_first and not verbs.why_not(verb, support_request, by):
        status = 200
    elif form.is_valid():
        try:
            target = done_once(request, verb, support_request, form.cleaned_data)
        except sent_once.DoneAlready as again:
            messages.info(request, str(again))
            return redirect(again.address)
        except Refusal as refusal:
            form.add_error(field_of(refusal, form), str(refusal))
            conflict = conflicts.of(refusal, form, request.user)
            status = CONFLICT
        else:
            kept.forget(request)
            messages.success(request, form.told() or verb.done)
            return redirect(target)
    if isinstance(form, WithFiles):
        form.ask_for_files_again()
    support_request = find(request, number)
    if form.is_from_nowhere:
        form.show_again(read_with(support_request), support_request)
    sent = Offer(verb, form, verbs.why_not(verb, support_request, by))
    return render_request(request, support_request, sent=sent, conflict=conflict, status=status)


def done_once(
    request: HttpRequest, verb: verbs.Verb, support_request: SupportRequest, given: dict[str, Any]
) -> str:
    """The verb, once for each form that was shown; the address of what came of it. Its files are
    scanned before: that may take minutes, and a transaction may not."""

    def act_now() -> str:
        with_files = {"files": drafts} if "files" in given else {}
        by = actors.from_request(request)
        place = verbs.do(verb, support_request, by, given | with_files)
        return reverse("requests:request-show", args=[support_request.number]) + place

    is_said = verb.group == verbs.ANSWER
    after = news.said_by_others(support_request, request.user) if is_said else None
    with attachments.received(given.get("files", ())) as drafts:
        return sent_once.done(request, act_now, after=after)


def render_request(
    request: HttpRequest,
    support_request: SupportRequest,
    sent: Offer | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
    **more: str,
) -> HttpResponse:
    """The page. Who is shown it has looked at the request, also where an error shows it again."""
    by = actors.from_request(request)
    onlookers = headline.onlookers(support_request, by)
    looking.viewed(support_request, by)
    bench = Bench.of(support_request, read_with(support_request), by)
    typed = None if sent else kept_offer(request, bench)
    offered = bench.offers(sent or typed)
    possible = [offer for offer in offered if not offer.refusal or offer.is_open]
    context = {
        "sent": sent,
        "typed": typed,
        "conflict": conflict,
        "answers": [offer for offer in possible if offer.verb.group == verbs.ANSWER],
        "offers": [offer for offer in possible if offer.verb.group != verbs.ANSWER],
        "refusals": verbs.refusals([offer for offer in offered if not offer.is_open]),
        "can_redact": not people.why_not_redact(by.person, support_request.entity),
        "can_correct": not services.why_not("note", support_request, by),
        "due": due_facts.of(support_request, timezone.now()),
        "onlookers": onlookers,
        **reading.duplicates_of(support_request),
        "mark": kept.mark(request.user, support_request),
        **shown.context_of(request, support_request),
        **more,
    }
    return render(request, "requests_app/show.html", context, status=status)


def kept_offer(request: HttpRequest, bench: Bench) -> Offer | None:
    """The form that its sender's session ended under, as they had filled it in."""
    slug, given = kept.found(request, bench.support_request)
    verb = verbs.VERBS.get(slug)
    if verb is None:
        return None
    return Offer(
        verb, bench.form(verb, given), verbs.why_not(verb, bench.support_request, bench.by)
    )
