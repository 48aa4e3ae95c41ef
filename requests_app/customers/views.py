"""Pages of customers: between the browser and the services, without a rule of their own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from audit import actors, conflicts, paging, seen, timeline
from audit.actors import Actor
from audit.conflicts import Conflict
from audit.forms import SeenForm
from audit.pages import page
from audit.recording import Refusal
from audit.standing import annotated, read_with
from requests_app import people, services
from requests_app.customers import looking, reading, reveals, totals, verbs
from requests_app.customers.filters import CustomerFilter
from requests_app.customers.forms import MergeForm, RevealForm, UnmergeForm
from requests_app.customers.verbs import Offer
from requests_app.models import Customer, Status
from requests_app.services.merging import to_move, why_not_merge

ROWS, REQUESTS, EVENTS = 50, 25, 10
UNPROCESSABLE, CONFLICT = 422, 409


def find(request: HttpRequest, customer_id: int) -> Customer:
    """The customer, if the person may see them. A refused look is recorded and answered alike."""
    found: Customer | None = annotated(reading.listed(request.user)).filter(pk=customer_id).first()
    if found is None:
        looking.refused(customer_id, actors.from_request(request))
        raise Http404("no such customer")
    return found


@page
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    form = CustomerFilter(request.GET, person=request.user)
    found = form.found()
    shown = paging.cut(found, paging.position(request.GET), ROWS)
    count = timeline.count(found, shown)
    if form.query:
        looking.searched(form.query, count, actors.from_request(request))
    counts = reading.request_counts(shown.rows, request.user)
    context = {
        "form": form,
        "page": shown,
        "rows": [(customer, counts.get(customer.pk, 0)) for customer in shown.rows],
        "count": count,
        "applied": form.applied(),
        "followed": form.followed() if form.is_valid() else [],
        "has_pseudonyms": bool(people.hidden_from(request.user)),
    }
    return render(request, "customers/list.html", context)


@page
@require_safe
def show_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One who was merged leads to the one who stays; ``own`` shows the merged record itself."""
    customer = find(request, customer_id)
    if customer.merged_into_id is not None and "own" not in request.GET:
        target = reverse("customers:customer-show", args=[customer.merged_into_id])
        return redirect(f"{target}?merged={customer.pk}")
    return render_customer(request, customer)


def render_customer(
    request: HttpRequest, customer: Customer, sent: Offer | None = None, status: int = 200,
    conflict: Conflict | None = None,
) -> HttpResponse:  # fmt: skip
    by = actors.from_request(request)
    looking.viewed(customer, by)
    addresses = list(customer.addresses.visible_to(request.user))
    here = reverse("customers:customer-show", args=[customer.pk])
    in_use = [address for address in addresses if address.ended_at is None]
    merged = Customer.objects.visible_to(request.user).filter(merged_into=customer).order_by("pk")
    context = {
        "customer": customer,
        "here": here,
        "in_use": in_use,
        "ended": [address for address in addresses if address.ended_at is not None],
        "sent": sent,
        "conflict": conflict,
        "offers": verbs.offers(customer, in_use, by, sent),
        "merged": list(merged),
        "came_from": paging.id_or_none(request.GET, "merged"),
        "doubles": [] if customer.merged_into_id else reading.doubles_of(customer, request.user),
        "can_merge": not people.why_not_merge(request.user, customer.entity),
        "can_open": not people.why_not_work(request.user, customer.entity),
        "unmerge": unmerge_form(customer),
        **requests_shown(request, customer, here),
        **trail_of(request, customer, EVENTS),
    }
    return render(request, "customers/show.html", context, status=status)


def requests_shown(request: HttpRequest, customer: Customer, here: str) -> dict[str, Any]:
    """Their requests, and numbers that lead to exactly the requests they count."""
    found = reading.requests_of(customer, request.user)
    status, currency = request.GET.get("status", ""), request.GET.get("currency", "")
    applied = []
    if status in Status.values:
        found = found.filter(status=status)
        applied.append(("status", "Status", Status(status).label))
    if currency:
        found = found.filter(claimed_currency=currency, claimed_amount__isnull=False)
        applied.append(("currency", "Claimed in", currency))
    return {
        "page": paging.cut(found, paging.position(request.GET), REQUESTS),
        "totals": totals.of(customer, request.user, here),
        "applied": applied,
    }


def trail_of(request: HttpRequest, customer: Customer, size: int, **at: Any) -> dict[str, Any]:
    """The newest of the customer's own events, as this person may see them."""
    events = reading.events_of(customer)
    shown = seen.page(timeline.page(events, size=size, **at), request.user)
    return {"trail": shown, "first": events.first()}


