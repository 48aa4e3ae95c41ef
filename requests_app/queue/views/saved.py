"""Saved views: the page that lists them, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit import actors, conflicts
from audit.conflicts import Conflict
from audit.forms import SeenForm
from audit.pages import page
from audit.recording import Refusal
from audit.standing import annotated, read_with
from audit.views import refuse
from requests_app import saved_views
from requests_app.models import SavedView
from requests_app.queue.forms import KeepForm, RenameForm, SharedForm

UNPROCESSABLE, CONFLICT = 422, 409
LISTS = {"requests": "requests:request-list", "trail": "audit:trail-list"}


def address_of(view: SavedView) -> str:
    return f"{reverse(LISTS[view.page])}?{view.query}"


def find(request: HttpRequest, view_id: int) -> SavedView:
    """The view, if it is theirs or shared with them. A refused look is recorded."""
    found = found_now(request, view_id)
    if found is None:
        hidden = SavedView.objects.filter(pk=view_id, is_ended=False).first()
        if hidden is not None:
            refuse(request, hidden)
        raise Http404("no such view")
    return found


def found_now(request: HttpRequest, view_id: int) -> SavedView | None:
    visible = SavedView.objects.visible_to(request.user).select_related("owner", "shared_with")
    found: SavedView | None = annotated(visible).filter(pk=view_id).first()
    return found


@page
def show_all(request: HttpRequest) -> HttpResponse:
    """Lists them; a POST keeps a new one and leads back to its list."""
    if request.method == "POST":
        return keep(request)
    return render_all(request, None)


def keep(request: HttpRequest) -> HttpResponse:
    form = KeepForm(request.POST, person=request.user)
    if not form.is_valid():
        return render_all(request, form, UNPROCESSABLE)
    try:
        view = saved_views.keep(by=actors.from_request(request), **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("name", str(refusal))
        return render_all(request, form, CONFLICT)
    messages.success(request, f"The view {view.name} is saved.")
    return redirect(address_of(view))


def render_all(request: HttpRequest, form: KeepForm | None, status: int = 200) -> HttpResponse:
    views = SavedView.objects.visible_to(request.user).select_related("owner", "shared_with")
    context = {"form": form, "rows": [(view, address_of(view)) for view in views]}
    return render(request, "requests_app/queue/saved_views.html", context, status=status)


@page
@require_safe
def show_one(request: HttpRequest, view_id: int) -> HttpResponse:
    return render_one(request, find(request, view_id))


def render_one(
    request: HttpRequest, view: SavedView, sent: SeenForm | None = None, status: int = 200,
    conflict: Conflict | None = None,
) -> HttpResponse:  # fmt: skip
    code = view.shared_with.code if view.shared_with is not None else ""
    seen = {"seen": str(read_with(view))}
    name = RenameForm(auto_id="name-%s", initial={"name": view.name, **seen})
    share = SharedForm(
        auto_id="share-%s", person=request.user, initial={"shared_with": code, **seen}
    )
    is_rename, is_share = isinstance(sent, RenameForm), isinstance(sent, SharedForm)
    context = {
        "view": view,
        "address": address_of(view),
        "form": sent,
        "conflict": conflict,
        "name": sent if is_rename else name,
        "share": sent if is_share else share,
        "end": SeenForm(auto_id="end-%s", initial=seen),
        "why_not_change": saved_views.why_not_change(view, request.user),
        "why_not_end": saved_views.why_not_end(view, request.user),
    }
    return render(request, "requests_app/queue/saved_view.html", context, status=status)


@page
@require_POST
def rename(request: HttpRequest, view_id: int) -> HttpResponse:
    form = RenameForm(request.POST, auto_id="name-%s")
    return done(request, find(request, view_id), form, saved_views.rename, "The view is renamed.")


@page
@require_POST
def share(request: HttpRequest, view_id: int) -> HttpResponse:
    form = SharedForm(request.POST, auto_id="share-%s", person=request.user)
    told = "It is said who may use the view."
    return done(request, find(request, view_id), form, saved_views.share, told)


@page
@require_POST
def end(request: HttpRequest, view_id: int) -> HttpResponse:
    view = find(request, view_id)
    return done(request, view, SeenForm(request.POST), saved_views.end, "The view is ended.")


def done(
    request: HttpRequest, view: SavedView, form: SeenForm, service: Callable[..., Any], told: str
) -> HttpResponse:
    if not form.is_valid():
        conflicts.stand_again(form, view)
        return render_one(request, view, form, UNPROCESSABLE)
    try:
        service(by=actors.from_request(request), view=view, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        conflict = conflicts.of(refusal, form, request.user)
        view = found_now(request, view.pk) or view  # it may have ended meanwhile
        return render_one(request, view, form, CONFLICT, conflict)
    messages.success(request, told)
    return redirect("view-list")
