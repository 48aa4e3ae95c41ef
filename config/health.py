"""`/livez`: the process answers. `/readyz`: each thing that serving needs, and why it fails."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = structlog.get_logger("config.health")
OLDEST_HEARTBEAT = 60
# Seconds: a job that is due waits no longer than this for a worker that has time.
OLDEST_JOB = 600
# Seconds between this machine and the database; the trail has the database's word.
LARGEST_OFFSET = 2.0
_FRESH = 5
QUEUE_AGE = """
    SELECT extract(epoch FROM now() - min(coalesce(job.scheduled_at, event.at)))::integer
    FROM procrastinate_jobs job JOIN procrastinate_events event
    ON event.job_id = job.id AND event.type = 'deferred' WHERE job.status = 'todo'
    AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
"""


@require_safe
@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """One word or sentence per item; 503 if any is not ok. Looked up at most every 5 seconds."""
    # The process's own: the shared cache lies in the database, which may be what fails.
    items = caches["process"].get_or_set("config.health", look, _FRESH) or {}
    is_ready = bool(items) and all(state == "ok" for state in items.values())
    body = {"status": "ok" if is_ready else "failing", "items": items}
    return JsonResponse(body, status=200 if is_ready else 503)


def look() -> dict[str, str]:
    """Each item with "ok" or why it fails. No secrets, no addresses: anybody may read it."""
    items: dict[str, str] = {}
    for name, problem in PROBLEMS.items():
        if items.get("database", "ok") != "ok":
            items[name] = "not asked, for the database does not answer"
            continue
        try:
            items[name] = problem() or "ok"
        except DatabaseError as error:
            items[name] = f"the database refuses to answer ({type(error).__name__})"
    return items


def refuse_weak_trail(*, waits: bool = True) -> None:
    """Raises ImproperlyConfigured if triggers, guards or rights are not what they must be.

    A database that does not answer yet is no reason where ``waits``: `/readyz` says so until it
    does. Elsewhere it is.
    """
    from audit import checks

    try:
        problems = checks.problems(connection)
    except OperationalError as error:
        if not waits:
            told = "The database does not answer, so nobody knows whether changes are recorded."
            raise ImproperlyConfigured(f"{told} Start this again once it does.") from error
        log.warning("trail not checked", error=type(error).__name__)
        return
    finally:
        connection.close()
    if problems:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise ImproperlyConfigured(
            f"Changes could go unrecorded, so this does not start:{listed}\n"
            "Run manage.py migrate as the owner; if that does not help, somebody has changed the "
            "database by hand."
        )


def missing_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    from audit import folded

    if folded.is_too_old(connection):
        return "those of an earlier version are missing; manage.py migrate says more"
    missing = missing_migrations()
    return f"{len(missing)} not applied; run manage.py migrate" if missing else ""


def _triggers() -> str:
    from audit import checks

    problems = checks.problems(connection)
    return f"{len(problems)} not as they must be: {problems[0]}" if problems else ""


def _worker() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM now() - max(last_heartbeat))::integer "
            "FROM procrastinate_workers"
        )
        (age,) = cursor.fetchone() or (None,)
    if age is None:
        return "none has started; run manage.py procrastinate worker"
    if age > OLDEST_HEARTBEAT:
        return f"last sign {age} seconds ago; run manage.py procrastinate worker"
    return ""


def queue_age() -> int | None:
    """Seconds since the oldest job became due that nobody has taken; None where none waits."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_AGE)
        (age,) = cursor.fetchone() or (None,)
    return age


def _queue() -> str:
    age = queue_age()
    if age is not None and age > OLDEST_JOB:
        return f"a job has waited {age} seconds; start more workers, or look at their logs"
    return ""


def _clock() -> str:
    from config import lifetimes

    offset = lifetimes.offset()
    if abs(offset) > LARGEST_OFFSET:
        return f"this machine is {abs(offset):.1f} seconds off the database; set both by NTP"
    return ""


PROBLEMS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "triggers": _triggers,
    "worker": _worker,
    "queue": _queue,
    "clock": _clock,
}
