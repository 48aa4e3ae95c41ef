"""What an administrator does with background jobs."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.actors import Actor
from audit.recording import Refusal, recording
from requests_app import people


class JobRefused(Refusal):
    """A job cannot be tried again; the message says why."""


def retry(*, job_id: int, by: Actor, reason: str) -> None:
    """Puts a failed job back into the queue."""
    detail = {"job": job_id, "task": task_of(job_id)}
    with recording("job.retried", by=by, reason=reason, detail=detail):
        refusal = why_not_retry(job_id, by)
        if refusal:
            raise JobRefused(refusal)
        app.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())


def why_not_retry(job_id: int, by: Actor) -> str:
    if by.person is not None and not people.entities_of(by.person, people.ADMINISTERS):
        return "Trying a job again needs the role administrator."
    job = ProcrastinateJob.objects.filter(pk=job_id).first()
    if job is None or job.status != "failed":
        return "This job has not failed, or was tried again already. Look at the list again."
    return ""


def task_of(job_id: int) -> str:
    found = ProcrastinateJob.objects.filter(pk=job_id).values_list("task_name", flat=True).first()
    return str(found or "")
