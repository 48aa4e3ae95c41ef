"""One import from start to end: the reading of the file, the run that is kept, how it ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.expressions import RawSQL

from audit.actors import Actor
from audit.recording import Refusal, recording
from requests_app.importing import writing
from requests_app.importing.source import reading
from requests_app.importing.source.ahead import Places, places_in
from requests_app.importing.source.counting import Counts
from requests_app.importing.source.layout import Layout, RowError
from requests_app.importing.source.profiles import Profile
from requests_app.importing.source.reading import Hashed, Records, SourceChanged, Survey
from requests_app.importing.source.rejects import Rejects
from requests_app.importing.source.tracking import Step, Tracker, with_last
from requests_app.importing.writing import Writer, Written
from requests_app.models import Entity, ImportRun

State = ImportRun.State
ENDS = {
    State.FINISHED: "import.finished",
    State.STOPPED: "import.stopped",
    State.FAILED: "import.failed",
}
# The runs that a process of this server works on: it holds their locks.
HELD = """
    SELECT objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class ImportRefused(Refusal):
    """The import cannot start now; the message says why."""


@dataclass(frozen=True)
class Task:
    """What to import, and how to read it."""

    path: Path
    profile: Profile
    entity: Entity
    zone: ZoneInfo
    rejects: Rejects
    batch_size: int = 1_000

    @property
    def file_name(self) -> str:
        """As text, also where the file system's name is none."""
        return os.fsencode(self.path.name).decode(errors="replace")


@dataclass(frozen=True)
class Watch:
    """What a caller hears of an import, and how it ends it between two batches."""

    begins: Callable[[int], None] = lambda rows: None
    reached: Callable[[int], None] = lambda rows: None
    is_stopped: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Result:
    """`report` is what the run keeps of the file and its rows; `run` is None after a rehearsal."""

    report: dict[str, Any]
    run: ImportRun | None = None


class Reading:
    """A file being read: its rows in batches, and the account of them so far."""

    def __init__(self, task: Task, survey: Survey, stream: IO[bytes]) -> None:
        self._task = task
        self._survey = survey
        self._stream = Hashed(stream)
        self._records = Records(self._stream, task.profile.delimiter)
        header = reading.header(self._records, task.file_name)
        limits = writing.limits(task.profile)
        self.layout = Layout(task.profile, header, task.zone, limits)
        self._counts = Counts(self.layout.compared)
        self._written = Written()
        self._line = 1
        self.state = State.RUNNING

    def run(self, handle: Callable[[list[Step]], Written], watch: Watch) -> None:
        """Hands over batch after batch, to the end of the file or until the caller stops it."""
        watch.begins(self._survey.lines - 1)
        with closing(Tracker(self.layout)) as tracker:
            steps = with_last(self._steps(tracker))
            while batch := list(islice(steps, self._task.batch_size)):
                self._add(handle(batch))
                self._line = batch[-1].row.line
                watch.reached(self._line - 1)
                if watch.is_stopped():
                    self.state = State.STOPPED
                    return
        if self._stream.hexdigest() != self._survey.sha256:
            raise SourceChanged(
                f"{self._task.file_name} changed while it was read. Repeat the command when nothing"
                " writes to it any more; rows that are here already are passed over."
            )
        self._line = self._survey.lines
        self.state = State.FINISHED

    def report(self) -> dict[str, Any]:
        task, survey = self._task, self._survey
        return {
            "file": {"name": task.file_name, "sha256": survey.sha256, "lines": survey.lines},
            "profile": {"name": task.profile.name, "version": task.profile.version},
            "entity": task.entity.code,
            "zone": task.zone.key,
            "state": str(self.state),
            "lines_read": self._line,
            "imported": self._written.imported,
            "skipped": self._written.skipped,
            "rejected": task.rejects.count,
            "first_rejected": task.rejects.first,
            "counts": self._counts.report(),
        }

    def _steps(self, tracker: Tracker) -> Iterator[Step]:
        for record in self._records:
            reason = record.reason
            if not reason:
                try:
                    step = tracker.step(self.layout.row(record))
                except RowError as error:
                    reason = str(error)
            if reason:
                self._task.rejects.add(record.line, reason, record.raw)
                continue
            self._counts.add(step)
            yield step

    def _add(self, written: Written) -> None:
        self._written.imported += written.imported
        self._written.skipped += written.skipped
        for step, reason in written.rejected:
            self._task.rejects.add(step.row.line, reason, step.row.raw)


