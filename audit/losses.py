"""What migrations may not do to the trail, read from their operations before anything runs.

The trail is the event table and every version table: they only grow, and what is added says
nothing about what was recorded before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import CommandError
from django.db import connections, migrations
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from audit.creating import CreateModels
from audit.versions import OWN_COLUMNS, VersionMark

EVENT = ("audit", "event")


def refuse_losses(migration: Migration, state: ProjectState) -> None:
    """Raises CommandError if a migration would lose or retype what the trail holds.

    Moves ``state``, as it was before the migration, along with it.
    """
    problems = list(losses(migration.app_label, migration.operations, state))
    if problems:
        raise CommandError(
            "The trail only grows, and this would change what it holds:\n"
            + "\n".join(f"  - {problem}" for problem in problems)
        )


def losses(app_label: str, operations: Iterable[Operation], state: ProjectState) -> Iterator[str]:
    """What each operation would take away from the trail, in words; moves state along."""
    for operation, before, _ in steps(app_label, operations, state):
        yield from loss(app_label, operation, before)


def steps(
    app_label: str, operations: Iterable[Operation], state: ProjectState
) -> Iterator[tuple[Operation, ProjectState, ProjectState]]:
    """Every operation with the state before and after it; moves state along.

    Of a SeparateDatabaseAndState both halves: what only the state forgets can be dropped unseen
    later.
    """
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from steps(app_label, operation.database_operations, state.clone())
            yield from steps(app_label, operation.state_operations, state)
        elif isinstance(operation, CreateModels):
            yield from steps(app_label, operation.models, state)
        else:
            before = state.clone()
            operation.state_forwards(app_label, state)
            yield operation, before, state


def loss(app_label: str, operation: Operation, state: ProjectState) -> Iterator[str]:
    name = model_name(operation)
    model = state.models.get((app_label, name.lower()))
    if model is None or not is_trail(model):
        return
    if isinstance(operation, migrations.DeleteModel):
        yield f"{name} would be dropped. Keep the model; only a live one may go."
    elif isinstance(operation, migrations.AlterModelTable):
        yield f"{name} would move to another table, where the recorder does not write. Leave it."
    elif is_event(model):
        yield from loss_of_event(operation, model)
    elif isinstance(operation, migrations.RemoveField):
        yield (
            f"{name}.{operation.name} would be dropped. Keep it with "
            f"Versioned(retired={{{operation.name!r}: …}}), or, if it was renamed, answer "
            "makemigrations that it was (without --noinput)."
        )
    elif isinstance(operation, migrations.AlterField):
        before = model.fields[operation.name]
        if column_type(before) != column_type(operation.field):
            yield (
                f"{name}.{operation.name} would change its type. Add a field of the new type and "
                f"keep the old one with Versioned(retired={{{operation.name!r}: …}})."
            )
    yield from claim(operation, model)


def loss_of_event(operation: Operation, model: ModelState) -> Iterator[str]:
    """Names of the event table are part of what is sealed, so they do not change either."""
    if isinstance(operation, migrations.RemoveField):
        yield f"event.{operation.name} would be dropped. Keep the column, also if nothing fills it."
    elif isinstance(operation, migrations.RenameModel):
        yield "Event would be renamed. The recorder and the seal know it by its name."
    elif isinstance(operation, migrations.RenameField):
        yield (
            f"event.{operation.old_name} would be renamed. The recorder and the seal know it by "
            "its name; change what the pages call it instead."
        )
    elif isinstance(operation, migrations.AlterField):
        before, after = model.fields[operation.name], operation.field
        if column_type(before) != column_type(after):
            yield (
                f"event.{operation.name} would change its type. Add a column of the new type and "
                "keep the old one."
            )
        if column(operation.name, before) != column(operation.name, after):
            yield f"event.{operation.name} would be renamed. Keep its db_column."


def claim(operation: Operation, model: ModelState) -> Iterator[str]:
    """A new column that would make old rows say what nobody recorded then."""
    if not isinstance(operation, migrations.AddField | migrations.AlterField):
        return
    claims = claims_of(operation.field)
    if is_version_state(model) and column(operation.name, operation.field) in OWN_COLUMNS:
        # makemigrations may add the event to a new table in a second step. Without a default
        # PostgreSQL refuses that where rows are.
        claims -= {"NOT NULL"}
    if isinstance(operation, migrations.AlterField):
        claims -= claims_of(model.fields[operation.name])
    if claims:
        yield (
            f"{model.name_lower}.{operation.name} would be {' and '.join(sorted(claims))}, so that "
            "what is recorded already would claim a value that never was. Make it null=True, "
            "without default."
        )


def claims_of(field: Any) -> set[str]:
    claims = {
        "NOT NULL": not field.null,
        "filled by a default": field.has_default() or field.has_db_default(),
        "generated": field.generated,
    }
    return set() if field.many_to_many else {words for words, does in claims.items() if does}


def refuse_going_back(migration: Migration, before: ProjectState, using: str) -> None:
    """Raises CommandError if undoing would drop columns or tables of the trail that have rows."""
    added = (migrations.AddField, migrations.CreateModel)
    for operation, _, after in steps(migration.app_label, migration.operations, before.clone()):
        model = after.models.get((migration.app_label, model_name(operation).lower()))
        if not isinstance(operation, added) or model is None or not is_trail(model):
            continue
        table = table_of(model)
        if has_rows(table, using):
            held = "events" if is_event(model) else "versions"
            raise CommandError(
                f"{migration} cannot be undone: {table} holds {held}, and undoing would drop "
                "them. Write a new migration that goes forward instead."
            )


def has_rows(table: str, using: str) -> bool:
    connection = connections[using]
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")  # noqa: S608
        return bool(cursor.fetchone()[0])


def model_name(operation: Operation) -> str:
    """The model an operation is about, by the name it has before; empty where there is none."""
    names = (getattr(operation, key, None) for key in ("model_name", "old_name", "name"))
    return str(next(filter(None, names), ""))


def is_trail(model: ModelState) -> bool:
    return is_event(model) or is_version_state(model)


def is_event(model: ModelState) -> bool:
    return (model.app_label, model.name_lower) == EVENT


def is_version_state(model: ModelState) -> bool:
    bases: tuple[Any, ...] = tuple(model.bases)
    return VersionMark in bases


def table_of(model: ModelState) -> str:
    return str(model.options.get("db_table") or f"{model.app_label}_{model.name_lower}")


def column(name: str, field: Any) -> str:
    """The column of a field that no model owns yet."""
    return str(field.db_column or (f"{name}_id" if field.is_relation else name))


def column_type(field: Any) -> str:
    """The column's type as far as the field alone can say; relations are compared by target."""
    if field.is_relation:
        return str(field.remote_field.model).lower()
    return str(field.db_type(connections["default"]))
