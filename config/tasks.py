"""Background work of the installation itself."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from audit import actors
from audit.recording import record
from config import overview


@app.periodic(cron="37 2 * * *")
@app.task(name="config.measure_storage", queueing_lock="config.measure_storage", pass_context=True)
def measure_storage(context: JobContext | None, timestamp: int) -> dict[str, int]:
    """Nightly: how large each table is, so that its growth can be told."""
    job_id = getattr(getattr(context, "job", None), "id", None) or ""
    sizes = overview.sizes()
    by = actors.job("config.measure_storage", job_id)
    record("storage.measured", by=by, detail={"tables": sizes, "due_at": timestamp})
    return sizes


@app.periodic(cron="7 3 * * *")
@app.task(name="config.clear_sessions", queueing_lock="config.clear_sessions", pass_context=True)
def clear_sessions(context: JobContext | None, timestamp: int) -> None:
    """Nightly: sessions that have ended open nothing; their rows go."""
    from django.core.management import call_command

    call_command("clearsessions")
