"""Reads a page of a trail: events with what each changed, names as they were at the time.

The number of queries does not grow with the trail: one for the events, at most two per versioned
model that they touched, one per kind of name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connections, models
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from audit import kinds, sentences, specs
from audit.diffs import Change, FieldSpec, Work, changes, field_count
from audit.kinds import Kind
from audit.models import Event
from audit.versions import key_of, version_model

PAGE = 50
COUNTED = 10_000

Row = dict[str, Any]
Key = tuple[str, str, datetime]  # (model label, id, moment): whose name, as of when


@dataclass(frozen=True)
class RowChange:
    """One row that an event changed: two versions of it, and the difference in between."""

    model: str
    model_label: str
    row_id: str
    type: str
    version_id: int
    previous_id: int | None
    changed_at: datetime
    tracked: int
    changes: list[Change]

    @property
    def verb(self) -> str:
        return {"+": "created", "~": "changed", "-": "deleted"}[self.type]


@dataclass(frozen=True)
class Entry:
    event: Event
    kind: Kind
    rows: list[RowChange] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        return sentences.remarks(self.event.detail)

    @property
    def is_passive(self) -> bool:
        return self.kind.is_passive and not self.event.reason and self.event.outcome == "done"


@dataclass(frozen=True)
class Page:
    """Entries in the order asked for; newer and older are cursors, None at the end."""

    entries: list[Entry]
    newer: int | None
    older: int | None


def page(
    events: QuerySet[Event],
    *,
    size: int = PAGE,
    before: int | None = None,
    after: int | None = None,
    newest_first: bool = True,
) -> Page:
    """One page of these events: those below ``before``, those above ``after``, or the first."""
    upwards = after is not None or (before is None and not newest_first)
    if before is not None:
        events = events.filter(id__lt=before)
    if after is not None:
        events = events.filter(id__gt=after)
    ordered = events.order_by("id" if upwards else "-id")
    found = list(ordered.annotate(touched=touched_models())[: size + 1])
    more, found = len(found) > size, found[:size]
    found.sort(key=lambda event: event.pk, reverse=newest_first)
    ids = [event.pk for event in found]
    has_newer = more if upwards else before is not None
    has_older = (after is not None) if upwards else more
    return Page(
        entries=entries_of(found),
        newer=max(ids) if ids and has_newer else None,
        older=min(ids) if ids and has_older else None,
    )


def count(events: QuerySet[Any]) -> int:
    """How many rows, counted no further than one past COUNTED."""
    return events.order_by()[: COUNTED + 1].count()


def entry_of(event_id: int, events: QuerySet[Event]) -> Entry:
    """One event of these with its changes; raises Event.DoesNotExist."""
    return entries_of([events.annotate(touched=touched_models()).get(pk=event_id)])[0]


def touched_models() -> RawSQL:
    return RawSQL(touched_sql(), [])  # noqa: S611 - table names of our own models, quoted


@cache
def touched_sql() -> str:
    """Which versioned models have versions under an event, found in the event's own query.

    It saves a query per model that was not touched: one index probe each instead. Not EXISTS: the
    planner would answer that from a hash of the whole version table.
    """
    quote = connections["default"].ops.quote_name
    labels = [
        f"(SELECT '{label}' FROM {quote(version_model(model)._meta.db_table)} v "  # noqa: S608
        "WHERE v.event_id = audit_event.id LIMIT 1)"
        for label, model in specs.versioned_models().items()
    ]
    return f"array_remove(ARRAY[{', '.join(labels)}], NULL)"


def entries_of(events: Sequence[Any]) -> list[Entry]:
    """Entries with their changes, in the order given. Events carry ``touched``."""
    by_model = defaultdict(list)
    for event in events:
        for label in event.touched:
            by_model[label].append(event.pk)
    pairs = [pair for label, ids in by_model.items() for pair in pairs_of(label, ids)]
    rows = defaultdict(list)
    for row_change, event_id in described(pairs):
        rows[event_id].append(row_change)
    return [Entry(event, kinds.describe(event.kind), rows[event.pk]) for event in events]


@dataclass(frozen=True)
class Pair:
    """A version and the one before it, as plain rows."""

    model: type[models.Model]
    version: Row
    previous: Row | None

    @property
    def before(self) -> Row | None:
        return self.previous

    @property
    def after(self) -> Row | None:
        return None if self.version["history_type"] == "-" else self.version


def pairs_of(label: str, event_ids: Sequence[int]) -> list[Pair]:
    """The versions written under these events, each with its predecessor: at most two queries."""
    model = specs.versioned_models()[label]
    manager, key = version_model(model).objects, key_of(model)
    older = manager.filter(**{key: OuterRef(key)}, history_id__lt=OuterRef("history_id"))
    newest_older = older.order_by("-history_id").values("history_id")[:1]
    rows = list(
        manager.filter(event_id__in=event_ids)
        .order_by("history_id")
        .annotate(previous_id=Subquery(newest_older))
        .values()
    )
    known = {row["history_id"]: row for row in rows}
    missing = {row["previous_id"] for row in rows} - set(known) - {None}
    if missing:
        known |= {row["history_id"]: row for row in manager.filter(pk__in=missing).values()}
    return [Pair(model, row, known.get(row["previous_id"])) for row in rows]


def described(pairs: Iterable[Pair], *, all_fields: bool = False) -> list[tuple[RowChange, int]]:
    """Row changes with the ids of their events. All share one budget for comparing texts."""
    named = [(pair, references_of(pair, all_fields=all_fields)) for pair in pairs]
    names = names_at(key for _, keys in named for key in keys)
    work = Work()
    return [
        (
            row_change(
                pair,
                {(label, row_id): names.get((label, row_id, at), "") for label, row_id, at in keys},
                work,
                all_fields=all_fields,
            ),
            pair.version["event_id"],
        )
        for pair, keys in named
    ]


def row_change(
    pair: Pair, own_names: dict[tuple[str, str], str], work: Work, *, all_fields: bool = False
) -> RowChange:
    version, fields = pair.version, specs.of_model(pair.model)
    return RowChange(
        model=pair.model._meta.label_lower,
        model_label=str(pair.model._meta.verbose_name),
        row_id=str(version[key_of(pair.model)]),
        type=version["history_type"],
        version_id=version["history_id"],
        previous_id=pair.previous["history_id"] if pair.previous else None,
        changed_at=version["history_date"],
        tracked=field_count(pair.before, pair.after, fields),
        changes=changes(
            pair.before, pair.after, fields, own_names, work=work, all_fields=all_fields
        ),
    )


@cache
def reference_specs(model: type[models.Model]) -> tuple[FieldSpec, ...]:
    return tuple(spec for spec in specs.of_model(model) if spec.kind == "reference")


def references_of(pair: Pair, *, all_fields: bool = False) -> list[Key]:
    """The names a difference shows: of both values, as they were at the newer version's time."""
    moment, found = pair.version["history_date"], []
    for spec in reference_specs(pair.model):
        values = {row.get(spec.name) if row else None for row in (pair.before, pair.after)}
        if len(values) > 1 or all_fields:
            found += [(spec.reference, str(value), moment) for value in values - {None}]
    return found


