"""The statement that opens an event: what is said to audit_open, and how."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import connections, models
from psycopg.types.json import Jsonb

ARGUMENTS = (
    "kind", "outcome", "subject_type", "subject_id", "subject_label", "support_request_id",
    "entity_id", "actor_kind", "actor_id", "actor_label", "actor_role", "on_behalf_of_id",
    "on_behalf_of_label", "cause_kind", "cause_id", "cause_label", "cause_version", "channel",
    "address", "user_agent", "session", "sign_in_method", "reason", "correlation_id",
    "occurred_at", "detail", "arm",
)  # fmt: skip
OPEN = "SELECT public.audit_open({})".format(", ".join(f"{name} => %s" for name in ARGUMENTS))
# Said even when empty or false: audit_open would otherwise assume something else.
ALWAYS_SAID = frozenset({"kind", "outcome", "actor_kind", "channel", "arm"})

Facts = dict[str, Any]


def open_event(facts: Facts, using: str, subject: models.Model | None = None) -> int:
    """Inserts the event; gives an unsaved subject its key in the same statement.

    Only what is not empty is said: each argument that need not be sent makes an event cheaper.
    """
    said = {name: value for name, value in facts.items() if value or name in ALWAYS_SAID}
    if "detail" in said:
        said["detail"] = Jsonb(said["detail"])
    with connections[using].cursor() as cursor:
        if subject is None or not needs_key(subject):
            cursor.execute(opening(tuple(said)), list(said.values()))
            return int(cursor.fetchone()[0])
        keyed = keyed_facts(subject)
        said = {name: value for name, value in said.items() if name not in keyed}
        sequence = [subject._meta.db_table, subject._meta.pk.column]
        cursor.execute(opening_of_new(tuple(said), keyed), [*said.values(), *sequence])
        event_id, key = cursor.fetchone()
    subject.pk = subject._reserved_key = key  # type: ignore[attr-defined]
    return int(event_id)


@cache
def opening(names: tuple[str, ...]) -> str:
    arguments = ", ".join(f"{name} => %s" for name in names)
    return f"SELECT public.audit_open({arguments})"


@cache
def opening_of_new(names: tuple[str, ...], keyed: tuple[str, ...]) -> str:
    """As opening, for a subject whose key is taken from its sequence in the same statement."""
    own = [f"{name} => key{'::text' if name == 'subject_id' else ''}" for name in keyed]
    arguments = ", ".join([*(f"{name} => %s" for name in names), *own])
    return (
        f"SELECT public.audit_open({arguments}), key"  # noqa: S608 - names of our own arguments
        " FROM nextval(pg_get_serial_sequence(%s, %s)) AS key"
    )


def keyed_facts(subject: models.Model) -> tuple[str, ...]:
    """Which facts of a new subject are its key: of a request also the id its parts refer to, of
    an entity the entity."""
    keyed = ["subject_id"]
    if getattr(subject, "is_trail_root", False):
        keyed.append("support_request_id")
    if getattr(subject, "is_trail_entity", False):
        keyed.append("entity_id")
    return tuple(keyed)


def needs_key(subject: models.Model) -> bool:
    return subject.pk is None and isinstance(subject._meta.pk, models.AutoField)


def storable(value: Any) -> Any:
    """The value with a visible sign for each NUL, which PostgreSQL cannot hold: what somebody
    tried must be recorded, whatever bytes it came with."""
    if isinstance(value, str):
        return value.replace("\x00", "\u2400")
    if isinstance(value, Mapping):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
