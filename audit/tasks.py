"""Background work of the trail."""

from __future__ import annotations

from contextlib import suppress

from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from audit import actors, checks
from audit.recording import record


@app.periodic(cron="17 * * * *")
@app.task(name="audit.check_trail", queueing_lock="audit.check_trail", pass_context=True)
def check_trail(context: object, timestamp: int) -> list[str]:
    """Hourly: are triggers, guards and rights what they must be? The answer is an event."""
    found = checks.problems(connection)
    job_id = getattr(getattr(context, "job", None), "id", "")
    record(
        "trail.checked",
        by=actors.job("audit.check_trail", job_id or ""),
        outcome="failed" if found else "done",
        detail={"problems": found, "due_at": timestamp},
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
