"""Pages of exports: what would be exported, asking for it, how far it is, and its file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import actors, exporting, tasks
from audit.access import access
from audit.asking import TrailFilter
from audit.forms import ExportForm
from audit.models import TrailExport
from audit.pages import page
from audit.recording import Refusal
from audit.views import refuse

UNPROCESSABLE, CONFLICT = 422, 409
LISTED = 50
# Parameters of the page: an export has all pages.
PLACE = ("before", "after", "jump")


@page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """What would be exported and how much of it there is; POST makes it, or lets a worker do it."""
    if not access().reads_trail(request.user):
        refuse(request)
    query = asked_query(request)
    asked = TrailFilter(query, person=request.user)
    if not asked.is_valid():
        return redirect(f"/trail/?{query.urlencode()}")
    found = asked.applied_to(access().events_for(request.user))
    form, status = ExportForm(request.POST or None), 200
    if request.method == "POST":
        export = attempt(request, query, form) if form.is_valid() else None
        if export is not None:
            make_or_wait(export, actors.from_request(request), is_small=exporting.is_small(found))
            return redirect("audit:export-show", export.pk)
        status = UNPROCESSABLE
    context = {
        "form": form,
        "asked": asked,
        "applied": asked.applied(),
        "query": query.urlencode(),
        "count": asked.count(found),
        "is_small": exporting.is_small(found),
        "at_once": exporting.AT_ONCE,
        "kept": exporting.KEPT.days,
        "coverage": access().coverage(request.user),
    }
    return render(request, "audit/export_ask.html", context, status=status)


def asked_query(request: HttpRequest) -> QueryDict:
    query = request.GET.copy()
    for name in [name for name, value in query.items() if name in PLACE or not value]:
        del query[name]
    return query


def attempt(request: HttpRequest, query: QueryDict, form: ExportForm) -> TrailExport | None:
    """The new export, or None with the refusal on the form."""
    try:
        return exporting.ask(
            by=actors.from_request(request), query=query.urlencode(),
            zone=timezone.get_current_timezone_name(), format=form.cleaned_data["format"],
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def make_or_wait(export: TrailExport, by: actors.Actor, *, is_small: bool) -> None:
    if is_small:
        exporting.make_or_fail(export=export, by=by)
    else:
        tasks.make_export.defer(export_id=export.pk)


@page
@require_safe
def show_all(request: HttpRequest) -> HttpResponse:
    """The person's own exports, newest first."""
    if not access().reads_trail(request.user):
        refuse(request)
    exports = exporting.of_person(request.user)[:LISTED]
    return render(request, "audit/export_list.html", {"exports": exports, "most": LISTED})


@page
@require_safe
def show(request: HttpRequest, export_id: int) -> HttpResponse:
    export = own(request, export_id)
    why = exporting.why_failed(export) if export.state == TrailExport.State.FAILED else ""
    context = {"export": export, "now": timezone.now(), "why_failed": why}
    return render(request, "audit/export.html", context)


@page
@require_POST
def again(request: HttpRequest, export_id: int) -> HttpResponse:
    """Has an export made again whose file is gone, or that came to nothing."""
    export, by = own(request, export_id), actors.from_request(request)
    try:
        _, events = exporting.found(export)
        exporting.again(export=export, by=by)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        make_or_wait(export, by, is_small=exporting.is_small(events))
    return redirect("audit:export-show", export.pk)


@page
@require_safe
def fetch(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The archive, as long as it is kept. That it was fetched is put on record before."""
    export = own(request, export_id)
    try:
        pieces = exporting.take(export=export, by=actors.from_request(request))
    except Refusal:
        gone = {"export": export, "is_gone": True, "now": timezone.now()}
        return render(request, "audit/export.html", gone, status=CONFLICT)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="trail-{export.pk}.zip"'
    return response


def own(request: HttpRequest, export_id: int) -> TrailExport:
    """An export of this person, who still reads trails; others answer like none, on record."""
    export = exporting.of_person(request.user).filter(pk=export_id).first()
    if export is None or not access().reads_trail(request.user):
        if TrailExport.objects.filter(pk=export_id).exists():
            refuse(request)
        raise Http404("no such export")
    return export
