"""The statement that opens an event: what is said to the database, and when it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connections, models
from psycopg import ClientCursor

from audit import counting

# In the order of audit_open_listed (sql/recorder.sql).
ARGUMENTS = (
    "kind", "outcome", "subject_type", "subject_id", "subject_label", "support_request_id",
    "entity_id", "actor_kind", "actor_id", "actor_label", "actor_role", "on_behalf_of_id",
    "on_behalf_of_label", "cause_kind", "cause_id", "cause_label", "cause_version", "channel",
    "address", "user_agent", "session", "sign_in_method", "reason", "correlation_id",
    "occurred_at", "detail", "arm",
)  # fmt: skip
MAY_BE_NULL = frozenset({"support_request_id", "entity_id", "address", "occurred_at"})
OPEN = "SELECT public.audit_open_listed(%s)"
CURRENT_KEY = "currval(pg_get_serial_sequence(%s, %s))"
OPEN_KEYED = f"{OPEN}, {CURRENT_KEY}"

Facts = dict[str, Any]


class KeyDiffers(Exception):
    """A new subject has another key than the one its event was opened with."""


class Opening:
    """An event that is to be opened once; an unsaved subject gets its key with it.

    A message to the database costs more than the event itself. So in a recording the opening waits
    for the first statement, whatever it is, and goes in front of it in one message. It belongs to
    one connection: another would open it in another transaction.
    """

    def __init__(self, facts: Facts, connection: Any, subject: models.Model | None = None) -> None:
        self.connection = connection
        self.event_id = 0
        self.is_sent = False
        self.subject = subject if subject is not None and needs_key(subject) else None
        self.key: Any = None
        place = [] if self.subject is None else [*key_place(self.subject), own_id(self.subject)]
        self.said = listed(facts, *place)
        counting.opened(facts["kind"], facts["outcome"])

    def now(self) -> int:
        """The event's id. Opens it in a message of its own where no statement has come yet."""
        if not self.event_id:
            with self.sending(), self.connection.cursor() as cursor:
                if self.subject is None:
                    cursor.execute(OPEN, [self.said])
                    self.event_id = cursor.fetchone()[0]
                else:
                    cursor.execute(OPEN_KEYED, [self.said, *key_place(self.subject)])
                    self.event_id, self.key = cursor.fetchone()
                    self.subject.pk = self.subject._reserved_key = self.key  # type: ignore[attr-defined]
        return self.event_id

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Where it cannot be sent, the next statement takes it along, if one still can be."""
        self.is_sent = True
        try:
            yield
        except BaseException:
            self.is_sent = False
            raise

    def with_first(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,  # noqa: FBT001 - Django's order
        context: Any,
    ) -> Any:
        """Wraps the statements of a recording (Django's execute_wrapper)."""
        if self.is_sent:
            return execute(sql, params, many, context)
        cursor = context["cursor"].cursor
        if many or isinstance(params, dict) or not self.goes_before(sql, cursor):
            self.now()  # these cannot be sent as the second of two statements
            return execute(sql, params, many, context)
        second = sql if params is not None else sql.replace("%", "%%")
        with self.sending():
            result = execute(f"{OPEN}; {second}", (self.said, *(params or ())), many, context)
        self.event_id = int(cursor.pgresult.get_value(0, 0))  # whatever rows the caller asked for
        cursor.nextset()
        return result

    def goes_before(self, sql: Any, cursor: Any) -> bool:
        """Whether one message can hold both: of a new subject only its own insertion, since the key
        must be known to whatever else comes before it."""
        if not isinstance(sql, str) or not isinstance(cursor, ClientCursor):
            return False
        if cursor.connection.pgconn.pipeline_status:
            return False
        return self.subject is None or CURRENT_KEY in sql

    def check_key(self) -> None:
        """Raises where the subject was inserted under another key than its event names."""
        if self.key is not None and self.subject is not None and self.subject.pk != self.key:
            raise KeyDiffers(
                f"The event names {self.subject._meta.verbose_name} {self.key}, but it was inserted"
                f" as {self.subject.pk}. Save it by itself, or ask for the recording's id first."
            )


class KeyToCome:
    """The key that the opening takes from the sequence, right before the INSERT that uses it.

    As light as the compiler of insertions allows: an Expression would cost as much as an event.
    Whoever asks for it in words meanwhile, such as a handler of pre_save, makes it a real key.
    """

    contains_aggregate = contains_column_references = contains_over_clause = False

    def __init__(self, opening: Opening, subject: models.Model) -> None:
        self.opening, self.place = opening, key_place(subject)

    def __str__(self) -> str:
        self.opening.now()
        return str(self.opening.key)

    def resolve_expression(self, *_args: Any, **_kwargs: Any) -> KeyToCome:
        return self

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[str]]:
        return CURRENT_KEY, list(self.place)


def open_event(facts: Facts, using: str) -> int:
    """Inserts the event in a message of its own."""
    return Opening(facts, connections[using]).now()


def listed(facts: Facts, *key: str) -> str:
    """What audit_open_listed is told, as a PostgreSQL array literal.

    psycopg would adapt a list item by item, which takes as long as the rest of the statement. A NUL
    becomes a visible sign, as PostgreSQL cannot hold one: what somebody tried must be recorded,
    whatever bytes it came with.
    """
    items = [item(facts[name], name) for name in ARGUMENTS[:-2]]
    detail = facts["detail"]
    items.append(item(json.dumps(storable(detail))) if detail else '"{}"')
    items.append("t" if facts["arm"] else "f")
    items += [item(word) for word in key]
    return "{" + ",".join(items).replace("\x00", "\u2400") + "}"


def item(value: Any, name: str = "") -> str:
    """One word of an array literal. A text that is not there is empty."""
    if value is None:
        return "NULL" if name in MAY_BE_NULL else '""'
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def key_place(subject: models.Model) -> tuple[str, str]:
    """The table and column whose sequence numbers the subject, as pg_get_serial_sequence wants."""
    table = connections["default"].ops.quote_name(subject._meta.db_table)
    return f"public.{table}", str(subject._meta.pk.column)


def own_id(subject: models.Model) -> str:
    """Which fact beside the subject's id its new key is: of a request the id its parts refer to,
    of an entity the entity."""
    if getattr(subject, "is_trail_root", False):
        return "support_request_id"
    return "entity_id" if getattr(subject, "is_trail_entity", False) else ""


def needs_key(subject: models.Model) -> bool:
    return subject.pk is None and isinstance(subject._meta.pk, models.AutoField)


def storable(value: Any) -> Any:
    """The value with a visible sign for each NUL in it, at any depth."""
    if isinstance(value, str):
        return value.replace("\x00", "\u2400")
    if isinstance(value, Mapping):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
