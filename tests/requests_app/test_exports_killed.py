"""A worker that is killed while it writes an export: a later one ends it, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from audit.models import Event
from requests_app.filters import asked
from requests_app.models import ExportJob
from requests_app.queue import exporting, tasks
from tests import factories
from tests.audit import sessions
from tests.audit.test_tasks_killed import BLOCKED, NEWEST_WORKER, Desk, put_in_queue, said
from tests.config import processes

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(own_database: str, tmp_path: Path) -> Desk:
    return Desk(own_database, tmp_path)


@pytest.fixture
def job(own_database: str) -> ExportJob:
    entity = factories.entity(code="US")
    agent = factories.person("agent", entity)
    factories.support_request(entity=entity)
    return exporting.ask(asked("", agent), "", by=factories.actor(agent), rows=1)


def kill_as_it_writes(desk: Desk) -> None:
    """The file's table is locked, so the worker waits in the middle of writing it."""
    before = said(NEWEST_WORKER)
    with sessions.open("owner") as owner:
        owner.execute("LOCK TABLE requests_app_exportpart IN SHARE MODE")
        worker = desk.start()
        try:
            assert processes.eventually(lambda: said(NEWEST_WORKER) > before)
            assert processes.eventually(lambda: said(BLOCKED)), desk.output.read_text()
        finally:
            worker.kill()
            worker.wait()
    assert processes.eventually(lambda: not said(BLOCKED))


def last_seen(ago: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - %s::interval", [ago]
        )


def test_one_whose_worker_is_late_with_its_sign_is_left_to_it_by_those_who_start(
    desk: Desk, job: ExportJob
) -> None:
    kill_as_it_writes(desk)

    last_seen("40 seconds")
    put_in_queue(tasks.end_killed_exports)
    desk.work_off()

    job.refresh_from_db()
    assert (job.state, job.failure) == ("running", "")


def test_a_later_worker_ends_it_with_a_sentence_and_it_is_begun_again(
    desk: Desk, job: ExportJob
) -> None:
    kill_as_it_writes(desk)
    job.refresh_from_db()
    assert job.state == "running"

    last_seen("1 hour")
    put_in_queue(tasks.end_killed_exports)
    desk.work_off()

    job.refresh_from_db()
    assert (job.state, job.failure) == ("failed", exporting.KILLED)
    assert Event.objects.get(kind="request.export_failed").detail["export"] == job.pk
    again = exporting.ask(
        asked("", job.owner), "", by=factories.actor(job.owner), rows=job.rows_expected
    )
    desk.work_off()
    again.refresh_from_db()
    assert (again.state, again.rows_done) == ("ready", 1)
