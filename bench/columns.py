"""One column of the comparison per library: how it writes, and what it says was written.

Every column does the same: load, change, save, in a transaction of its own, with the person and
the reason recorded in the way its library recommends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pghistory
import reversion
from auditlog.context import set_actor
from auditlog.models import LogEntry
from django.db import transaction
from reversion.models import Version

from audit import actors
from audit.actors import Actor
from audit.recording import recording
from bench.models import (
    AuditlogTicket,
    OwnTicket,
    PghistoryTicket,
    PlainTicket,
    ReversionTicket,
    SimpleHistoryTicket,
    Ticket,
)
from requests_app.models import User

# What a library must be able to say of each change: key, type, person, reason, status, priority.
Recorded = tuple[int, str, int, str, str, str]
OWN, SIMPLE_HISTORY, AUDITLOG = "casetrail", "simple-history", "auditlog"
PGHISTORY, REVERSION, PLAIN = "pghistory", "reversion", "plain Django"


@dataclass(frozen=True)
class Column:
    """`acting` is the library's block around the writes; `tables` is where its record lies."""

    name: str
    model: type[Ticket]
    acting: Callable[[User, str, Sequence[Ticket], str], AbstractContextManager[Any]]
    recorded: Callable[[], Iterator[Recorded]]
    tables: tuple[str, ...]

    def create(self, person: User, reason: str, values: dict[str, Any]) -> Ticket:
        ticket = self.model(**values)
        with self.acting(person, reason, [ticket], "created"):
            ticket.save()
        return ticket

    def update(
        self, person: User, reason: str, keys: Sequence[int], values: dict[str, Any]
    ) -> None:
        tickets = [self.model._base_manager.get(pk=key) for key in keys]
        for ticket in tickets:
            for name, value in values.items():
                setattr(ticket, name, value)
        with self.acting(person, reason, tickets, "changed"):
            for ticket in tickets:
                ticket.save()


@contextmanager
def plainly(_person: User, _reason: str, _tickets: Sequence[Ticket], _verb: str) -> Iterator[None]:
    with transaction.atomic():
        yield


_actors: dict[int, Actor] = {}


def own_actor(person: User) -> Actor:
    """Made once, as for each HTTP request, with the role looked up already."""
    if person.pk not in _actors:
        origin = actors.Origin(channel="web", address="192.0.2.7", session="bench")
        _actors[person.pk] = Actor(
            "user", str(person.pk), str(person), role="Agent", origin=origin, person=person
        )
    return _actors[person.pk]


def with_casetrail(
    person: User, reason: str, tickets: Sequence[Ticket], verb: str
) -> AbstractContextManager[Any]:
    return recording(f"bench.{verb}", by=own_actor(person), subject=tickets[0], reason=reason)


@contextmanager
def with_simple_history(
    person: User, reason: str, tickets: Sequence[Any], _verb: str
) -> Iterator[None]:
    for ticket in tickets:
        ticket._history_user = person
        ticket._change_reason = reason
    with transaction.atomic():
        yield


@contextmanager
def with_auditlog(person: User, reason: str, tickets: Sequence[Any], _verb: str) -> Iterator[None]:
    for ticket in tickets:
        ticket._reason = reason
    with transaction.atomic(), set_actor(person, remote_addr="192.0.2.7"):
        yield


@contextmanager
def with_pghistory(
    person: User, reason: str, _tickets: Sequence[Ticket], _verb: str
) -> Iterator[None]:
    with transaction.atomic(), pghistory.context(user=person.pk, reason=reason):
        yield


@contextmanager
def with_reversion(
    person: User, reason: str, _tickets: Sequence[Ticket], _verb: str
) -> Iterator[None]:
    with reversion.create_revision():
        reversion.set_user(person)
        reversion.set_comment(reason)
        yield


def nothing_recorded() -> Iterator[Recorded]:
    return iter(())


def by_casetrail() -> Iterator[Recorded]:
    return of_history(OwnTicket)


def by_simple_history() -> Iterator[Recorded]:
    return of_history(SimpleHistoryTicket)


def of_history(model: Any) -> Iterator[Recorded]:
    rows = model.history.order_by("history_id").values_list(
        "id", "history_type", "history_user_id", "history_change_reason", "status", "priority"
    )
    return iter(rows)


def by_auditlog() -> Iterator[Recorded]:
    """It keeps only what changed, so the values before are carried along."""
    known: dict[int, tuple[str, str]] = {}
    entries = LogEntry.objects.get_for_model(AuditlogTicket).order_by("id")
    for entry in entries.iterator():
        changes = entry.changes or {}
        status, priority = known.get(entry.object_id, ("", ""))
        status = changes.get("status", ("", status))[1]
        priority = changes.get("priority", ("", priority))[1]
        known[entry.object_id] = status, priority
        kind = "+" if entry.action == LogEntry.Action.CREATE else "~"
        reason = entry.additional_data["reason"]
        yield entry.object_id, kind, entry.actor_id, reason, status, priority


def by_pghistory() -> Iterator[Recorded]:
    events: Any = PghistoryTicket.pgh_event_model  # type: ignore[attr-defined]
    rows = events._base_manager.order_by("pgh_id").select_related("pgh_context")
    for row in rows.iterator():
        said = row.pgh_context.metadata
        kind = "+" if row.pgh_label == "insert" else "~"
        yield row.pgh_obj_id, kind, said["user"], said["reason"], row.status, row.priority


def by_reversion() -> Iterator[Recorded]:
    seen: set[str] = set()
    versions = Version.objects.get_for_model(ReversionTicket).order_by("id")
    for version in versions.select_related("revision").iterator():
        kind = "~" if version.object_id in seen else "+"
        seen.add(version.object_id)
        values = version.field_dict
        said = version.revision
        yield (
            int(version.object_id), kind, said.user_id, said.comment,
            values["status"], values["priority"],
        )  # fmt: skip


COLUMNS = [
    Column(PLAIN, PlainTicket, plainly, nothing_recorded, ()),
    Column(
        OWN, OwnTicket, with_casetrail, by_casetrail, ("bench_historicalownticket", "audit_event")
    ),
    Column(
        SIMPLE_HISTORY, SimpleHistoryTicket, with_simple_history, by_simple_history,
        ("bench_historicalsimplehistoryticket",),
    ),
    Column(AUDITLOG, AuditlogTicket, with_auditlog, by_auditlog, ("auditlog_logentry",)),
    Column(
        PGHISTORY, PghistoryTicket, with_pghistory, by_pghistory,
        ("bench_pghistoryticketevent", "pghistory_context"),
    ),
    Column(
        REVERSION, ReversionTicket, with_reversion, by_reversion,
        ("reversion_version", "reversion_revision"),
    ),
]  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
