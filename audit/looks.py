"""Puts looks on record: who opened the trail, and who searched the records for what.

Looks at what belongs to a support request are told to the app that knows requests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import ExpressionWrapper, Q
from django.db.models.functions import Now
from django.http import HttpRequest

from audit import actors
from audit.access import access
from audit.actors import Actor
from audit.models import Event
from audit.recording import record

AGAIN_AFTER = timedelta(minutes=15)
# Among how many of a person's newest events an earlier look is sought. Where they did more than
# that in 15 minutes, a look may be recorded once more than needed; never less.
NEWEST = 200
LONGEST = 500


def once(
    kind: str, by: Actor, seen: Callable[[], bool], subject: models.Model | None = None
) -> bool:
    """Records a look unless one was seen lately. Returns whether it did.

    The lock lets only one of several looks at the same moment find none before it; it is asked for
    only where there seems to be none.
    """
    if seen():
        return False
    with transaction.atomic():
        with connection.cursor() as cursor:
            key = f"{kind}:{by.id}:{'' if subject is None else subject.pk}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        if seen():
            return False
        record(kind, by=by, subject=subject)
    return True


def opened_trail(by: Actor) -> bool:
    """Records that a person opened a list of the trail, once per 15 minutes."""
    return once("trail.viewed", by, lambda: opened_lately(by))


def opened_lately(by: Actor) -> bool:
    """The index of actors has no moments: it gives the newest events, which are looked through."""
    lately = Q(kind="trail.viewed", recorded_at__gt=Now() - AGAIN_AFTER)
    own = Event.objects.of_actor(by.kind, by.id).reverse()
    is_look = ExpressionWrapper(lately, models.BooleanField())
    return any(own.values_list(is_look, flat=True)[:NEWEST])


def searched(request: HttpRequest, words: str, filters: Mapping[str, Any], count: int) -> None:
    """Records what was asked of a list, and how many were found. Free words, which may name
    anybody, are told by their hash alone."""
    detail = asked(request, words, filters) | {"count": count}
    detail.pop("query", None)
    record("trail.searched", by=actors.from_request(request), detail=detail)


def list_exported(
    request: HttpRequest, words: str, filters: Mapping[str, Any], facts: Mapping[str, Any]
) -> None:
    """Records that the rows of a list were taken away: which, how many, and the file's hash."""
    by = actors.from_request(request)
    detail = asked(request, words, filters) | dict(facts) | access().scope(by.person)
    record("trail.list_exported", by=by, detail=detail)


def asked(request: HttpRequest, words: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    given = {name[:LONGEST]: str(value)[:LONGEST] for name, value in filters.items()}
    detail: dict[str, Any] = {"path": request.path, "filter": given}
    if words:
        digest = hashlib.sha256(words.encode()).hexdigest()
        detail |= {"query": words[:LONGEST], "query_sha256": digest}
    return detail


def at(request: HttpRequest, row: Any) -> None:
    """Tells of a look at an event, a version or a live row, if it belongs to a support request."""
    support_request_id = request_of(row)
    if support_request_id is not None:
        access().looked(support_request_id, actors.from_request(request))


def request_of(row: Any) -> int | None:
    """The support request that an event, a version or a live row belongs to."""
    if isinstance(row, Event):
        return row.support_request_id
    model = getattr(row, "instance_type", type(row))
    if not hasattr(model, "trail_request_id"):
        return None
    found: int | None = (row if model is type(row) else row.instance).trail_request_id
    return found
