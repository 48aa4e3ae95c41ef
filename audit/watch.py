"""Watches the trail's tables while a migration runs: SQL and Python say nothing of what they do.

The comparison runs inside the migration's own transaction, so a refusal takes the change back. A
migration that is not atomic has committed it by then: that is said, and recorded, also where it
failed on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from audit import actors, losses, recording, triggers

COLUMNS = """
SELECT c.oid, c.relname, pg_relation_filenode(c.oid), a.attnum, a.attname,
       format_type(a.atttypid, a.atttypmod), a.attnotnull OR a.atthasdef OR a.atthasmissing,
       coalesce(col_description(c.oid, a.attnum), '')
  FROM pg_class AS c
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND {which}
"""


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    claims: bool
    note: str  # in which versions it was recorded; goes on, never back


@dataclass
class Table:
    """``file`` is another number after its rows were rewritten, with whatever values."""

    name: str
    file: int | None
    columns: dict[int, Column]
    has_rows: bool = False


class Moment(Operation):
    """Runs one function forwards and one backwards. Added to a plan, never written to a file."""

    category = OperationCategory.PYTHON
    reduces_to_sql = False
    reversible = True

    def __init__(self, forwards: Callable[..., None], backwards: Callable[..., None]) -> None:
        self.forwards, self.backwards = forwards, backwards

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The shape of the models is not touched."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self.forwards(schema_editor.connection, to_state, backwards=False)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self.backwards(schema_editor.connection, to_state, backwards=True)

    def describe(self) -> str:
        return "Watch the trail"


def watch(migration: Migration) -> None:
    """Puts the watch around a migration that is about to run, in either direction."""
    watching = Watch(migration)
    operations = cast("list[Operation]", migration.operations)
    operations.insert(0, Moment(watching.begin, watching.end))
    operations.append(Moment(watching.end, watching.begin))


_running: dict[str, Watch] = {}  # by database: the one whose migration has begun and not ended


def after_failure(connection: BaseDatabaseWrapper, failure: BaseException) -> None:
    """Raises CommandError if the migration that failed has changed the trail all the same."""
    failed = _running.pop(connection.alias, None)
    if failed is None or connection.in_atomic_block:
        return
    try:
        found = failed.differences_now(connection, failed.goal())
    except DatabaseError:
        return  # nobody answers: what failed says more
    if found:
        why = str(failure) or type(failure).__name__
        told = f"{failed.committed(connection, found)}\nIt failed on its way: {why}"
        raise CommandError(told) from failure


class Watch:
    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        self.start = ProjectState()
        self.backwards = False
        self.tables: dict[int, Table] = {}
        self.transaction = ""

    def begin(
        self, connection: BaseDatabaseWrapper, state: ProjectState, *, backwards: bool
    ) -> None:
        names = {triggers.EVENT_TABLE, *(pair.version for pair in triggers.pairs())}
        names |= {losses.table_of(model) for model in trail_models(state)}
        tables = read(connection, "c.relname = ANY(%s)", sorted(names))
        for oid in filled(connection, tables):
            tables[oid].has_rows = True
        if backwards:  # an empty table may go with the migration that made it
            tables = {oid: table for oid, table in tables.items() if table.has_rows}
        self.tables, self.transaction = tables, transaction_id(connection)
        self.start, self.backwards = without_classes(state), backwards
        _running[connection.alias] = self

    def goal(self) -> ProjectState:
        """The state that the migration would have reached."""
        return self.start if self.backwards else self.migration.mutate_state(self.start)

    def end(self, connection: BaseDatabaseWrapper, state: ProjectState, *, backwards: bool) -> None:
        """Raises CommandError if the trail is not what it was; ``state`` is the one reached."""
        found = self.differences_now(connection, state)
        _running.pop(connection.alias, None)
        if not found:
            return
        if transaction_id(connection) == self.transaction:
            raise CommandError(
                f"{self.migration} changed what the trail holds, and was rolled back:\n"
                f"{listed(found)}\n"
                "Nothing is changed. Leave the tables of the trail out of its SQL and Python."
            )
        raise CommandError(self.committed(connection, found))

    def differences_now(self, connection: BaseDatabaseWrapper, state: ProjectState) -> list[str]:
        now = read(connection, "c.oid = ANY(%s::oid[])", list(self.tables))
        return list(differences(self.tables, now, declared_columns(state)))

    def committed(self, connection: BaseDatabaseWrapper, found: list[str]) -> str:
        return (
            f"{self.migration} has changed the trail, and that is committed, since it is not one "
            f"transaction:\n{listed(found)}\n{self.recorded(connection, found)} Compare with the "
            "last backup and tell whoever keeps the checkpoints."
        )

    def recorded(self, connection: BaseDatabaseWrapper, found: list[str]) -> str:
        if connection.in_atomic_block:  # a COMMIT of its own: what is written now is rolled back
            return "It could not be recorded: the migration ended its own transaction."
        try:
            opened = recording.record(
                "trail.changed",
                by=actors.command("migrate"),
                reason=f"migration {self.migration}",
                detail={"differences": found},
                using=connection.alias,
            )
        except DatabaseError as error:
            return f"It could not be recorded: {str(error).splitlines()[0]}."
        return f"It is recorded as event {opened}."


def listed(found: list[str]) -> str:
    return "\n".join(f"  - {difference}" for difference in found)


def without_classes(state: ProjectState) -> ProjectState:
    """A copy that does not render its models again at each step, which takes half of a migration's
    time."""
    models = {key: model.clone() for key, model in state.models.items()}
    return ProjectState(models=models, real_apps=state.real_apps)


def transaction_id(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return str(cursor.fetchone()[0])


def read(connection: BaseDatabaseWrapper, which: str, these: list[Any]) -> dict[int, Table]:
    """The tables with their columns as the database has them, by oid: names may change."""
    tables: dict[int, Table] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS.format(which=which), [these])
        for oid, name, file, number, *column in cursor.fetchall():
            tables.setdefault(oid, Table(name, file, {})).columns[number] = Column(*column)
    return tables


def filled(connection: BaseDatabaseWrapper, tables: dict[int, Table]) -> list[int]:
    """Which of the tables have rows, in one statement: this is asked around every migration."""
    each = [
        f"SELECT {oid} WHERE EXISTS (SELECT FROM public.{connection.ops.quote_name(table.name)})"  # noqa: S608
        for oid, table in tables.items()
    ]
    if not each:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return [row[0] for row in cursor.fetchall()]


def differences(
    before: dict[int, Table], after: dict[int, Table], declared: dict[str, set[str]]
) -> Iterator[str]:
    for oid, table in sorted(before.items(), key=lambda item: item[1].name):
        now = after.get(oid)
        if now is None:
            yield f"the table {table.name} is gone"
            continue
        if now.file != table.file:
            yield f"the rows of {table.name} were rewritten"
        for number, old in table.columns.items():
            yield from column_differences(
                table.name, old, now.columns.get(number), declared.get(now.name, set())
            )
        for number in now.columns.keys() - table.columns.keys():
            if table.has_rows and now.columns[number].claims:
                yield (
                    f"{now.name}.{now.columns[number].name} was added as NOT NULL or with a "
                    "default: what is recorded already would claim a value that never was"
                )


def column_differences(
    table: str, old: Column, new: Column | None, declared: set[str]
) -> Iterator[str]:
    if new is None:
        yield f"the column {table}.{old.name} is gone"
        return
    if new.type != old.type:
        yield f"the column {table}.{old.name} changed its type from {old.type} to {new.type}"
    if not new.note.startswith(old.note):
        yield f"the note on {table}.{old.name} was {old.note!r} and is {new.note!r}"
    if new.name != old.name and (new.name not in declared or old.name in declared):
        yield f"the column {table}.{old.name} is called {new.name} now, which no model says"


def trail_models(state: ProjectState) -> list[Any]:
    return [model for model in state.models.values() if losses.is_trail(model)]


def declared_columns(state: ProjectState) -> dict[str, set[str]]:
    return {
        losses.table_of(model): {losses.column(name, field) for name, field in model.fields.items()}
        for model in trail_models(state)
    }
