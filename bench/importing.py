"""Measures the import of a help desk's log: rows per second, and that its memory does not grow."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command

from audit import actors
from audit.models import Event
from bench import gauge, incidents
from bench.report import IS_QUICK, Target, at_least, heading, say
from config import local
from requests_app import people

ROWS = 6_000 if IS_QUICK else 100_000
ROWS_PER_SECOND, MEMORY_NEVER_LARGER = 1_500, 1.15


@dataclass(frozen=True)
class Measured:
    """The command as a whole, from its start to its end, in a process of its own."""

    rows: int
    seconds: float
    peak: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def run() -> list[Target]:
    call_command("migrate", interactive=False, verbosity=0)
    heading("Importing a log: the command from its start to its end, and the peak of its memory")
    with tempfile.TemporaryDirectory() as folder:
        # The long one first: it finds an empty database.
        long = measure(Path(folder), ROWS)
        short = measure(Path(folder), ROWS // 4)
    grown = f"import, memory for {long.rows:,} rows to {short.rows:,}"
    return [
        at_least(f"import of {long.rows:,} rows, rows/s", long.rate, ROWS_PER_SECOND),
        Target(grown, long.peak / short.peak, MEMORY_NEVER_LARGER),
    ]


def measure(folder: Path, rows: int) -> Measured:
    """Imports a log of so many rows into an entity of its own."""
    log, code = folder / f"{rows}.csv", f"R{rows}"
    incidents.write(log, rows)
    people.add_entity(by=actors.command("bench"), code=code, name="A help desk", currency="EUR")
    command = [sys.executable, "manage.py", "import_requests", str(log), f"--entity={code}"]
    options = ["--profile=servicenow-incident", f"--rejects={folder / 'rejects.csv'}", "--json"]
    figures = folder / "figures.json"
    done = subprocess.run(
        [sys.executable, "-S", gauge.__file__, str(figures), *command, *options],
        cwd=local.PROJECT, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    measured = Measured(rows=rows, **json.loads(figures.read_text()))
    check(json.loads(done.stdout), measured)
    return measured


def check(report: dict[str, Any], measured: Measured) -> None:
    """Every row must be an event of the run: a faster import of less would not be one."""
    events = Event.objects.filter(channel="import", cause_id=str(report["run"])).count()
    if {report["imported"], events} != {measured.rows}:
        raise RuntimeError(
            f"Of {measured.rows:,} rows {report['imported']} were imported as {events} events,"
            " so nothing was measured"
        )
    counts = report["counts"]
    say(
        f"{measured.rows:>8,} rows of {counts['requests']:,} requests in {measured.seconds:.1f} s:"
        f" {measured.rate:,.0f} rows/s, {measured.peak / 2**20:.1f} MB"
    )
