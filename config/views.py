"""The management page, for administrators: how the installation is, and what helps."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from audit import actors, paging, timeline
from audit.pages import page
from audit.recording import Refusal
from audit.views import refuse
from config import job_list, jobs, overview, runbook
from requests_app import answerable, people

UNPROCESSABLE, CONFLICT = 422, 409
ROWS = 50


class RetryForm(forms.Form):
    reason = forms.CharField(
        max_length=1_000, error_messages={"required": "Say why it will work now."},
        widget=forms.TextInput({"dir": "auto"}), help_text="What has changed since it failed.",
    )  # fmt: skip


def need_administrator(request: HttpRequest) -> None:
    if not people.entities_of(request.user, people.ADMINISTERS):
        refuse(request)


@page
@require_safe
def management(request: HttpRequest) -> HttpResponse:
    need_administrator(request)
    return shown(request, None, None)


@page
@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    need_administrator(request)
    form = RetryForm(request.POST, auto_id=f"job-{job_id}-%s")
    if not form.is_valid():
        return shown(request, job_id, form, UNPROCESSABLE)
    try:
        jobs.retry(job_id=job_id, by=actors.from_request(request), **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return shown(request, job_id, form, CONFLICT)
    messages.success(request, "The job is in the queue again.")
    return redirect("management")


def shown(
    request: HttpRequest, job_id: int | None, sent: RetryForm | None, status: int = 200
) -> HttpResponse:
    found = overview.look(request.user)
    answerable.note([each.mailbox for each in found.mailboxes])
    failed = [
        (job, sent if sent is not None and job.pk == job_id
         else RetryForm(auto_id=f"job-{job.pk}-%s"))
        for job in found.failed
    ]  # fmt: skip
    context = {"found": found, "failed": failed, "sent": sent}
    return render(request, "management.html", context, status=status)


@page
@require_safe
def show_jobs(request: HttpRequest) -> HttpResponse:
    """What the numbers of the queues count."""
    need_administrator(request)
    form = job_list.JobFilter(request.GET)
    found = form.found()
    shown = paging.cut(found, paging.position(request.GET), ROWS)
    context = {
        "form": form,
        "page": shown,
        "rows": [(job, job_list.STATES.get(job.status, job.status)) for job in shown.rows],
        "count": timeline.count(found),
        "applied": form.applied(),
    }
    return render(request, "job_list.html", context)


@page
@require_safe
def show_runbook(request: HttpRequest) -> HttpResponse:
    """The operating document of this very version."""
    need_administrator(request)
    return render(request, "runbook.html", {"blocks": runbook.blocks()})
