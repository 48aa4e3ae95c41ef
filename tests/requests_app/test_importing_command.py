"""import_requests: what it says, how it ends, and that an end in the middle loses nothing."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from audit import actors
from audit.models import Event
from audit.recording import recording
from requests_app import people
from requests_app.importing import progress, writing
from requests_app.models import Entity, ImportRun, SupportRequest
from tests.requests_app import importing_source as source
from tests.requests_app.importing_source import row

BY = actors.command("test")
PROFILE = "servicenow-incident"
WAIT = 30.0


@pytest.fixture
def entity(db: None) -> Entity:
    return people.add_entity(by=BY, code="US", name="Example Inc.", currency="USD")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return source.write(tmp_path / "log.csv", row(), row(sys_mod_count="3"), row(number="INC2"))


def run(
    path: Path, *options: str, out: io.StringIO | None = None, err: io.StringIO | None = None
) -> str:
    out = out or io.StringIO()
    words = [str(path), f"--profile={PROFILE}", "--entity=US", *options]
    call_command("import_requests", *words, stdout=out, stderr=err)
    return out.getvalue()


def test_it_says_how_it_ended_and_what_the_file_shows(entity: Entity, log: Path) -> None:
    lines = run(log).splitlines()
    number = ImportRun.objects.get().pk
    assert lines[0] == (
        f"Import {number} of log.csv into US finished: 3 rows imported, 0 here already, 0 rejected."
    )
    assert "           1  gaps: jumps of the order number by more than one" in lines
    assert "Changes by column: none." in lines


def test_as_json_it_prints_the_report_alone(entity: Entity, log: Path) -> None:
    report = json.loads(run(log, "--json"))
    assert report["run"] == ImportRun.objects.get().pk
    assert report["imported"] == 3
    assert report["counts"]["requests"] == 2


def test_quiet_says_nothing(entity: Entity, log: Path) -> None:
    assert run(log, "--quiet") == ""
    assert SupportRequest.objects.count() == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Its line is due at every look, so that a short import shows one."""
    monkeypatch.setattr(progress, "ON_TERMINAL", 0.0)
    return Terminal()


def test_on_a_terminal_it_says_after_each_batch_how_far_it_is(
    entity: Entity, log: Path, terminal: Terminal
) -> None:
    run(log, "--batch-size=1", err=terminal)
    shown = terminal.getvalue().rstrip().split("\r")[1:]
    assert [line.partition(" ")[0] for line in shown] == ["[1/3]", "[2/3]", "[3/3]"]
    assert all("rows/s" in line for line in shown)


def test_quiet_says_nothing_on_a_terminal_either(
    entity: Entity, log: Path, terminal: Terminal
) -> None:
    run(log, "--batch-size=1", "--quiet", err=terminal)
    assert terminal.getvalue() == ""
    assert SupportRequest.objects.count() == 2


def test_a_dry_run_writes_nothing_not_even_a_reject_file(entity: Entity, log: Path) -> None:
    log.write_text(log.read_text(encoding="utf-8") + "short\n", encoding="utf-8")
    before = Event.objects.count()
    with pytest.raises(SystemExit) as ended:
        run(log, "--dry-run")
    assert ended.value.code == 1
    assert Event.objects.count() == before
    assert sorted(path.name for path in log.parent.iterdir()) == ["log.csv"]


def test_a_dry_run_says_that_it_was_one(entity: Entity, log: Path) -> None:
    assert run(log, "--dry-run").startswith(
        "Rehearsal of log.csv into US, nothing was written: 3 rows to import, 0 here already"
    )


def test_rejected_rows_end_it_with_one_and_stand_in_a_file(entity: Entity, log: Path) -> None:
    log.write_text(log.read_text(encoding="utf-8") + "short\n", encoding="utf-8")
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        run(log, out=out)
    assert ended.value.code == 1
    assert "  line 5: has 1 columns where the header has 16" in out.getvalue()
    assert "All rejected rows, with line and reason: log.csv.rejects.csv" in out.getvalue()
    kept = Path("log.csv.rejects.csv").read_text(encoding="utf-8").splitlines()
    assert kept == ["line,reason,row", "5,has 1 columns where the header has 16,short"]
    assert SupportRequest.objects.count() == 2


