"""The statement that opens an event: what is said to the database, and when it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, models
from psycopg import ClientCursor

# In the order of audit_open_listed (sql/recorder.sql).
ARGUMENTS = (
    "kind", "outcome", "subject_type", "subject_id", "subject_label", "support_request_id",
    "entity_id", "actor_kind", "actor_id", "actor_label", "actor_role", "on_behalf_of_id",
    "on_behalf_of_label", "cause_kind", "cause_id", "cause_label", "cause_version", "channel",
    "address", "user_agent", "session", "sign_in_method", "reason", "correlation_id",
    "occurred_at", "detail", "arm",
)  # fmt: skip
OPEN = "SELECT public.audit_open_listed(%s)"
CURRENT_KEY = "currval(pg_get_serial_sequence(%s, %s))"
OPEN_KEYED = f"{OPEN}, {CURRENT_KEY}"

Facts = dict[str, Any]


class KeyDiffers(Exception):
    """A new subject has another key than the one its event was opened with."""


@dataclass
class Opening:
    """An event that is to be opened once; an unsaved subject gets its key with it.

    A message to the database costs more than the event itself. So in a recording the opening waits
    for the first statement, whatever it is, and goes in front of it in one message.
    """

    facts: Facts
    using: str
    subject: models.Model | None = None
    event_id: int = 0
    is_sent: bool = field(default=False, init=False)
    reserves: bool = field(default=False, init=False)
    key_is_awaited: bool = field(default=False, init=False)
    key: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.reserves = self.subject is not None and needs_key(self.subject)

    def now(self) -> int:
        """The event's id. Opens it in a message of its own where no statement has come yet."""
        if not self.event_id:
            self.is_sent = True
            with connections[self.using].cursor() as cursor:
                if self.reserves and self.subject is not None:
                    cursor.execute(OPEN_KEYED, [self.said(), *key_place(self.subject)])
                    self.event_id, self.key = cursor.fetchone()
                    self.subject.pk = self.subject._reserved_key = self.key  # type: ignore[attr-defined]
                else:
                    cursor.execute(OPEN, [self.said()])
                    self.event_id = cursor.fetchone()[0]
        return self.event_id

    def with_first(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 - Django's order
        context: Any,
    ) -> Any:
        """Wraps the statements of a recording (Django's execute_wrapper)."""
        if self.is_sent:
            return execute(sql, params, many, context)
        cursor = context["cursor"].cursor
        lacks_key = self.reserves and not self.key_is_awaited
        if lacks_key or many or isinstance(params, dict) or not isinstance(cursor, ClientCursor):
            self.now()  # these cannot be sent as the second of two statements
            return execute(sql, params, many, context)
        self.is_sent = True
        second = sql if params is not None else sql.replace("%", "%%")
        result = execute(f"{OPEN}; {second}", (self.said(), *(params or ())), many, context)
        [[self.event_id]] = cursor.fetchall()
        cursor.nextset()
        return result

    def await_key(self) -> KeyToCome:
        """What an unsaved subject is inserted with, where its insertion is the first statement."""
        self.key_is_awaited = True
        assert self.subject is not None
        return KeyToCome(self.subject)

    def check_key(self) -> None:
        """Raises where the subject was inserted under another key than its event names."""
        if self.key is not None and self.subject is not None and self.subject.pk != self.key:
            raise KeyDiffers(
                f"The event names {self.subject._meta.verbose_name} {self.key}, but it was inserted"
                f" as {self.subject.pk}. Save it by itself, or ask for the recording's id first."
            )

    def said(self) -> str:
        if self.subject is None or not self.reserves:
            return listed(self.facts)
        return listed(self.facts, *key_place(self.subject), own_id(self.subject))


class KeyToCome:
    """The key that the opening takes from the sequence, right before the INSERT that uses it.

    As light as the compiler of insertions allows: an Expression would cost as much as an event.
    """

    contains_aggregate = contains_column_references = contains_over_clause = False

    def __init__(self, subject: models.Model) -> None:
        self.place = key_place(subject)

    def resolve_expression(self, *_args: Any, **_kwargs: Any) -> KeyToCome:
        return self

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[str]]:
        return CURRENT_KEY, list(self.place)


def open_event(facts: Facts, using: str) -> int:
    """Inserts the event in a message of its own."""
    return Opening(facts, using).now()


def listed(facts: Facts, *key: str) -> str:
    """What audit_open_listed is told, as a PostgreSQL array literal.

    psycopg would adapt a list item by item, which takes as long as the rest of the statement. A NUL
    becomes a visible sign, as PostgreSQL cannot hold one: what somebody tried must be recorded,
    whatever bytes it came with.
    """
    items = [item(facts[name]) for name in ARGUMENTS[:-2]]
    detail = facts["detail"]
    items.append(item(json.dumps(storable(detail))) if detail else '"{}"')
    items.append("t" if facts["arm"] else "f")
    items += [item(word) for word in key]
    return "{" + ",".join(items).replace("\x00", "\u2400") + "}"


def item(value: Any) -> str:
    if value is None:
        return "NULL"
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