def import_file(task: Task, *, by: Actor, watch: Watch | None = None) -> Result:
    """Imports what is not here yet and keeps the account as an ImportRun.

    Raises SourceError for a file that cannot be read, ImportRefused while the same import runs
    elsewhere. However it ends, batches that were written stay; the same call goes on from there.
    """
    survey = reading.survey(task.path)
    with reading.opened(task.path) as stream:
        source = Reading(task, survey, stream)
        run = _begin(task, survey, by)
        places = Places(lambda: places_in(task.path, source.layout))
        try:
            source.run(Writer(run, source.layout, places).write, watch or Watch())
            _end(run, source, by)
        except Exception as error:
            source.state = State.FAILED
            # Where the database itself has gone, the next import finds the run and closes it.
            with suppress(DatabaseError):
                _end(run, source, by, reason=str(error) or type(error).__name__)
            raise
        finally:
            places.close()
            _unlock(writing.RUNS, run.pk)
        return Result(source.report(), run)


def rehearse(task: Task, *, watch: Watch | None = None) -> Result:
    """The same account of the file, writing nothing."""

    def look(steps: list[Step]) -> Written:
        requests = writing.requests_of(task.entity, task.profile, steps, DEFAULT_DB_ALIAS)
        known = writing.trail_of(requests, DEFAULT_DB_ALIAS).digests
        skipped = sum(step.digest in known for step in steps)
        return Written(imported=len(steps) - skipped, skipped=skipped)

    survey = reading.survey(task.path)
    with reading.opened(task.path) as stream:
        source = Reading(task, survey, stream)
        source.run(look, watch or Watch())
    return Result(source.report())


def told_apart(runs: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
    """The runs with ``is_interrupted``: whether they were cut off and nobody has said so yet.

    Their state is still *running*; the next import of the profile into the entity closes them.
    """
    cut_off = Q(state=State.RUNNING) & ~Q(pk__in=RawSQL(HELD, [writing.RUNS]))  # noqa: S611
    return runs.annotate(is_interrupted=ExpressionWrapper(cut_off, BooleanField()))


def _begin(task: Task, survey: Survey, by: Actor) -> ImportRun:
    """One import of the profile into the entity at a time looks whether it may start."""
    key = _ask("SELECT hashtext(%s)", f"{task.entity.pk} {task.profile.name}")
    _ask("SELECT pg_advisory_lock(%s, %s)", writing.STARTS, key)
    try:
        _close_dead_runs(task, by)
        return _start(task, survey, by)
    finally:
        _unlock(writing.STARTS, key)


def _start(task: Task, survey: Survey, by: Actor) -> ImportRun:
    run = ImportRun(
        entity=task.entity,
        profile=task.profile.name,
        profile_version=str(task.profile.version),
        file_name=task.file_name[-255:],
        file_digest=survey.sha256,
    )
    with recording("import.started", by=by, subject=run):
        run.save(force_insert=True)
        # Held by the session until the run ends, or its process does.
        _ask("SELECT pg_advisory_lock(%s, %s)", writing.RUNS, run.pk)
    return run


def _close_dead_runs(task: Task, by: Actor) -> None:
    """Says of runs that a kill or a lost connection ended that they failed."""
    running = ImportRun.objects.filter(entity=task.entity, profile=task.profile.name)
    for run in running.filter(state=State.RUNNING):
        if not _ask("SELECT pg_try_advisory_lock(%s, %s)", writing.RUNS, run.pk):
            raise ImportRefused(
                f"{run} into {task.entity.code} is running. Wait until it has ended."
            )
        try:
            _close(run, by)
        finally:
            _unlock(writing.RUNS, run.pk)


def _close(run: ImportRun, by: Actor) -> None:
    reason = "It ended without a word: its process or its connection was cut off."
    with recording("import.failed", by=by, subject=run, reason=reason, locked=True) as event:
        # It may have ended by itself after it was found running.
        if run.state != State.RUNNING:
            event.discard()
        run.state = State.FAILED
        run.save(update_fields=["state"])


def _end(run: ImportRun, source: Reading, by: Actor, reason: str = "") -> None:
    report = source.report()
    with recording(ENDS[source.state], by=by, subject=run, reason=reason, locked=True):
        run.state = source.state
        run.rows = report["counts"]["rows"]
        run.imported, run.skipped = report["imported"], report["skipped"]
        run.rejected = report["rejected"]
        run.report = report
        run.save(update_fields=["state", "rows", "imported", "skipped", "rejected", "report"])


def _unlock(*keys: int) -> None:
    # With its connection the lock is gone, too.
    with suppress(DatabaseError):
        _ask("SELECT pg_advisory_unlock(%s, %s)", *keys)


def _ask(statement: str, *values: int | str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