def test_the_reject_file_never_replaces_another_file(entity: Entity, log: Path) -> None:
    with pytest.raises(CommandError, match="is not a reject file") as refused:
        run(log, f"--rejects={log}")
    assert refused.value.returncode == 2
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--entity=XX", r"There is no entity XX\. Known: US\."),
        ("--profile=jira", r"no profile 'jira'\. Known profiles: servicenow-incident"),
        ("--zone=Mars/Base", "no time zone 'Mars/Base'"),
        ("--batch-size=0", "0 is not a number from 1 to 10,000"),
    ],
)
def test_a_wrong_option_is_named_with_what_would_be_right(
    entity: Entity, log: Path, option: str, message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run(log, option)


def test_a_missing_file_is_named(entity: Entity, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.csv cannot be read: No such file") as refused:
        run(tmp_path / "absent.csv")
    assert refused.value.returncode == 2


def test_an_import_that_runs_elsewhere_is_not_run_beside(entity: Entity, log: Path) -> None:
    elsewhere = ImportRun(entity=entity, profile=PROFILE, profile_version="1", file_name="x.csv")
    with recording("import.started", by=BY, subject=elsewhere):
        elsewhere.save(force_insert=True)
    with psycopg.connect(**connections["default"].get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [writing.RUNS, elsewhere.pk])
        with pytest.raises(CommandError, match=r"Import of x\.csv into US is running") as refused:
            run(log)
    assert refused.value.returncode == 2
    assert not SupportRequest.objects.exists()


class Importing:
    """The command as a process of its own, on a database where commits are real."""

    def __init__(self, database: str, folder: Path) -> None:
        people.add_entity(by=BY, code="US", name="Example Inc.", currency="USD")
        self.rows = 3_000
        self.path = source.write(
            folder / "log.csv",
            *[
                row(number=f"INC{place // 5}", sys_mod_count=str(place % 5), active=str(place % 2))
                for place in range(self.rows)
            ],
        )
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
        self._environment = os.environ | {"DATABASE_URL": url}

    def ended_by(
        self, end: Callable[[subprocess.Popen[str]], object]
    ) -> subprocess.CompletedProcess[str]:
        """Starts it and does something to it when it has written some batches."""
        command = [sys.executable, "manage.py", "import_requests", str(self.path)]
        options = [f"--profile={PROFILE}", "--entity=US", "--batch-size=10"]
        with subprocess.Popen(
            [*command, *options],
            cwd=settings.BASE_DIR,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            wait_until(lambda: self.events() >= 50 or process.poll() is not None)
            end(process)
            out, err = process.communicate(timeout=WAIT)
        wait_until(lambda: not self.others("pid"))
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def events(self) -> int:
        return Event.objects.filter(channel="import").count()

    def others(self, wanted: str) -> list[object]:
        """Of each other session in this database."""
        with connections["default"].cursor() as cursor:
            cursor.execute(
                f"SELECT {wanted} FROM pg_stat_activity WHERE datname = current_database()"
                " AND usename = current_user AND pid <> pg_backend_pid()"
            )
            return [value for (value,) in cursor.fetchall()]

    def rows_in_the_trail(self) -> Counter[int]:
        events = Event.objects.filter(channel="import")
        return Counter(events.values_list("detail__source_line", flat=True))


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT
    while not is_so():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def test_a_killed_import_goes_on_without_a_row_lost_or_doubled(
    own_database: str, tmp_path: Path
) -> None:
    importing = Importing(own_database, tmp_path)
    killed = importing.ended_by(lambda process: process.kill())
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert importing.events() < importing.rows
    assert ImportRun.objects.get().state == "running"
    run(importing.path, "--quiet")
    assert importing.rows_in_the_trail() == dict.fromkeys(range(2, importing.rows + 2), 1)
    assert list(ImportRun.objects.order_by("pk").values_list("state", flat=True)) == [
        "failed",
        "finished",
    ]
    numbers = SupportRequest.objects.order_by("number").values_list("number", flat=True)
    assert [int(number[-6:]) for number in numbers] == list(range(1, 601))


def test_a_lost_connection_is_told_and_the_next_import_goes_on(
    own_database: str, tmp_path: Path
) -> None:
    importing = Importing(own_database, tmp_path)
    cut = importing.ended_by(lambda _: importing.others("pg_terminate_backend(pid)"))
    assert cut.returncode == 3, cut.stderr
    assert "The import failed on the way: " in cut.stderr
    assert "give the same command again: it goes on from there." in cut.stderr
    assert "Traceback" not in cut.stderr
    run(importing.path, "--quiet")
    assert importing.rows_in_the_trail() == dict.fromkeys(range(2, importing.rows + 2), 1)


def test_ctrl_c_ends_it_between_two_batches_and_says_how_to_go_on(
    own_database: str, tmp_path: Path
) -> None:
    importing = Importing(own_database, tmp_path)
    ended = importing.ended_by(lambda process: process.send_signal(signal.SIGINT))
    assert ended.returncode == 130, ended.stderr
    assert "The same command goes on from there." in ended.stdout
    assert ended.stderr == ""
    stopped = ImportRun.objects.get()
    assert (stopped.state, stopped.imported) == ("stopped", importing.events())
    run(importing.path, "--quiet")
    assert importing.rows_in_the_trail() == dict.fromkeys(range(2, importing.rows + 2), 1)
