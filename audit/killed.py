"""Finds jobs whose worker was killed, so that what they left half done is ended and not for ever
underway. A worker that lives says so every ten seconds, also in the middle of a long job."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import connection
from procrastinate import jobs

LEFT = """
    SELECT job.id, job.args FROM procrastinate_jobs job
    LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND job.task_name = %s
      AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
    ORDER BY job.id LIMIT 1 FOR UPDATE OF job SKIP LOCKED
"""
END = "SELECT procrastinate_finish_job_v1(%s, %s, false)"


def end_next(task_name: str) -> dict[str, Any] | None:
    """Within a transaction: ends one job of this task whose worker is gone, and returns what it was
    called with; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT, [task_name, settings.WORKER_SILENT])
        found = cursor.fetchone()
        if found is None:
            return None
        job_id, arguments = found
        # Not "failed": that waits for an administrator, and this waits for who asked for it.
        cursor.execute(END, [job_id, jobs.Status.ABORTED.value])
    given: dict[str, Any] = json.loads(arguments)  # Django leaves what is JSON to its fields
    return given
