"""Exports of the trail, from asking for one to the end of its file.

A small one is made at once, a large one by a job. Either way the events are those that were there
when it was asked for, so the same export gives the same file whenever it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from audit import export_files, killed, moments, paging, seen, timeline
from audit.access import access
from audit.actors import Actor
from audit.asking import TrailFilter
from audit.export_files import Archive
from audit.models import Event, EventQuerySet, ExportPart, ExportProgress, TrailExport
from audit.recording import Refusal, record, recording
from audit.timeline import Entry

AT_ONCE = 2_000
CHUNK = 500
PIECE = 1024 * 1024
KEPT = timedelta(days=7)
FORMAT = "casetrail-trail-export/1"
KILLED = "The worker that made it was ended before it had finished."
State = TrailExport.State
log = structlog.get_logger("exports")
SNAPSHOT = """
    SELECT coalesce(max(id), 0), pg_current_snapshot()::text,
        nextval(pg_get_serial_sequence('public.audit_trailexport', 'id'))
    FROM audit_event
"""
# Ids are given out before they are committed: an id alone does not tell which events there were.
# A database restored from a dump holds events whose transactions another server counted, perhaps
# further than this one has come; they are told from those that came later by their moment.
WERE_THERE = """(pg_visible_in_snapshot(audit_event.txid::text::xid8, %s::pg_snapshot)
    OR audit_event.txid::text::xid8 >= pg_snapshot_xmax(%s::pg_snapshot)
    AND audit_event.recorded_at < %s - interval '1 minute')"""


class ExportRefused(Refusal):
    """The export cannot be made; the message says why."""


def why_not(person: Any) -> str:
    """Why a person may not take parts of the trail along; empty if they may."""
    if person.is_active and access().reads_trail(person):
        return ""
    return "Exporting the trail needs the role auditor or administrator."


def ask(*, by: Actor, query: str, zone: str, format: str) -> TrailExport:  # noqa: A002
    """Notes what is to be exported. Made at once where it is small; see `make`."""
    if refusal := why_not(by.person):
        raise ExportRefused(refusal)
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        newest, snapshot, number = cursor.fetchone()
    export = TrailExport(  # numbered before it is saved: its event is called by its number
        pk=number, person=by.person, query=query, zone=zone, format=format, asked_at=timezone.now(),
        events_up_to=newest, snapshot=snapshot,
    )  # fmt: skip
    with recording("trail.export_asked", by=by, subject=export, detail=access().scope(by.person)):
        export.save(force_insert=True)
        ExportProgress.objects.create(export=export)
    return export


def found(export: TrailExport) -> tuple[TrailFilter, EventQuerySet]:
    """The filter of an export and its events. To be used in its zone: its days begin there."""
    form = TrailFilter(QueryDict(export.query), person=export.person)
    if not form.is_valid():
        raise ExportRefused("What this export asked for is no longer there. Ask for it again.")
    events = form.applied_to(access().events_for(export.person))
    given = [export.snapshot, export.snapshot, export.asked_at]
    were_there: Any = events.extra(where=[WERE_THERE], params=given)  # noqa: S610
    return form, were_there.filter(pk__lte=export.events_up_to)


def make(*, export: TrailExport, by: Actor) -> TrailExport:
    """Writes the file and keeps it. Doing so again, after a worker was killed, gives the same."""
    scope = access().scope(export.person)
    with recording("trail.export_begun", by=by, subject=export, detail=scope, locked=True) as event:
        if not export.is_underway:
            event.discard()
        if refusal := why_not(export.person):
            raise ExportRefused(refusal)
        export.state = State.RUNNING
        export.save(update_fields=["state"])
    if export.state == State.RUNNING:
        with timezone.override(ZoneInfo(export.zone)):
            write(export, by)
    return export


def write(export: TrailExport, by: Actor) -> None:
    archive = Archive(export.file_name, export.asked_at)
    try:
        form, events = found(export)
        chunks = entries(events, export.person, oldest_first=form.is_oldest_first)
        archive.write(lines(export, chunks), lambda rows: tell(export, rows))
        manifest = manifest_of(export, form, archive)
        archive.add("manifest.json", export_files.as_bytes(manifest))
        finish(export, by, archive, manifest)
    finally:
        archive.close()


def lines(export: TrailExport, chunks: Iterator[list[Entry]]) -> export_files.Lines:
    if export.format == TrailExport.Format.JSON_LINES:
        return export_files.json_lines(chunks)
    with_mark = export.format == TrailExport.Format.EXCEL
    return export_files.csv_lines(chunks, with_mark=with_mark)


def entries(events: EventQuerySet, person: Any, *, oldest_first: bool) -> Iterator[list[Entry]]:
    """All of them, as the pages show them, a chunk at a time."""
    at = paging.Position()
    while True:
        cut = paging.cut(events, at, CHUNK, newest_first=not oldest_first)
        if cut.rows:
            yield seen.entries(timeline.entries_of(cut.rows), person)
        onwards = cut.newer if oldest_first else cut.older
        if onwards is None:
            return
        at = paging.Position(**{"after" if oldest_first else "before": onwards})


def tell(export: TrailExport, rows: int) -> None:
    ExportProgress.objects.filter(export=export).update(rows=rows)


def manifest_of(export: TrailExport, form: TrailFilter, archive: Archive) -> dict[str, Any]:
    person = export.person
    return {
        "format": FORMAT,
        "export": export.pk,
        "asked_by": {"id": person.pk, "name": str(person), "username": person.get_username()},
        "asked_at": moments.machine(export.asked_at),
        "covers": access().coverage(person),
        "query": export.query,
        "filter": {label: value for _, label, value in form.applied()},
        "order": "oldest first" if form.is_oldest_first else "newest first",
        "days_begin_in": export.zone,
        "events_up_to": f"E-{export.events_up_to}",
        "of_transactions": export.snapshot,
        "file": archive.name,
        "rows": archive.rows,
        "bytes": archive.size,
        "sha256": archive.digest.hexdigest(),
        "columns": columns(export),
    }


def columns(export: TrailExport) -> list[str]:
    is_csv = export.format != TrailExport.Format.JSON_LINES
    return list(export_files.COLUMNS) if is_csv else ["event", "action", "changes"]


def finish(export: TrailExport, by: Actor, archive: Archive, manifest: dict[str, Any]) -> None:
    facts = {
        "rows": archive.rows, "file_sha256": manifest["sha256"],
        "events_up_to": export.events_up_to, **access().scope(export.person),
    }  # fmt: skip
    with recording("trail.exported", by=by, subject=export, detail=facts, locked=True) as event:
        if export.state != State.RUNNING:
            event.discard()
        export.state, export.manifest = State.FINISHED, manifest
        export.rows, export.size = archive.rows, archive.size
        export.sha256, export.expires_at = manifest["sha256"], timezone.now() + KEPT
        ExportPart.objects.filter(export=export).delete()
        for number, piece in enumerate(archive.pieces(PIECE)):
            ExportPart.objects.create(export=export, number=number, content=piece)
        export.save()
        tell_ended(export, by, is_ready=True)


def tell_ended(export: TrailExport, by: Actor, *, is_ready: bool) -> None:
    """Who waited for a worker has gone on to something else; only the address is mailed."""
    if by.kind == "job":
        address = reverse("audit:export-show", args=[export.pk])
        access().export_ended(export.person, address, is_ready)


def make_or_fail(*, export: TrailExport, by: Actor) -> None:
    """The same; what goes wrong is put on record, and the export says that it failed."""
    try:
        make(export=export, by=by)
    except Exception as error:
        log.exception("trail_export_failed", export=export.pk)
        told = str(error) if isinstance(error, Refusal) else type(error).__name__
        fail(export=export, by=by, why=told)


def fail(*, export: TrailExport, by: Actor, why: str) -> None:
    detail = {"error": why, **access().scope(export.person)}
    with recording("trail.export_failed", by=by, subject=export, detail=detail, locked=True) as it:
        if not export.is_underway:
            it.discard()
        export.state = State.FAILED
        export.save(update_fields=["state"])
        tell_ended(export, by, is_ready=False)


def end_killed(*, by: Actor) -> int:
    """Fails the exports whose worker was killed; who asked may have them made again. Returns how
    many."""
    ended = 0
    while True:
        with transaction.atomic():
            left = killed.end_next("audit.make_export")
            if left is None:
                return ended
            export = TrailExport.objects.select_related("person").get(pk=left["export_id"])
            if export.is_underway:
                fail(export=export, by=by.on_behalf_of(export.person), why=KILLED)
                ended += 1


def why_failed(export: TrailExport) -> str:
    """What was put on record when it failed last."""
    failures = Event.objects.about(export._meta.label_lower, export.pk)
    last = failures.filter(kind="trail.export_failed").reverse().first()
    return str(last.detail.get("error", "")) if last is not None else ""


def again(*, export: TrailExport, by: Actor) -> TrailExport:
    """Asks once more for an export that has no file: of the same events, so the same file."""
    scope = access().scope(by.person)
    with recording("trail.export_asked", by=by, subject=export, detail=scope, locked=True):
        if refusal := why_not(by.person):
            raise ExportRefused(refusal)
        if export.state not in (State.FAILED, State.EXPIRED):
            raise ExportRefused("This export is being made, or its file is there.")
        export.state, export.manifest, export.sha256 = State.WAITING, {}, ""
        export.rows = export.size = export.expires_at = None
        export.save()
        tell(export, 0)
    return export


def take(*, export: TrailExport, by: Actor) -> Iterator[bytes]:
    """Puts on record that the file was fetched, and hands it out piece by piece."""
    if export.state != State.FINISHED:
        raise ExportRefused("There is no file to fetch.")
    detail = {"file_sha256": export.sha256, **access().scope(by.person)}
    record("trail.export_fetched", by=by, subject=export, detail=detail)
    parts = ExportPart.objects.filter(export=export).order_by("number")
    return (bytes(part.content) for part in parts.iterator(chunk_size=1))


def expire(*, by: Actor) -> int:
    """Drops the files whose time is over. Returns how many."""
    over = TrailExport.objects.filter(state=State.FINISHED, expires_at__lte=Now())
    for export in over:
        scope = access().scope(export.person)
        with recording("trail.export_expired", by=by, subject=export, detail=scope, locked=True):
            export.state = State.EXPIRED
            export.save(update_fields=["state"])
            ExportPart.objects.filter(export=export).delete()
    return len(over)


def is_small(events: EventQuerySet) -> bool:
    return events.order_by()[: AT_ONCE + 1].count() <= AT_ONCE


def event_taken(*, event: Event, by: Actor, sha256: str) -> None:
    """Puts on record that one event was downloaded."""
    detail = {"event": event.pk, "rows": 1, "file_sha256": sha256, **access().scope(by.person)}
    record("trail.exported", by=by, detail=detail)


def of_person(person: Any) -> models.QuerySet[TrailExport]:
    return TrailExport.objects.filter(person=person).select_related("progress", "person")
