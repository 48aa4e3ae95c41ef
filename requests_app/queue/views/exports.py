"""Exports of the request list: the file at once, or written by the worker, with its manifest."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit import actors, paging
from audit.access import access
from audit.models import Event
from audit.pages import page
from audit.recording import Refusal
from audit.views import refuse
from requests_app import saved_views
from requests_app.filters import RequestFilter, asked
from requests_app.models import ExportJob
from requests_app.queue import exporting, listing

UNPROCESSABLE, CONFLICT = 422, 409
CSV = "text/csv; charset=utf-8"


@page
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Exactly the filtered list, all pages of it, as one CSV file."""
    form = RequestFilter(request.GET, person=request.user)
    if not form.is_valid():
        return redirect(f"{reverse('requests:request-list')}?{request.GET.urlencode()}")
    if form.found().order_by()[: exporting.AT_ONCE + 1].count() > exporting.AT_ONCE:
        return redirect(f"{reverse('requests:export-new')}?{request.GET.urlencode()}")
    with_mark = request.GET.get("for") == "excel"
    made = exporting.at_once(form, by=actors.from_request(request), with_mark=with_mark)
    response = FileResponse(
        made.file, as_attachment=True, filename="requests.csv", content_type=CSV
    )
    response["X-Content-SHA256"] = made.sha256
    return response


@page
@require_safe
def prepare(request: HttpRequest) -> HttpResponse:
    """How many rows it would have, by which filter, before anybody asks for it."""
    query = saved_views.tidy(request.GET.urlencode())
    return render_prepared(request, asked(query, request.user), query)


def render_prepared(
    request: HttpRequest, form: RequestFilter, query: str, refusal: str = "", status: int = 200
) -> HttpResponse:
    rows = listing.found(form).rows.order_by().count() if form.is_valid() else 0
    context = {
        "form": form,
        "query": query,
        "rows": rows,
        "applied": form.applied(),
        "is_later": rows > exporting.AT_ONCE,
        "at_once": exporting.AT_ONCE,
        "refusal": refusal,
    }
    return render(request, "requests_app/queue/export.html", context, status=status)


@page
def show_all(request: HttpRequest) -> HttpResponse:
    """A person's exports, under way and done; a POST asks for another."""
    if request.method == "POST":
        return ask(request)
    context = {
        "jobs": exporting.jobs_of(request.user),
        "made": exporting.made_by(actors.from_request(request)),
    }
    return render(request, "requests_app/queue/exports.html", context)


def ask(request: HttpRequest) -> HttpResponse:
    query = saved_views.tidy(request.POST.get("query", ""))
    form = asked(query, request.user)
    if not form.is_valid():
        return render_prepared(request, form, query, status=UNPROCESSABLE)
    rows = listing.found(form).rows.order_by().count()
    try:
        exporting.ask(form, query, by=actors.from_request(request), rows=rows)
    except Refusal as refusal:
        return render_prepared(request, form, query, str(refusal), CONFLICT)
    messages.success(request, "The export is being written. It stands below when it is ready.")
    return redirect("requests:export-list")


@page
@require_safe
def download(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """A finished file, for whoever asked for it."""
    ready = ExportJob.objects.filter(owner_id=request.user.pk, state=ExportJob.State.READY)
    job = ready.filter(pk=job_id).first()
    if job is None:
        if ExportJob.objects.filter(pk=job_id).exclude(owner_id=request.user.pk).exists():
            refuse(request)
        raise Http404("no such export of this person")
    exporting.note_download(job, actors.from_request(request))
    response = StreamingHttpResponse(exporting.parts_of(job), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="requests.csv"'
    response["X-Content-SHA256"] = job.sha256
    return response


@page
@require_safe
def manifest(request: HttpRequest, event_id: int) -> HttpResponse:
    """For whoever made the export, and whoever may read of it in the trail."""
    by = actors.from_request(request)
    if event_id > paging.LARGEST_ID:
        raise Http404("no such export")
    wanted = {"pk": event_id, "kind": exporting.KIND}
    event = Event.objects.of_actor(by.kind, by.id).filter(**wanted).first()
    event = event or access().events_for(request.user).filter(**wanted).first()
    if event is None:
        if Event.objects.filter(**wanted).exists():
            refuse(request)
        raise Http404("no such export")
    response = JsonResponse(exporting.manifest(event), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="requests.manifest.json"'
    return response
