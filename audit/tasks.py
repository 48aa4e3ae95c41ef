"""Background work of the trail."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

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
