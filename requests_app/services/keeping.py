"""Puts on record that a due date came near or passed: once per date, an event and a notice each.

Written in batches, a transaction each: a worker that is killed leaves whole batches and nothing
else, and the next one goes on. Two at once take turns; the notice's constraint is the guarantee.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from audit import actors, opening
from audit.actors import Actor, Cause
from audit.recording import Act, current, restore
from audit.versions import version_model
from requests_app import rules
from requests_app.importing.statements import OPENED, Statement
from requests_app.models import DueNotice, ServiceLevel, SupportRequest
from requests_app.models.due_dates import PAUSED

BATCH = 500
# The key of the advisory lock that a batch holds.
TURN = 0xD0E0
BY_HAND = "request.due_date_changed"
KIND = DueNotice.Kind
# Which of a request's dates a notice is of.
DATE = {
    KIND.DUE_SOON: "due_at",
    KIND.DUE_BREACHED: "due_at",
    KIND.FIRST_RESPONSE_BREACHED: "first_response_due_at",
}
# By what the next batch is chosen; each has an index of running requests.
ORDER = DATE | {KIND.DUE_SOON: "due_soon_at"}
INSERT = f"""
    {OPENED} INSERT INTO requests_app_duenotice (support_request_id, kind, due_at)
    SELECT %s::bigint, %s::text, %s::timestamptz FROM opened
"""  # noqa: S608


def condition(kind: str) -> Q:
    """Which running requests such a notice is of."""
    if kind == KIND.DUE_SOON:
        return Q(~PAUSED, due_soon_at__lte=Now(), due_at__gt=Now())
    if kind == KIND.DUE_BREACHED:
        return Q(~PAUSED, due_at__lte=Now())
    return Q(
        first_response_due_at__lte=Now(), first_responded_at__isnull=True,
        due_paused_at__isnull=True,
    )  # fmt: skip


def unnoticed(kind: str) -> QuerySet[SupportRequest]:
    said = DueNotice.objects.filter(
        support_request=OuterRef("pk"), kind=kind, due_at=OuterRef(DATE[KIND(kind)])
    )
    return SupportRequest.objects.running().filter(condition(kind), ~Exists(said))


def notice_all(by: Actor) -> dict[str, int]:
    """Every notice that is due; how many of each kind there were."""
    counts = dict.fromkeys(KIND.values, 0)
    for kind in KIND.values:
        while written := notice_batch(kind, by):
            counts[kind] += written
    return counts


def notice_batch(kind: str, by: Actor) -> int:
    """The next batch of one kind. A request that somebody works on is left to the next run."""
    with transaction.atomic():
        if not has_turn():
            return 0
        found = unnoticed(kind).select_for_update(of=("self",), skip_locked=True)
        rows = list(found.order_by(ORDER[KIND(kind)], "pk")[:BATCH])
        write(kind, rows, by)
    return len(rows)


def has_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        return bool(cursor.fetchone()[0])


def write(
    kind: str, rows: Sequence[SupportRequest], by: Actor, occurred_at: datetime | None = None
) -> None:
    """An event and a notice for each of these, in one message to the database."""
    causes = causes_of(rows, by, of_due_date=DATE[KIND(kind)] == "due_at")
    statements = [
        statement(kind, row, actor, occurred_at)
        for row, actor in zip(rows, causes, strict=True)
    ]  # fmt: skip
    if not statements:
        return
    raw = connection.connection
    with connection.wrap_database_errors, raw.pipeline():
        for text, values in statements:
            psycopg.Cursor(raw).execute(text, values)
    restore(current(), connection.alias)


def statement(kind: str, row: SupportRequest, by: Actor, occurred_at: datetime | None) -> Statement:
    detail = {"job": by.id} if by.kind == "job" else {}
    facts = Act(f"request.{kind}", by, row, "", detail, occurred_at).facts(None)
    return INSERT, [opening.listed(facts), row.pk, kind, getattr(row, DATE[KIND(kind)])]


def causes_of(rows: Sequence[SupportRequest], by: Actor, *, of_due_date: bool) -> list[Actor]:
    """Who says it of each row: the version of the level that gave the date, or, for a date that was
    set by hand, the job, because of the event that set it."""
    levels = levels_of(rows)
    by_hand = setting_events(rows) if of_due_date else {}
    found = []
    for row in rows:
        level = levels.get(row.service_level_version or 0)
        if row.pk in by_hand:
            cause = Cause(kind="event", id=str(by_hand[row.pk]), label=BY_HAND)
            found.append(by.caused_by(cause))
        elif level is not None:
            found.append(rules.actor(level, row.service_level_version, by.origin))
        else:
            found.append(by)
    return found


def levels_of(rows: Sequence[SupportRequest]) -> dict[int, ServiceLevel]:
    """The service levels as they were in the versions that gave the dates."""
    wanted = {row.service_level_version for row in rows if row.service_level_version}
    versions = version_model(ServiceLevel).objects.filter(history_id__in=wanted)
    return {version.history_id: version.instance for version in versions}


def setting_events(rows: Sequence[SupportRequest]) -> dict[int, int]:
    """For each date that was set by hand the event that set it."""
    wanted = {row.pk: row.due_by_hand_at for row in rows if row.due_by_hand_at is not None}
    if not wanted:
        return {}
    versions = version_model(SupportRequest).objects.filter(
        id__in=wanted, due_by_hand_at__in=set(wanted.values())
    )
    found: dict[int, int] = {}
    listed: Any = versions.order_by("-history_id").values_list("id", "due_by_hand_at", "event_id")
    for row_id, by_hand_at, event_id in listed:
        if wanted[row_id] == by_hand_at:
            found[row_id] = event_id  # the last one written is the earliest that holds it
    return found


def keeper(job_id: object) -> Actor:
    """The job that keeps the time."""
    made = actors.job("requests_app.keep_time", job_id)
    return replace(made, label="Due dates")
