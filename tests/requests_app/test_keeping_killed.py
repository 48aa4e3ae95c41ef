"""A worker that is killed while it keeps the time: nothing is lost, and nothing said twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.models import Event
from requests_app import tasks
from requests_app.models import DueNotice
from tests import factories
from tests.audit import sessions
from tests.audit.test_tasks_killed import BLOCKED, NEWEST_WORKER, Desk, put_in_queue
from tests.audit.test_tasks_killed import said as asked
from tests.config import processes
from tests.requests_app.test_keeping import late_requests, said

pytestmark = pytest.mark.slow


def kill_as_it_writes(desk: Desk) -> None:
    with sessions.open("owner") as owner:
        # Before the worker starts: on the minute it keeps the time without being asked.
        owner.execute("LOCK TABLE requests_app_duenotice IN EXCLUSIVE MODE")
        before = asked(NEWEST_WORKER)
        worker = desk.start()
        try:
            assert processes.eventually(lambda: asked(NEWEST_WORKER) > before)
            put_in_queue(tasks.keep_time)
            assert processes.eventually(lambda: asked(BLOCKED)), desk.output.read_text()
        finally:
            worker.kill()
            worker.wait()
    assert processes.eventually(lambda: not asked(BLOCKED))


def test_the_next_run_says_once_what_a_killed_one_was_about_to_say(
    own_database: str, tmp_path: Path
) -> None:
    late_requests(factories.entity(code="US"), 40)
    desk = Desk(own_database, tmp_path)

    kill_as_it_writes(desk)
    put_in_queue(tasks.keep_time)
    desk.work_off()

    assert DueNotice.objects.count() == len(said()) == 40
    assert Event.objects.filter(kind="request.due_breached").exclude(outcome="done").count() == 0
