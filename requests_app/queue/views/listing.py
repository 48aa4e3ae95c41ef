"""The request list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit import actors, timeline
from audit.pages import page
from requests_app import looking, news, people
from requests_app.filters import RequestFilter
from requests_app.queue import bulk, listing, orders, presets


@page
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    return render(request, "requests_app/list.html", read(request))


def read(request: HttpRequest) -> dict[str, Any]:
    """The list that the address asks for; searching it is on record."""
    form = RequestFilter(request.GET, person=request.user)
    found = listing.found(form)
    if form.words:
        looking.searched(form.words, found.count, actors.from_request(request))
    return context_of(request, form, found)


def context_of(request: HttpRequest, form: RequestFilter, found: listing.Found) -> dict[str, Any]:
    newest = news.newest_change()  # read first: what comes while the page is made is news
    at = (request.GET.get("before", ""), request.GET.get("after", ""))
    can_work = bool(people.entities_of(request.user, people.WORKS_ON_REQUESTS))
    applied = form.applied()
    return {
        "form": form,
        "newest": newest,
        "page": listing.page(form, found, *at),
        "count": found.count,
        "applied": applied,
        "order": form.order,
        "headings": orders.headings(form.order),
        "exact": listing.exact(form),
        "followed": listing.followed(form),
        "claimed": listing.claimed(form, found.rows),
        "can_open": can_work,
        "bulk": bulk.Bar.of(request.user) if can_work and found.count else None,
        "bulk_most": bulk.MOST,
        "is_capped": found.count > timeline.COUNTED,
    }


@page
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where the work of this person begins: a filter that stands in the address, like any other."""
    query = presets.first_of(request.user).query
    return redirect(f"{reverse('requests:request-list')}{'?' if query else ''}{query}")