@page
@require_safe
def show_trail(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer, at = find(request, customer_id), paging.position(request.GET)
    looking.viewed(customer, actors.from_request(request))
    shown = trail_of(request, customer, timeline.PAGE, before=at.before, after=at.after)
    return render(request, "customers/trail.html", {"customer": customer, **shown})


@page
def act(request: HttpRequest, customer_id: int, slug: str) -> HttpResponse:
    """Does one verb, or shows the page again with what was typed and why it was not done."""
    verb = verbs.VERBS.get(slug)
    if verb is None:
        raise Http404("no such verb")
    if request.method != "POST":
        return redirect("customers:customer-show", customer_id)
    customer = find(request, customer_id)
    addresses = list(customer.addresses.visible_to(request.user).in_use())
    form = verbs.form_of(verb, customer, addresses, data=request.POST)
    status, conflict = UNPROCESSABLE, None
    if form.is_valid():
        try:
            verb.service(by=actors.from_request(request), **form.given())
        except Refusal as refusal:
            status, conflict = CONFLICT, refused(form, refusal, request)
        else:
            messages.success(request, verb.done)
            return redirect("customers:customer-show", customer_id)
    conflicts.stand_again(form, customer)
    customer = find(request, customer_id)
    return render_customer(request, customer, Offer(verb, form), status, conflict)


def refused(form: SeenForm, refusal: Refusal, request: HttpRequest) -> Conflict | None:
    """Says it on the form; where somebody else was quicker, also what they did."""
    form.add_error(None, str(refusal))
    return conflicts.of(refusal, form, request.user)


@page
def merge(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What would move, and the one form that does it."""
    customer = find(request, customer_id)
    into = other_of(request, customer)
    if into is None:
        return render(request, "customers/merge_choose.html", choosing(request, customer))
    if request.method == "GET" and is_upside_down(customer, into) and "way" not in request.GET:
        other_way = reverse("customers:customer-merge", args=[into.pk])
        return redirect(f"{other_way}?into={customer.pk}")
    by = actors.from_request(request)
    form = MergeForm(request.POST or None, customer=customer, into=into)
    status, conflict = 200, None
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                services.merge_customers(into=into, customer=customer, by=by, **form.cleaned_data)
            except Refusal as refusal:
                status, conflict = CONFLICT, refused(form, refusal, request)
            else:
                messages.success(request, "The two are one customer now.")
                target = reverse("customers:customer-show", args=[into.pk])
                return redirect(f"{target}?merged={customer.pk}")
    for shown in (customer, into):
        conflicts.stand_again(form, shown)
    context = {"conflict": conflict, **preview(customer, into, by, form)}
    return render(request, "customers/merge.html", context, status=status)


def is_upside_down(customer: Customer, into: Customer) -> bool:
    """Whether the one to go is the one that another system knows by its reference."""
    return bool(customer.reference) and not into.reference


def other_of(request: HttpRequest, customer: Customer) -> Customer | None:
    """The customer to stay, named by its number in the address."""
    chosen = paging.id_of(request.GET.get("into", "").strip())
    if chosen is None:
        return None
    found: Customer | None = annotated(reading.listed(request.user)).filter(pk=chosen).first()
    return found


def choosing(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {
        "customer": customer,
        "asked": request.GET.get("into", ""),
        "doubles": reading.doubles_of(customer, request.user),
        "refusal": people.why_not_merge(request.user, customer.entity),
    }


def preview(customer: Customer, into: Customer, by: Actor, form: MergeForm) -> dict[str, Any]:
    moving = to_move(customer)
    refusal = people.why_not_merge(by.person, customer.entity) or why_not_merge(customer, into)
    newest = reading.requests_of(customer, by.person).order_by("-pk")
    return {
        "customer": customer,
        "into": into,
        "form": form,
        "count": timeline.count(moving.requests),
        "requests": list(newest[:EVENTS]),
        "addresses": list(customer.addresses.visible_to(by.person)),
        "kept": list(into.addresses.visible_to(by.person)),
        "refusal": refusal,
    }


@page
def unmerge(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer = find(request, customer_id)
    own = f"{reverse('customers:customer-show', args=[customer.pk])}?own=1"
    if request.method != "POST":
        return redirect(own)
    form = unmerge_form(customer, request.POST)
    status, conflict = UNPROCESSABLE, None
    if form.is_valid():
        try:
            services.unmerge_customer(
                customer=customer, by=actors.from_request(request), **form.cleaned_data
            )
        except Refusal as refusal:
            status, conflict = CONFLICT, refused(form, refusal, request)
        else:
            messages.success(request, "The merge is undone; what it moved is back.")
            return redirect("customers:customer-show", customer_id)
    conflicts.stand_again(form, customer)
    context = {"customer": find(request, customer_id), "form": form, "conflict": conflict}
    return render(request, "customers/unmerge.html", context, status=status)


def unmerge_form(customer: Customer, data: Any = None) -> UnmergeForm:
    shown = str(read_with(customer)) if customer.merged_into_id is not None else ""
    return UnmergeForm(data, initial={"seen": shown})


@page
def reveal(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Shows who the customer is, for the rest of a quarter of an hour in this session."""
    customer = find(request, customer_id)
    back = back_to(request, customer)
    form = RevealForm(request.POST or None, initial={"next": back})
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("purpose", "reason")}
            try:
                ids = services.reveal(customer=customer, by=actors.from_request(request), **given)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = CONFLICT
            else:
                reveals.remember(request.session, ids)
                return redirect(back)
    context = {"customer": customer, "form": form, "back": back}
    return render(request, "customers/reveal_page.html", context, status=status)


@page
def hide(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer = find(request, customer_id)
    back = back_to(request, customer)
    if request.method == "POST" and customer.pk in reveals.in_force(request.session):
        merged = Customer.objects.filter(merged_into_id=customer.pk).values_list("pk", flat=True)
        reveals.forget(request.session, [customer.pk, *merged])
        services.hide(customer=customer, by=actors.from_request(request))
    return redirect(back)


def back_to(request: HttpRequest, customer: Customer) -> str:
    """A page of ours to go back to; the customer's where none is named."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()):
        return asked
    return reverse("customers:customer-show", args=[customer.pk])
