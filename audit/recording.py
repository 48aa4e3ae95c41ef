"""recording(): the only way to open an event.

Everything written inside the block carries its event, because the database puts it there; anything
written outside one is refused. The event of an act that was refused or failed is written after the
rollback, in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NoReturn

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from audit import kinds, unwritten
from audit.actors import Actor, Cause
from audit.covered import stored_copy
from audit.opening import Facts, KeyToCome, Opening, open_event
from audit.unwritten import Unwritten, is_in_transaction, surviving_connection


class Refusal(Exception):
    """An act was refused by a rule. The message is a sentence for the person who tried."""


class ReasonMissing(Refusal):
    """The kind of act needs a reason and none was given."""


class Discarded(Exception):
    """Raised by Recording.discard and caught by recording(): there was nothing to record."""


@dataclass(frozen=True)
class Act:
    """What is recorded, apart from where it happens to be nested."""

    kind: str
    by: Actor
    subject: models.Model | None
    reason: str
    detail: Mapping[str, Any]
    occurred_at: datetime | None

    def facts(self, outer: Recording | None) -> Facts:
        """What is said of the event, by name, as the subject is now."""
        about = subject_facts(self.subject)
        origin, cause = self.by.origin, cause_of(self.by, outer)
        return about | {
            "kind": kinds.require(self.kind).name,
            "outcome": "done",
            "actor_kind": self.by.kind,
            "actor_id": self.by.id,
            "actor_label": self.by.label,
            "actor_role": self.by.role_in(about["entity_id"]),
            "on_behalf_of_id": self.by.on_behalf_of_id,
            "on_behalf_of_label": self.by.on_behalf_of_label,
            "cause_kind": cause.kind,
            "cause_id": cause.id,
            "cause_label": cause.label,
            "cause_version": cause.version,
            "channel": origin.channel,
            "address": origin.address,
            "user_agent": origin.user_agent,
            "session": origin.session,
            "sign_in_method": origin.sign_in_method,
            "reason": self.reason,
            "correlation_id": origin.correlation_id,
            "occurred_at": self.occurred_at,
            "detail": dict(self.detail),
            "arm": True,
        }

    def check(self) -> None:
        described = kinds.require(self.kind)
        if described.needs_reason and not self.reason.strip():
            raise ReasonMissing(f"Say why: “{described.label}” needs a reason.")


@dataclass
class Recording:
    """An event, what it records, and the unsuccessful acts to be written after it.

    It is opened by the first statement of its block, or by whoever asks for its id.
    """

    act: Act
    using: str
    connection: Any
    outer: Recording | None
    opening: Opening | None = None
    facts: Facts = field(default_factory=dict)
    is_within: bool = False  # a transaction was open already, and may have an event
    is_over: bool = False
    is_committed: bool = False
    unwritten: list[Unwritten] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The event's id. Asking for it opens the event, if no statement has done so yet: needed
        before COPY, which cannot carry the opening along."""
        if self.opening is None:
            return 0
        return self.opening.event_id if self.is_over else self.opening.now()

    @property
    def reserves(self) -> bool:
        return self.opening is not None and self.opening.subject is not None

    def discard(self) -> NoReturn:
        """Ends the block without an event: nothing was to be done. Rolls back what it wrote."""
        raise Discarded(self)

    def note_commit(self) -> None:
        """What other callbacks raise after the commit undoes nothing."""
        self.is_committed = True

    def begin(self, *, locked: bool, before: Callable[[], str | None] | None) -> Opening:
        """Locks, prepares and readies the event, in this order: events then come as locks do."""
        subject = self.act.subject
        transaction.on_commit(self.note_commit, using=self.using)
        self.act.check()
        if locked and subject is not None:
            lock(subject, self.using)
        if before is not None and (kind := before()):
            self.act = replace(self.act, kind=kind)
            self.act.check()
        if locked or before is not None:
            self.facts = self.act.facts(self.outer)
        self.opening = Opening(self.facts, self.connection, subject)
        if self.outer is not None or self.is_within:
            self.opening.now()  # else what cannot carry it along would go to an event before it
        elif self.reserves and not hasattr(subject, "_versioned"):
            self.opening.now()  # its save does not ask for the key to come
        return self.opening

    def end(self, *, was_in_transaction: bool) -> None:
        """Opens the event of a block that wrote nothing, and gives way to the outer one."""
        if self.opening is None:
            return
        if self.connection.needs_rollback:
            raise transaction.TransactionManagementError(
                "An error inside the recording was caught without a savepoint, so nothing of it "
                "can be kept. Put what may fail into a transaction.atomic() of its own."
            )
        self.opening.now()
        self.opening.check_key()
        if was_in_transaction:
            restore(self.outer, self.using)


_stack: ContextVar[tuple[Recording, ...]] = ContextVar("audit_recordings", default=())


def current(using: str = DEFAULT_DB_ALIAS) -> Recording | None:
    """The innermost open recording of this context on this thread's connection.

    A context copied into another thread has another connection there, and so no recording. A copy
    that outlives the recording, such as a task's, still holds it: it is over.
    """
    connection = connections[using]
    opened = [
        item for item in _stack.get() if item.opening and not (item.is_over or item.is_committed)
    ]
    found = [item for item in opened if item.connection is connection]
    return found[-1] if found and connection.in_atomic_block else None


