"""Background work on files."""

from __future__ import annotations

from procrastinate.contrib.django import app

from audit import actors
from requests_app.services import sweeping


@app.periodic(cron="37 * * * *")
@app.task(name="requests_app.sweep_files", queueing_lock="requests_app.sweep_files")
def sweep_files(timestamp: int) -> None:
    """Hourly: destroys redacted files whose process ended before it could, and what came to
    nothing. Files without a row are left to an operator."""
    sweeping.sweep_files(by=actors.job("requests_app.sweep_files", str(timestamp)))
