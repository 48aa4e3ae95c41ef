"""Imports beside each other: how one starts while another does, and how a dead one is closed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection

from audit import actors
from audit.models import Event
from audit.recording import recording
from requests_app import people
from requests_app.importing import running, writing
from requests_app.importing.running import ImportRefused, Result, Task, Watch
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.rejects import Rejects
from requests_app.models import Entity, ImportRun
from tests import factories
from tests.pages import signed_in
from tests.requests_app import importing_source as source
from tests.requests_app.importing_source import row

BY = actors.command("import_requests")
WAIT = 30.0


def add_entity() -> Entity:
    return people.add_entity(by=BY, code="US", name="Example Inc.", currency="USD")


def begun() -> ImportRun:
    """A run that was started and has not ended."""
    run = ImportRun(
        entity=add_entity(), profile="servicenow-incident", profile_version="1", file_name="x.csv"
    )
    with recording("import.started", by=BY, subject=run):
        run.save(force_insert=True)
    return run


def shown_to_an_auditor(run: ImportRun) -> list[str]:
    """The run in the list of runs, and its own page."""
    client = signed_in(factories.person("auditor", run.entity))
    addresses = (f"/admin/requests_app/importrun/{page}" for page in ("", f"{run.pk}/change/"))
    return [client.get(address).content.decode() for address in addresses]


@pytest.mark.django_db
def test_a_run_that_was_cut_off_is_shown_as_interrupted() -> None:
    for page in shown_to_an_auditor(begun()):
        assert "Interrupted; no process works on it." in page
        assert page.count("Running") == page.count(">Running</a>")  # a choice of the filter


@pytest.mark.django_db
def test_a_run_that_a_process_works_on_is_shown_as_running() -> None:
    run = begun()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [writing.RUNS, run.pk])
        listed, page = shown_to_an_auditor(run)
    assert '<td class="field-standing">Running</td>' in listed
    assert "Running" in page
    assert "Interrupted" not in listed + page


@pytest.mark.django_db
def test_a_run_that_has_ended_is_not_shown_as_interrupted() -> None:
    run = begun()
    with recording("import.finished", by=BY, subject=run):
        run.state = "finished"
        run.save()
    listed, page = shown_to_an_auditor(run)
    assert "Interrupted" not in listed + page


@pytest.mark.django_db
def test_a_run_that_ended_by_itself_meanwhile_is_not_closed_as_failed() -> None:
    run = begun()
    found_running = ImportRun.objects.get()
    with recording("import.finished", by=BY, subject=run):
        run.state, run.rows = "finished", 7
        run.save()
    running._close(found_running, BY)
    run.refresh_from_db()
    assert (run.state, run.rows) == ("finished", 7)
    assert not Event.objects.filter(kind="import.failed").exists()


def test_of_two_imports_that_start_at_once_one_is_refused(
    own_database: str, tmp_path: Path
) -> None:
    entity = add_entity()
    path = source.write(tmp_path / "log.csv", row(), row(sys_mod_count="1"))
    one_ended = threading.Event()

    def start() -> Result:
        task = Task(path, SERVICENOW_INCIDENT, entity, ZoneInfo("UTC"), Rejects(None))
        try:
            watch = Watch(reached=lambda rows: one_ended.wait(WAIT) and None)
            return running.import_file(task, by=BY, watch=watch)
        finally:
            one_ended.set()
            connection.close()

    with (
        ThreadPoolExecutor(2) as threads,
        psycopg.connect(**connection.get_connection_params()) as other,
    ):
        other.execute(
            "SELECT pg_advisory_lock(%s, hashtext(%s))",
            [writing.STARTS, f"{entity.pk} {SERVICENOW_INCIDENT.name}"],
        )
        started: list[Future[Result]] = [threads.submit(start) for _ in range(2)]
        wait_until_waiting(2)
        other.execute("SELECT pg_advisory_unlock_all()")
    refused = [each.exception() for each in started if each.exception()]
    assert [type(error) for error in refused] == [ImportRefused]
    assert ImportRun.objects.get().state == "finished"


def wait_until_waiting(sessions: int) -> None:
    until = time.monotonic() + WAIT
    waiting = 0
    while waiting < sessions:
        assert time.monotonic() < until, "they do not wait for each other"
        time.sleep(0.02)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND classid = %s AND NOT granted",
                [writing.STARTS],
            )
            [waiting] = cursor.fetchone()
