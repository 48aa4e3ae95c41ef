"""What an act did to everything the recorder covers, seen from outside before and after.

No silent path can pass: each outcome proves by itself that every changed row has a version that
equals it, that every version has its event, and that nothing recorded before has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DatabaseError, connection

from audit import triggers
from audit.actors import Actor
from audit.triggers import EVENT_TABLE, Pair
from audit.versions import OWN_COLUMNS, Undeletable

Row = dict[str, Any]
Rows = dict[str, Row]
REFUSALS = (DatabaseError, psycopg.Error, Undeletable, AttributeError)
TYPES = {(False, True): "+", (True, True): "~", (True, False): "-"}


@dataclass(frozen=True)
class Change:
    table: str
    key: str
    before: Row | None
    after: Row | None

    @property
    def type(self) -> str:
        return TYPES[self.before is not None, self.after is not None]


@dataclass(frozen=True)
class Outcome:
    """``error`` is what the act raised; ``versions`` are (live table, version row)."""

    error: Exception | None
    changes: list[Change]
    versions: list[tuple[str, Row]]
    events: list[Row]

    def is_refused(self) -> bool:
        """Nothing was written but what tells of the refusal, and the act was told why."""
        assert self.error is not None, "nobody was told"
        assert isinstance(self.error, REFUSALS), self.error
        assert self.changes == []
        assert self.versions == []
        assert {event["outcome"] for event in self.events} <= {"denied", "failed"}
        return True

    def is_recorded(self, by: Actor) -> bool:
        """Something was written, all of it under events of this actor."""
        if self.error is not None:
            raise self.error
        assert self.changes, "nothing was written"
        assert {(event["actor_kind"], event["actor_id"]) for event in self.events} == {
            (by.kind, by.id)
        }
        assert {event["actor_label"] for event in self.events} == {by.label}
        return True

    def is_nothing(self) -> bool:
        """Nothing was written at all, and nobody need be told."""
        assert self.error is None
        return not (self.changes or self.versions or self.events)


def outcome(act: Callable[[], object]) -> Outcome:
    """Does it, and compares all live rows, versions and events before and after."""
    before = everything()
    error = None
    try:
        act()
    except Exception as raised:
        error = raised
    after = everything()
    found = Outcome(
        error=error,
        changes=[change for pair in triggers.pairs() for change in changes(pair, before, after)],
        versions=[
            (pair.live, row)
            for pair in triggers.pairs()
            for row in added(before[pair.version], after[pair.version])
        ],
        events=added(before[EVENT_TABLE], after[EVENT_TABLE]),
    )
    prove(found)
    prove_salts(after)
    return found


def everything() -> dict[str, Rows]:
    """Every row of every live table, version table and the events, as the database tells them."""
    keys = {EVENT_TABLE: "id"}
    for pair in triggers.pairs():
        keys |= {pair.live: primary_key(pair), pair.version: "history_id"}
    statement = " UNION ALL ".join(
        f"SELECT '{table}', t.{key}::text, to_jsonb(t)::text FROM public.{table} AS t"
        for table, key in keys.items()
    )
    found: dict[str, Rows] = {table: {} for table in keys}
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for table, key, row in cursor.fetchall():
            found[table][key] = json.loads(row, parse_float=str)
    return found


def primary_key(pair: Pair) -> str:
    from django.apps import apps

    return str(apps.get_model(pair.label)._meta.pk.column)


def changes(pair: Pair, before: dict[str, Rows], after: dict[str, Rows]) -> list[Change]:
    old, new = before[pair.live], after[pair.live]
    return [
        Change(pair.live, key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def added(old: Rows, new: Rows) -> list[Row]:
    """The rows that came; what was there before must stand as it stood."""
    assert {key: new.get(key) for key in old} == old, "the past was changed"
    return [new[key] for key in sorted(new.keys() - old.keys(), key=int)]


def prove(found: Outcome) -> None:
    pairs = {pair.live: pair for pair in triggers.pairs()}
    events = {event["id"]: event for event in found.events}
    last: dict[tuple[str, str], Row] = {}
    for table, version in found.versions:
        last[table, str(version[primary_key(pairs[table])])] = version
        event = events[version["event_id"]]
        request = version[pairs[table].root] if pairs[table].root else None
        assert request in (None, event["support_request_id"]), (
            "it is missing in its request's trail"
        )
        person = int(event["actor_id"]) if event["actor_kind"] == "user" else None
        assert version["history_user_id"] == person
        assert version["history_change_reason"] == event["reason"]
    assert set(last) == {(change.table, change.key) for change in found.changes}
    for change in found.changes:
        version = last[change.table, change.key]
        assert version["history_type"] == change.type
        excluded = {*OWN_COLUMNS, *pairs[change.table].excluded}
        row = change.after or change.before or {}
        expected = {name: value for name, value in row.items() if name not in excluded}
        assert {name: version[name] for name in expected} == expected


def prove_salts(rows: dict[str, Rows]) -> None:
    """32 bytes, and no two alike among all events and versions there are, new and old."""
    tables = {EVENT_TABLE, *(pair.version for pair in triggers.pairs())}
    salts = [bytes.fromhex(row["salt"][2:]) for table in tables for row in rows[table].values()]
    assert {len(salt) for salt in salts} <= {32}
    assert len(set(salts)) == len(salts), "a salt was used twice"
