"""Imports another help desk's log from the command line."""

from __future__ import annotations

import json
import signal
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from audit import actors
from requests_app.importing import running
from requests_app.importing.progress import Progress
from requests_app.importing.running import ImportRefused, Result, Task, Watch
from requests_app.importing.source import profiles
from requests_app.importing.source.counting import LABELS
from requests_app.importing.source.profiles import Profile, ProfileError
from requests_app.importing.source.reading import SourceChanged, SourceError
from requests_app.importing.source.rejects import Rejects
from requests_app.models import Entity, ImportRun

REJECTED, USAGE, FAILED, INTERRUPTED = 1, 2, 3, 130
MOST_PER_BATCH = 10_000
EXIT_CODES = """\
Ends with 0 when every row is here, 1 when some rows were rejected, 2 when it could not start,
3 when it failed on the way, 130 when it was interrupted. The same command goes on where it ended;
rows that are here already are passed over."""

KNOWN = f"what the columns mean: {', '.join(sorted(profiles.PROFILES))}"


class Command(BaseCommand):
    help = f"Imports another help desk's log: one event per source row. {EXIT_CODES}"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, also packed with xz or gzip")
        parser.add_argument("--profile", required=True, type=profile, help=KNOWN)
        parser.add_argument(
            "--entity", required=True, help="code of the entity the requests go to, such as US"
        )
        parser.add_argument(
            "--zone",
            default="UTC",
            type=zone,
            help="zone of the file's times, such as Europe/Paris",
        )
        parser.add_argument(
            "--rejects",
            type=Path,
            help="file for rejected rows; FILE.rejects.csv here if not given",
        )
        parser.add_argument(
            "--batch-size", default=1_000, type=batch_size, help="rows per commit; 1000"
        )
        parser.add_argument("--dry-run", action="store_true", help="report, and write nothing")
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with Rejects(self._reject_path(options)) as rejects:
                result = self._run(options, rejects)
        except SourceChanged as error:
            raise CommandError(str(error), returncode=FAILED) from error
        except (SourceError, ImportRefused) as error:
            raise CommandError(str(error), returncode=USAGE) from error
        except KeyboardInterrupt:
            message = "Interrupted. What was written stays; the same command goes on from there."
            raise CommandError(message, returncode=INTERRUPTED) from None
        except (DatabaseError, OSError) as error:
            raise CommandError(
                f"The import failed on the way: {error}\nWhat was written before stays."
                " Mend the cause and give the same command again: it goes on from there.",
                returncode=FAILED,
            ) from error
        self._tell(result, rejects, options)
        if result.report["state"] == ImportRun.State.STOPPED:
            sys.exit(INTERRUPTED)
        if rejects.count:
            sys.exit(REJECTED)

    def _reject_path(self, options: dict[str, Any]) -> Path | None:
        if options["rejects"] or options["dry_run"]:
            given: Path | None = options["rejects"]
            return given
        return Path(f"{options['file'].name}.rejects.csv")

    def _run(self, options: dict[str, Any], rejects: Rejects) -> Result:
        task = Task(
            path=options["file"],
            profile=options["profile"],
            entity=entity(options["entity"]),
            zone=options["zone"],
            rejects=rejects,
            batch_size=options["batch_size"],
        )
        progress = Progress(options.get("stderr") or sys.stderr)
        with interruptible() as is_stopped, closing(progress):
            watch = Watch(progress.begins, progress.reached, is_stopped)
            if options["quiet"]:
                watch = Watch(is_stopped=is_stopped)
            if options["dry_run"]:
                return running.rehearse(task, watch=watch)
            return running.import_file(task, by=actors.command("import_requests"), watch=watch)

    def _tell(self, result: Result, rejects: Rejects, options: dict[str, Any]) -> None:
        if options["json"]:
            run = {"run": result.run.pk if result.run else None}
            self.stdout.write(json.dumps(run | result.report, indent=2, ensure_ascii=False))
        elif not options["quiet"]:
            for line in (*outcome(result, rejects), *counted(result.report["counts"])):
                self.stdout.write(line)


def outcome(result: Result, rejects: Rejects) -> Iterator[str]:
    """How it ended, in sentences."""
    report = result.report
    subject = f"{report['file']['name']} into {report['entity']}"
    if result.run is None:
        did = f"Rehearsal of {subject}, nothing was written: {report['imported']:,} rows to import"
    else:
        did = f"Import {result.run.pk} of {subject} {report['state']}:"
        did += f" {report['imported']:,} rows imported"
    yield f"{did}, {report['skipped']:,} here already, {report['rejected']:,} rejected."
    if report["state"] == ImportRun.State.STOPPED:
        yield f"Stopped after line {report['lines_read']:,}. The same command goes on from there."
    for each in report["first_rejected"]:
        yield f"  line {each['line']:,}: {each['reason']}"
    if rejects.count and rejects.path:
        yield f"All rejected rows, with line and reason: {rejects.path}"
    elif rejects.count > len(report["first_rejected"]):
        yield "Name a file with --rejects to see all rejected rows."


def counted(counts: dict[str, Any]) -> Iterator[str]:
    """What the file shows, as far as it was read."""
    for name, label in LABELS.items():
        yield f"{counts[name]:>12,}  {label}"
    yield "Changes by column:" if counts["changes"] else "Changes by column: none."
    for name, number in counts["changes"].items():
        yield f"{number:>12,}  {name}"


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C or SIGTERM ends the import after its batch, a second one at once."""
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {each: signal.signal(each, ask) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def entity(code: str) -> Entity:
    found = Entity.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Entity.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"There is no entity {code}. Known: {known}.", returncode=USAGE)
    return found


def profile(name: str) -> Profile:
    try:
        return profiles.get(name)
    except ProfileError as error:
        raise ArgumentTypeError(str(error)) from error


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ArgumentTypeError(
            f"there is no time zone {name!r}; write it like Europe/Paris"
        ) from None


def batch_size(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PER_BATCH:
        raise ArgumentTypeError(f"{text} is not a number from 1 to {MOST_PER_BATCH:,}")
    return int(text)
