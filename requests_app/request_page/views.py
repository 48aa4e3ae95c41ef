"""Pages around one request: the place of an event in its stream, its named logs, what was typed."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit import actors, paging, timeline
from audit.models import Event
from audit.pages import page
from requests_app import logs, looking
from requests_app.logs import Log, files
from requests_app.models import SupportRequest
from requests_app.request_page import kept
from requests_app.views import find

ROWS = 200


@page
@require_safe
def show_event(request: HttpRequest, number: str, event_id: int) -> HttpResponse:
    """The permanent address of an event: leads to it, whatever page it is on by now. The filter it
    is shown under is that of the address, if it shows the event at all."""
    support_request = find(request, number)
    events = Event.objects.of_support_request(support_request.pk)
    if event_id > paging.LARGEST_ID or not events.filter(pk=event_id).exists():
        raise Http404("no such event of this request")
    here = reverse("requests:request-show", args=[support_request.number])
    query = request.GET.copy()
    query["event"] = str(event_id)
    return redirect(f"{here}?{query.urlencode()}#e{event_id}")


@page
@require_safe
def show_log(request: HttpRequest, number: str, log: str) -> HttpResponse:
    support_request, shown = find(request, number), log_named(log)
    looking.viewed(support_request, actors.from_request(request))
    after = paging.id_or_none(request.GET, "after") or 0
    limit = ROWS + 1 if shown.is_long else None
    rows = list(shown.rows(support_request, request.user, after, limit))
    has_more = shown.is_long and len(rows) > ROWS
    rows = rows[:ROWS] if has_more else rows
    events = Event.objects.of_support_request(support_request.pk)
    context: dict[str, Any] = {
        "support_request": support_request,
        "log": shown,
        "logs": logs.all_of(),
        "rows": rows,
        "count": timeline.count(events) if shown.is_long else len(rows),
        "after": after,
        "next": rows[-1]["event"] if has_more else None,
    }
    return render(request, "requests_app/log.html", context)


@page
@require_safe
def export_log(request: HttpRequest, number: str, log: str) -> HttpResponseBase:
    """Exactly this log, all of its records, as one file."""
    support_request, shown = find(request, number), log_named(log)
    made = files.write(
        shown, support_request, request.user, with_mark=request.GET.get("for") == "excel"
    )
    try:
        looking.log_exported(
            support_request, actors.from_request(request), log=shown.name, rows=made.rows,
            columns=[column.key for column in shown.columns], sha256=made.sha256,
        )  # fmt: skip
    except Exception:
        made.file.close()
        raise
    return FileResponse(
        made.file,
        as_attachment=True,
        filename=f"{support_request.number}-{shown.name}.csv",
        content_type="text/csv; charset=utf-8",
    )


def log_named(name: str) -> Log:
    try:
        return logs.named(name)
    except LookupError:
        raise Http404("no such log") from None


@page
@require_POST
def forget_typed(request: HttpRequest, number: str) -> HttpResponse:
    """Throws away what was typed before signing in again; it never was on record."""
    support_request: SupportRequest = find(request, number)
    kept.forget(request)
    return redirect("requests:request-show", support_request.number)