def names_at(keys: Iterable[Key]) -> dict[Key, str]:
    """Names of rows as they were at given moments; one query per model."""
    by_model: dict[str, set[Key]] = defaultdict(set)
    for key in keys:
        by_model[key[0]].add(key)
    names: dict[Key, str] = {}
    for label, wanted in by_model.items():
        model = specs.versioned_models().get(label)
        if model is not None:
            names |= names_of_model(model, sorted(wanted))
    return names


# Each version comes once, with the places of all who asked for it: most ask for the same few.
AT_MOMENTS = """
    WITH found AS (
        SELECT wanted.place, (
            SELECT history_id FROM {table}
            WHERE {key} = wanted.id::{type} AND history_date <= wanted.moment
            ORDER BY history_date DESC, history_id DESC LIMIT 1
        ) AS history_id
        FROM unnest(%s::text[], %s::timestamptz[]) WITH ORDINALITY AS wanted (id, moment, place)
    )
    SELECT array_agg(found.place), {columns}
    FROM found JOIN {table} USING (history_id) GROUP BY {table}.history_id
"""


@cache
def at_moments(model: type[models.Model]) -> tuple[str, tuple[str, ...]]:
    """The statement for names of this model, and the attributes its columns are for."""
    connection: Any = connections["default"]
    quote, key = connection.ops.quote_name, model._meta.pk
    live = {field.attname for field in model._meta.concrete_fields}
    copied = [spec for spec in specs.copied_fields(model) if spec.attname in live]
    table = quote(version_model(model)._meta.db_table)
    statement = AT_MOMENTS.format(
        table=table,
        key=quote(key.column),
        type=key.rel_db_type(connection),
        columns=", ".join(f"{table}.{quote(spec.column)}" for spec in copied),
    )
    return statement, tuple(spec.attname for spec in copied)


def names_of_model(model: type[models.Model], keys: Sequence[Key]) -> dict[Key, str]:
    """Each row's name from its version at the moment, made by the model's own ``__str__``."""
    statement, attributes = at_moments(model)
    found: dict[Key, str] = {}
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, [[key[1] for key in keys], [key[2] for key in keys]])
        for places, *values in cursor.fetchall():
            name = str(model(**dict(zip(attributes, values, strict=True))))
            found |= {keys[place - 1]: name for place in places}
    return found


def compare(
    model: type[models.Model],
    row_id: object,
    newer_id: int,
    older_id: int | None,
    *,
    all_fields: bool = False,
) -> RowChange:
    """Any two versions of one row; older None compares with nothing. Raises DoesNotExist."""
    manager = version_model(model).objects.filter(**{key_of(model): row_id})
    rows = {row["history_id"]: row for row in manager.filter(pk__in=[newer_id, older_id]).values()}
    if newer_id not in rows or (older_id is not None and older_id not in rows):
        raise version_model(model).DoesNotExist(f"no such version of {model._meta.verbose_name}")
    older = rows[older_id] if older_id is not None else None
    [(compared, _)] = described([Pair(model, rows[newer_id], older)], all_fields=all_fields)
    return compared
