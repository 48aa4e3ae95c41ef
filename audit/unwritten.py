"""Acts that did not succeed: their events are written once nothing can roll them back any more."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from audit.opening import Facts, open_event

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unwritten:
    """An act that did not succeed: its facts, and the id its event had before the rollback (0 if it
    had not been opened yet)."""

    facts: Facts
    event_id: int


@dataclass
class Kept:
    """What waits for the end of a block, on the connection that the block holds."""

    connection: Any
    acts: list[Unwritten] = field(default_factory=list)


_kept: ContextVar[Kept | None] = ContextVar("audit_unwritten", default=None)


@contextmanager
def written_afterwards(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Around a transaction that holds more than one act. What is refused within is written when it
    has ended, by the session at hand; otherwise each refusal would need a second session, which a
    busy server may not have."""
    outer, kept = _kept.get(), Kept(connections[using])
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        if outer is not None and outer.connection is kept.connection:
            outer.acts.extend(kept.acts)
        elif kept.acts:
            write(kept.acts, using)


def leave(acts: Sequence[Unwritten], using: str) -> None:
    """Writes them, or leaves them to the block that waits for its transaction to end."""
    kept = _kept.get()
    if kept is not None and kept.connection is connections[using]:
        kept.acts.extend(acts)
    else:
        write(acts, using)


def write(acts: Sequence[Unwritten], using: str) -> None:
    """Outer acts come first: what was nested in them names the events that they now have."""
    renewed: dict[str, str] = {}
    try:
        with surviving_connection(using) as own:
            for act in sorted(acts, key=lambda act: act.event_id or sys.maxsize):
                facts = act.facts
                if facts["cause_kind"] == "event":
                    facts = facts | {"cause_id": renewed.get(facts["cause_id"], facts["cause_id"])}
                renewed[str(act.event_id)] = str(open_event(facts, own))
    except DatabaseError:
        # The error that is on its way says more; this one must not hide it.
        log.exception("an act that did not succeed could not be recorded")


@contextmanager
def surviving_connection(using: str) -> Iterator[str]:
    """A connection whose next statement no enclosing transaction can roll back.

    The usual one where no transaction is open (that of a TestCase does not count, as with
    ``atomic(durable=True)``), otherwise a second session, closed again.
    """
    connection = connections[using]
    if not is_in_transaction(connection):
        yield using
        return
    alias = f"{using}.surviving"
    second = connection.copy(alias)
    second.settings_dict["OPTIONS"] = dict(second.settings_dict["OPTIONS"], pool=False)
    connections[alias] = second
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]


def is_in_transaction(connection: Any) -> bool:
    """Whether a transaction is open; that of a TestCase does not count, as with
    ``atomic(durable=True)``."""
    enclosing = [block for block in connection.atomic_blocks if not block._from_testcase]
    return bool(enclosing) or not (connection.in_atomic_block or connection.get_autocommit())
