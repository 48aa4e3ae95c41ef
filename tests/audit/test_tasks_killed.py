"""What becomes of the hourly look at the recorder when its worker is killed in the middle of it."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from audit import actors, tasks
from audit.models import Event
from audit.recording import record
from tests.audit import sessions
from tests.audit.shapes import Project
from tests.config import processes

NEWEST_WORKER = "SELECT coalesce(max(id), 0) FROM procrastinate_workers"
BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)

pytestmark = pytest.mark.slow


class Desk:
    """Workers on a database of the test's own."""

    def __init__(self, database: str, folder: Path) -> None:
        own = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        self.environment = Project(folder, database).environment() | own
        self.output = folder / "worker.log"

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        words = ("procrastinate", "worker", *options)
        return processes.start("manage", settings.BASE_DIR, self.output, self.environment, *words)

    def work_off(self) -> None:
        """A worker again, until nothing waits."""
        assert self.start("--one-shot").wait(60) == 0, self.output.read_text()

    def kill_in_check(self, lock: str) -> str:
        """Kills a worker whose check waits for this lock on the events; the job's id."""
        before, stalled = said(NEWEST_WORKER), doing()
        worker = self.start()
        try:
            assert processes.eventually(lambda: said(NEWEST_WORKER) > before)
            with sessions.open("owner") as owner:
                owner.execute(f"LOCK TABLE audit_event IN {lock} MODE")
                put_in_queue(tasks.check_trail)
                assert processes.eventually(lambda: said(BLOCKED)), self.output.read_text()
                [job] = doing() - stalled
                worker.kill()
                worker.wait()
        finally:
            worker.kill()
            worker.wait()
        assert processes.eventually(lambda: not said(BLOCKED))
        return job

    def kill_as_it_looks(self) -> str:
        return self.kill_in_check("ACCESS EXCLUSIVE")

    def kill_as_it_records(self) -> str:
        return self.kill_in_check("SHARE")


@pytest.fixture
def desk(own_database: str, tmp_path: Path) -> Desk:
    """Where everything was looked at before, so that no worker begins with a first look."""
    record("trail.checked", by=actors.job(tasks.check_trail.name, "0"), outcome="failed")
    record("clock.measured", by=actors.job("config.measure_clock", "0"))
    record("storage.measured", by=actors.job("config.measure_storage", "0"))
    return Desk(own_database, tmp_path)


def said(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def put_in_queue(task: Any) -> None:
    """A worker does so by itself when the minute has come, perhaps just now."""
    with suppress(AlreadyEnqueued):
        task.defer(timestamp=1_700_000_000)


def half_an_hour_later() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    put_in_queue(tasks.repeat_killed_check)


def doing() -> set[str]:
    return checks_that_are("doing")


def checks_that_are(status: str) -> set[str]:
    jobs = ProcrastinateJob.objects.filter(task_name=tasks.check_trail.name, status=status)
    return {str(key) for key in jobs.values_list("pk", flat=True)}


def recorded() -> list[str]:
    """The job of each check on record."""
    events = Event.objects.filter(kind="trail.checked", outcome="done", actor_kind="job")
    return list(events.values_list("cause_id", flat=True))


def test_a_check_killed_as_it_looks_leaves_no_event_and_the_next_one_runs(desk: Desk) -> None:
    killed = desk.kill_as_it_looks()
    assert killed not in recorded()

    put_in_queue(tasks.check_trail)
    desk.work_off()

    assert sorted(recorded()) == sorted(checks_that_are("succeeded")) != []
    assert killed not in recorded()


def test_a_check_killed_as_it_records_leaves_its_whole_event_and_the_next_one_runs(
    desk: Desk,
) -> None:
    """The database finishes the statement that it was sent."""
    killed = desk.kill_as_it_records()
    assert processes.eventually(lambda: killed in recorded())

    put_in_queue(tasks.check_trail)
    desk.work_off()

    assert sorted(recorded()) == sorted({killed} | checks_that_are("succeeded"))
    assert checks_that_are("succeeded")


def test_a_killed_check_is_repeated_half_an_hour_later_and_recorded_once(desk: Desk) -> None:
    killed = desk.kill_as_it_looks()

    half_an_hour_later()
    desk.work_off()

    assert recorded().count(killed) == 1
    assert sorted(recorded()) == sorted(checks_that_are("succeeded"))
    assert doing() == set()


def test_of_two_killed_checks_the_second_is_repeated_an_hour_after_the_first(desk: Desk) -> None:
    killed = {desk.kill_as_it_looks(), desk.kill_as_it_looks()}

    half_an_hour_later()
    desk.work_off()
    assert len(doing()) == 1
    half_an_hour_later()
    desk.work_off()

    assert doing() == set()
    assert killed <= set(recorded())
    assert sorted(recorded()) == sorted(checks_that_are("succeeded"))


def test_a_check_whose_worker_was_seen_just_now_is_left_to_it(desk: Desk) -> None:
    killed = desk.kill_as_it_looks()

    with connection.cursor() as cursor:  # so that no slowness of the test makes it look dead
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() + interval '1 hour'"
        )
    put_in_queue(tasks.repeat_killed_check)
    desk.work_off()

    assert doing() == {killed}
