"""Background work of the installation itself."""

from __future__ import annotations

import socket
from typing import Any

from django.core.cache import caches
from procrastinate import JobContext
from procrastinate.contrib.django import app

from audit import actors
from audit.recording import record
from config import health, lifetimes, overview


@app.periodic(cron="37 2 * * *")
@app.task(name="config.measure_storage", queueing_lock="config.measure_storage", pass_context=True)
def measure_storage(context: JobContext | None, timestamp: int) -> dict[str, int]:
    """Nightly: how large each table is, so that its growth can be told."""
    job_id = getattr(getattr(context, "job", None), "id", None) or ""
    sizes = overview.sizes()
    by = actors.job("config.measure_storage", job_id)
    record("storage.measured", by=by, detail={"tables": sizes, "due_at": timestamp})
    return sizes


@app.periodic(cron="27 * * * *")
@app.task(name="config.measure_clock", queueing_lock="config.measure_clock", pass_context=True)
def measure_clock(context: JobContext | None, timestamp: int) -> dict[str, Any]:
    """Hourly: how far the worker's machine is off the database, whose word the trail keeps."""
    job_id = getattr(getattr(context, "job", None), "id", None) or ""
    told = {"host": socket.gethostname(), **lifetimes.clock()}
    is_off = abs(told["clock_offset_ms"]) > health.LARGEST_OFFSET * 1000
    by = actors.job("config.measure_clock", job_id)
    detail = told | {"due_at": timestamp}
    record("clock.measured", by=by, outcome="failed" if is_off else "done", detail=detail)
    return told


@app.periodic(cron="7 3 * * *")
@app.task(name="config.clear_sessions", queueing_lock="config.clear_sessions", pass_context=True)
def clear_sessions(context: JobContext | None, timestamp: int) -> None:
    """Nightly: sessions that have ended open nothing; their rows go."""
    from django.core.management import call_command

    call_command("clearsessions")


@app.periodic(cron="57 * * * *")
@app.task(name="config.clear_cache", queueing_lock="config.clear_cache", pass_context=True)
def clear_cache(context: JobContext | None, timestamp: int) -> int:
    """Hourly: what the shared cache held for a while only."""
    from config.shared_cache import SharedCache

    shared = caches["default"]
    return shared.clear_ended() if isinstance(shared, SharedCache) else 0
