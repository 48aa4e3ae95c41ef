"""The queue's background work."""

from __future__ import annotations

from procrastinate.contrib.django import app

from requests_app.models import ExportJob
from requests_app.queue import exporting


@app.task(name="requests.export")
def write_export(job_id: int) -> None:
    """Writes an export that is too large to wait for; one that is gone was forgotten meanwhile."""
    job = ExportJob.objects.select_related("owner").filter(pk=job_id).first()
    if job is not None:
        exporting.write(job)


@app.periodic(cron="*/5 * * * *")
@app.task(name="requests.end_killed_exports", queueing_lock="requests.end_killed_exports")
def end_killed_exports(timestamp: int) -> int:
    """What was too much for one worker may be too much for the next: a person begins it again."""
    return exporting.end_killed()
