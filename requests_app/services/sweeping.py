"""Removes from the storage what no row needs: redacted files, and what came to nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from audit.actors import Actor
from audit.models import Erasure
from audit.recording import record
from requests_app import storage
from requests_app.models import Attachment

DAY = 24 * 60 * 60
BATCH = 1_000
LookedAt = Callable[[int], None]


def ignored(files: int) -> None:
    """Where nobody asks how far a sweep is."""


@dataclass(frozen=True)
class Swept:
    """How many files were destroyed, by why; ``orphans`` are those without a row, destroyed only
    where that was asked for."""

    redacted: int
    unfinished: int
    orphans: int


def sweep_files(
    *, by: Actor, destroys_orphans: bool = False, older_than: int = DAY,
    looked_at: LookedAt = ignored,
) -> Swept:  # fmt: skip
    """Again, it does nothing. Files younger than ``older_than`` seconds may be about to get their
    row. Those without one are counted only, unless told otherwise: beside a database that was
    restored from a backup they are the newest files, and all that is left of them."""
    redacted = sum(storage.destroy(key) for key in redacted_keys())
    unfinished = storage.sweep_incoming(older_than)
    orphans = list(orphaned_keys(time.time() - older_than, looked_at))
    if destroys_orphans:
        for key in orphans:
            storage.destroy(key)
    swept = Swept(redacted, unfinished, len(orphans))
    destroyed = redacted + unfinished + (len(orphans) if destroys_orphans else 0)
    if destroyed:
        detail = {"redacted": redacted, "unfinished": unfinished}
        if destroys_orphans:
            detail["orphans"] = len(orphans)
        record("storage.swept", by=by, detail=detail)
    return swept


def would_sweep(*, older_than: int = DAY, looked_at: LookedAt = ignored) -> Swept:
    """What a sweep would find. Nothing is destroyed."""
    return Swept(
        sum(storage.path_of(key).exists() for key in redacted_keys()),
        len(storage.unfinished(older_than)),
        len(list(orphaned_keys(time.time() - older_than, looked_at))),
    )


def redacted_keys() -> Iterator[str]:
    """The storage keys of redacted files, in batches."""
    erased = Erasure.objects.filter(
        table_name=Attachment._meta.db_table, column_name="name", version_id__isnull=True
    )
    ids = erased.order_by("id").values_list("row_key", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(ids, BATCH)):
        yield from Attachment.objects.filter(pk__in=batch).values_list("storage_key", flat=True)


def orphaned_keys(before: float, looked_at: LookedAt = ignored) -> Iterator[str]:
    """``looked_at`` hears how many files were looked at."""
    kept, seen = storage.kept_before(before), 0
    while batch := list(islice(kept, BATCH)):
        seen += len(batch)
        looked_at(seen)
        rows = Attachment.objects.filter(storage_key__in=batch)
        known = set(rows.values_list("storage_key", flat=True))
        yield from (key for key in batch if key not in known)
