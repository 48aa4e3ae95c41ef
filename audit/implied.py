"""The events of plain saves and deletions, where the library itself would know the person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords
from simple_history.utils import get_change_reason_from_object

from audit import actors
from audit.actors import Actor
from audit.recording import current, lock_row, recording

CREATED, CHANGED, DELETED = "record.created", "record.changed", "record.deleted"


@contextmanager
def implied(versioned: Any, instance: models.Model, kind: str | None, using: str) -> Iterator[None]:
    """Opens the event, of this kind or, without one, as the row tells: changed, or created.

    The row is locked first, so that events come in the order of locks, and not reloaded: the
    instance holds what is to be saved. Inside an open recording, or where nobody is known, nothing
    is done: the write is then carried by that recording, or refused by the trigger.
    """
    person = versioned.get_history_user(instance) if current(using) is None else None
    if person is None:
        yield
        return

    def lock_and_name() -> str:
        is_there = lock_row(instance, using)
        return kind or (CHANGED if is_there else CREATED)

    # A lock needs the right to update; where nobody has that, there is no update to wait for.
    is_lockable = kind != CREATED and "update" in versioned.allow
    with recording(
        kind or (CREATED if instance._state.adding else CHANGED),
        by=implied_actor(person),
        subject=instance,
        reason=get_change_reason_from_object(instance) or "",
        before=lock_and_name if is_lockable else None,
        using=using,
    ):
        yield


def kind_of_save(instance: models.Model, options: Mapping[str, Any]) -> str | None:
    """What a save with these options is, as far as they tell; else Django tries an UPDATE first,
    whatever the instance says of itself."""
    if instance.pk is None or options.get("force_insert"):
        return CREATED
    if options.get("force_update") or options.get("update_fields"):
        return CHANGED
    return None


def implied_actor(person: Any) -> Actor:
    request = getattr(HistoricalRecords.context, "request", None)
    if request is not None and getattr(request, "user", None) == person:
        return actors.from_request(request)
    origin = actors.origin_of(request) if request is not None else actors.Origin()
    return actors.user(person, origin)