@contextmanager
def recording(
    kind: str,
    *,
    by: Actor,
    subject: models.Model | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    occurred_at: datetime | None = None,
    locked: bool = False,
    before: Callable[[], str | None] | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Iterator[Recording]:
    """Opens one event and a transaction (or savepoint) for the writes that belong to it.

    ``locked`` takes the row lock on the subject and reloads it before the event is opened, so the
    order of events is the order of locks; ``before`` then runs, for what must precede the event,
    such as a number, and may return another kind, where only the row tells it. An unsaved subject
    gets its key with the event. A Refusal is recorded as denied, any other exception as failed,
    both after the rollback; it is raised on. The event goes to the database with the block's first
    statement, which therefore must pass through Django's cursors; a nested recording costs one
    statement more, to put the outer event back.
    """
    act = Act(kind, by, subject, reason, detail or {}, occurred_at)
    opened = prepared(act, using)
    was_in_transaction = opened.connection.in_atomic_block or opened.is_within
    token = _stack.set((*_stack.get(), opened))
    try:
        with transaction.atomic(using=using):
            opening = opened.begin(locked=locked, before=before)
            with opened.connection.execute_wrapper(opening.with_first):
                yield opened
            opened.end(was_in_transaction=was_in_transaction)
    except Discarded as discarded:
        give_back_key(opened)
        if discarded.args[0] is not opened:
            raise
    except Exception as error:
        if not opened.is_committed:
            give_back_key(opened)
            event_id = opened.opening.event_id if opened.opening is not None else 0
            opened.unwritten.append(Unwritten(unsuccessful(opened.facts, error), event_id))
        raise
    finally:
        opened.is_over = True
        _stack.reset(token)
        if opened.reserves and subject is not None:
            subject.__dict__.pop("_reserved_key", None)
        pass_on(opened)


def prepared(act: Act, using: str) -> Recording:
    """The recording of an act, within the one that is open, if any: its event comes first."""
    connection, outer = connections[using], current(using)
    if outer is not None and outer.opening is not None:
        outer.opening.now()  # it may give the subject its key
    opened = Recording(act, using, connection, outer, facts=act.facts(outer))
    opened.is_within = is_in_transaction(connection)
    return opened


def record(
    kind: str,
    *,
    by: Actor,
    subject: models.Model | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    outcome: str = "done",
    occurred_at: datetime | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> int:
    """Records an act that changes no versioned row: a view, a sign-in, a search. Returns its id.

    What did not succeed is recorded in a transaction of its own, whatever becomes of this one.
    """
    act = Act(kind, by, subject, reason, detail or {}, occurred_at)
    act.check()
    facts = act.facts(current(using)) | {"outcome": outcome, "arm": False}
    if outcome == "done":
        return open_event(facts, using)
    with surviving_connection(using) as own:
        return open_event(facts, own)


def cause_of(by: Actor, outer: Recording | None) -> Cause:
    """The actor's own cause, or else the act that this one is nested in."""
    if outer is None or by.cause.kind:
        return by.cause
    return Cause(kind="event", id=str(outer.id), label=outer.act.kind)


def subject_facts(subject: models.Model | None) -> Facts:
    """What an event keeps of its subject. Models say more through ``trail_request_id`` and
    ``trail_entity_id``, where they belong to a support request or an entity."""
    if subject is None:
        return {
            "subject_type": "",
            "subject_id": "",
            "subject_label": "",
            "support_request_id": None,
            "entity_id": None,
        }
    return {
        "subject_type": (subject._meta.concrete_model or subject)._meta.label_lower,
        "subject_id": "" if subject.pk is None else str(subject.pk),
        "subject_label": str(stored_copy(subject)),
        "support_request_id": getattr(subject, "trail_request_id", None),
        "entity_id": getattr(subject, "trail_entity_id", None),
    }


def lock(subject: models.Model, using: str) -> None:
    rows = type(subject)._base_manager.using(using).select_for_update(of=("self",))
    subject.refresh_from_db(using=using, from_queryset=rows)


def lock_row(subject: models.Model, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Takes the row lock and leaves the subject as it is: it holds what is to be saved. Returns
    whether there is such a row."""
    rows = type(subject)._base_manager.using(using).select_for_update()
    return bool(rows.filter(pk=subject.pk).values("pk"))


def takes_reserved_key(subject: models.Model) -> bool:
    """Whether this save is the insertion that an open recording reserved the key for."""
    return subject._state.adding and subject.__dict__.get("_reserved_key") == subject.pk is not None


def key_to_come(subject: models.Model, using: str) -> KeyToCome | None:
    """What to insert an unsaved subject with, if this save is to send the event that numbers it."""
    opening = inner.opening if (inner := current(using)) is not None else None
    if opening is None or opening.is_sent or opening.subject is not subject:
        return None
    return KeyToCome(opening, subject)


def give_back_key(opened: Recording) -> None:
    """After a rollback an unsaved subject is unsaved again, so that it can be tried anew."""
    subject = opened.act.subject
    if opened.reserves and subject is not None:
        subject.pk = None
        subject._state.adding = True


def restore(outer: Recording | None, using: str) -> None:
    """Gives later writes of the transaction back to the outer event, or to none.

    A rollback, of the transaction or of the savepoint, does the same by itself.
    """
    event_id = str(outer.id) if outer is not None else ""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('audit.event', %s, true)", [event_id])


def unsuccessful(facts: Facts, error: Exception) -> Facts:
    refused = isinstance(error, Refusal)
    told = str(error) if refused else type(error).__name__
    detail = dict(facts["detail"]) | {"refusal" if refused else "error": told}
    return dict(facts) | {
        "outcome": "denied" if refused else "failed",
        "detail": detail,
        "arm": False,
    }


def pass_on(opened: Recording) -> None:
    """To the outer act, which could still roll it back; else to be written."""
    if opened.outer is not None:
        opened.outer.unwritten.extend(opened.unwritten)
    elif opened.unwritten:
        unwritten.leave(opened.unwritten, opened.using)
