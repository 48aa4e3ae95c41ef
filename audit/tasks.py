"""Background work of the trail."""

from __future__ import annotations

from contextlib import suppress

from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from audit import actors, checks, clocks, exporting, fields
from audit.models import TrailExport
from audit.recording import record


@app.periodic(cron="17 * * * *")
@app.task(name="audit.check_trail", queueing_lock="audit.check_trail", pass_context=True)
def check_trail(context: object, timestamp: int) -> list[str]:
    """Hourly: are triggers, guards and rights what they must be, and did the clock only go on? The
    answer is an event. A clock that went back is told, and is no fault of the recorder."""
    found = checks.problems(connection)
    back = [str(step) for step in clocks.steps()]
    record(
        "trail.checked",
        by=job_of(context, "audit.check_trail"),
        outcome="failed" if found else "done",
        detail={"problems": found, "due_at": timestamp}
        | ({"clock_went_back": back} if back else {}),
    )
    return found


@app.periodic(cron="47 * * * *")
@app.task(
    name="audit.repeat_killed_check", queueing_lock="audit.repeat_killed_check", pass_context=True
)
async def repeat_killed_check(context: JobContext, timestamp: int) -> None:
    """Half an hour later: a check whose worker ended hard is put back into the queue, where it
    would otherwise be underway for ever. If its event was written already, there will be two. So
    are such repetitions themselves."""
    manager = context.app.job_manager
    for name in ("audit.check_trail", "audit.repeat_killed_check"):
        for job in await manager.get_stalled_jobs(task_name=name):
            # Another one waits there, and this one's turn is in an hour; or it has ended meanwhile.
            with suppress(ConnectorException):
                await manager.retry_job(job)


@app.task(name="audit.make_export", pass_context=True)
def make_export(context: object, export_id: int) -> None:
    """Writes the file of an export that is too large for the page. Repeated, it gives the same."""
    export = TrailExport.objects.select_related("person").get(pk=export_id)
    by = job_of(context, "audit.make_export").on_behalf_of(export.person)
    exporting.make_or_fail(export=export, by=by)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="audit.end_killed_exports", queueing_lock="audit.end_killed_exports", pass_context=True
)
def end_killed_exports(context: object, timestamp: int) -> int:
    """An export that may have been too much for its worker is not begun again by itself."""
    return exporting.end_killed(by=job_of(context, "audit.end_killed_exports"))


@app.periodic(cron="* * * * *")
@app.task(name="audit.index_fields", queueing_lock="audit.index_fields")
def index_fields(timestamp: int) -> int:
    """Lets the index of changed fields follow the versions."""
    return fields.catch_up()


@app.periodic(cron="7 * * * *")
@app.task(name="audit.expire_exports", queueing_lock="audit.expire_exports", pass_context=True)
def expire_exports(context: object, timestamp: int) -> int:
    """Drops the files of exports whose time is over."""
    return exporting.expire(by=job_of(context, "audit.expire_exports"))


def job_of(context: object, name: str) -> actors.Actor:
    return actors.job(name, getattr(getattr(context, "job", None), "id", "") or "")
