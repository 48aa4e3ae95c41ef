"""Exports of the request list: exactly its filter and order, counted before, on record with their
hash. What would take too long for one answer is written by the worker, never cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from audit import actors, killed, moments
from audit.actors import Actor, Cause, Origin
from audit.models import Event
from audit.recording import record
from requests_app import exports, looking, services
from requests_app.exports import Export
from requests_app.filters import RequestFilter, asked
from requests_app.models import ExportJob, ExportPart
from requests_app.models.export_job import KEPT
from requests_app.queue import listing, orders

AT_ONCE = 50_000
PART = 512 * 1024
KIND = "request.list_exported"
SHOWN = 30
KILLED = "The worker that wrote it was ended before it had finished."
BROKEN = "The worker could not write it ({error})."
MANIFEST_FORMAT = "casetrail-export-1"


def conditions(form: RequestFilter) -> dict[str, str]:
    """What narrows and orders the list, by parameter, as its address says it."""
    names = [name for name, *_ in form.applied()]
    asked_for = {name: str(form.cleaned_data[name]) for name in names}
    return asked_for | ({"sort": form.order.name} if form.order.name else {})


def rows_of(form: RequestFilter) -> Iterator[Any]:
    rows = orders.sorted_all(listing.found(form).rows, form.order)
    return rows.iterator(chunk_size=exports.CHUNK)


def at_once(form: RequestFilter, *, by: Actor, with_mark: bool) -> Export:
    """The whole file; it is on record before anybody has it."""
    made = exports.write(rows_of(form), with_mark=with_mark)
    try:
        looking.exported(
            by, conditions=conditions(form), rows=made.rows, columns=list(exports.COLUMNS),
            sha256=made.sha256,
        )  # fmt: skip
    except Exception:
        made.file.close()
        raise
    return made


def ask(form: RequestFilter, query: str, *, by: Actor, rows: int) -> ExportJob:
    """Lets the worker write it. Whoever asks twice before it is done gets the same one."""
    from requests_app.queue.tasks import write_export

    with transaction.atomic():
        waiting = ExportJob.objects.filter(owner=by.person, finished_at__isnull=True)
        present = waiting.filter(query=query, asked_at__gt=Now() - KEPT).first()
        if present is not None:
            return present
        services.refuse(
            "Three of your exports are being written. Wait for one of them."
            if waiting.filter(asked_at__gt=Now() - KEPT).count() >= 3
            else ""
        )
        job = ExportJob.objects.create(
            owner=by.person, query=query, zone=timezone.get_current_timezone_name(),
            rows_expected=rows,
        )  # fmt: skip
        record("request.export_asked", by=by, detail={"export": job.pk, "rows": rows})
        write_export.defer(job_id=job.pk)
    return job


def write(job: ExportJob) -> None:
    """The worker's part. Begun again, it begins from the start: a half file is nobody's."""
    if job.state == ExportJob.State.READY:
        return
    forget_old()
    told(job, state=ExportJob.State.RUNNING, rows_done=0, failure="", finished_at=None)
    job.parts.all().delete()
    try:
        write_parts(job)
    except Exception as error:
        fail(job, BROKEN.format(error=type(error).__name__), by=actor_of(job))
        raise


def fail(job: ExportJob, why: str, *, by: Actor) -> None:
    """There is no file, for a reason that whoever asked is told."""
    with transaction.atomic():
        job.parts.all().delete()
        record("request.export_failed", by=by, detail={"export": job.pk, "error": why})
        told(job, state=ExportJob.State.FAILED, failure=why, finished_at=timezone.now())
        tell_ended(job, is_ready=False)


def tell_ended(job: ExportJob, *, is_ready: bool) -> None:
    """Who waited for a worker has gone on to something else; only the address is mailed."""
    from requests_app.accounts import tasks

    tasks.tell_export_ended(job.owner, reverse("requests:export-list"), is_ready=is_ready)


def end_killed() -> int:
    """Fails the exports whose worker was killed; who asked may ask again. Returns how many."""
    ended = 0
    while True:
        with transaction.atomic():
            left = killed.end_next("requests.export")
            if left is None:
                return ended
            rows = ExportJob.objects.select_for_update(of=("self",)).select_related("owner")
            job = rows.filter(pk=left["job_id"], finished_at__isnull=True).first()
            if job is not None:
                fail(job, KILLED, by=actor_of(job))
                ended += 1


def write_parts(job: ExportJob) -> None:
    """Piece by piece, each with how far it has come; the last step puts it on record."""
    with timezone.override(ZoneInfo(job.zone)):
        form = asked(job.query, job.owner)
        if not form.is_valid():
            raise ValueError(f"export {job.pk}: its filter is valid no more")
        digest, rows, buffer = hashlib.sha256(), -1, bytearray()
        for line in exports.lines(rows_of(form), with_mark=False):
            digest.update(line)
            buffer += line
            rows += 1
            if len(buffer) >= PART:
                if not keep(job, bytes(buffer), rows):
                    return  # it was taken for killed, and ended
                buffer.clear()
        sha256 = digest.hexdigest()
        with transaction.atomic():
            if not is_still_wanted(job):
                return
            ExportPart.objects.create(job=job, content=bytes(buffer))
            event_id = looking.exported(
                actor_of(job), conditions=conditions(form), rows=rows,
                columns=list(exports.COLUMNS), sha256=sha256,
            )  # fmt: skip
            told(job, state=ExportJob.State.READY, rows_done=rows, sha256=sha256,
                 event_id=event_id, finished_at=timezone.now())  # fmt: skip
            tell_ended(job, is_ready=True)


def keep(job: ExportJob, content: bytes, rows: int) -> bool:
    """Keeps a piece of the file; of one that was ended meanwhile nothing may be left."""
    with transaction.atomic():
        if not is_still_wanted(job):
            return False
        ExportPart.objects.create(job=job, content=content)
        told(job, rows_done=rows)
    return True


def is_still_wanted(job: ExportJob) -> bool:
    rows = ExportJob.objects.select_for_update().filter(pk=job.pk)
    return rows.filter(state=ExportJob.State.RUNNING).exists()


def actor_of(job: ExportJob) -> Actor:
    """Whoever asked for it, by way of the worker."""
    cause = Cause(kind="job", id=str(job.pk), label="requests.export")
    return actors.user(job.owner, Origin(channel="job")).caused_by(cause)


def told(job: ExportJob, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(job, name, value)
    job.save(update_fields=list(columns))


def forget_old() -> None:
    """The files are copies; that they were made stays on record."""
    ExportJob.objects.filter(asked_at__lt=Now() - KEPT).delete()


def parts_of(job: ExportJob) -> Iterator[bytes]:
    for part in job.parts.iterator(chunk_size=4):
        yield bytes(part.content)


def note_download(job: ExportJob, by: Actor) -> None:
    record("request.export_taken", by=by, detail={"export": job.pk, "file_sha256": job.sha256})


def jobs_of(person: Any) -> list[ExportJob]:
    return list(ExportJob.objects.filter(owner_id=person.pk, asked_at__gt=Now() - KEPT)[:SHOWN])


def made_by(by: Actor) -> list[Event]:
    """A person's newest exports, as recorded."""
    own = Event.objects.of_actor(by.kind, by.id).filter(kind=KIND, outcome="done")
    return list(own.reverse()[:SHOWN])


def manifest(event: Event) -> dict[str, Any]:
    """What a reader of the file needs to tell what it is, and whether it is still that."""
    return {
        "format": MANIFEST_FORMAT,
        "event": event.public_id,
        "exported_by": event.actor_label,
        "exported_at": moments.machine(event.recorded_at),
        "filter": event.detail.get("filter", {}),
        "rows": event.detail.get("rows"),
        "columns": event.detail.get("columns", []),
        "sha256": event.detail.get("file_sha256", ""),
    }
