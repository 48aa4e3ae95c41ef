"""What migrations must do to versioned tables: triggers follow every change of shape.

What they may not do to the trail is in losses.py (as declared) and watch.py (as it happens).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.apps import AppConfig
from django.core.management.base import CommandError
from django.db import connections, migrations, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from audit import columns, triggers
from audit.losses import is_version_state, refuse_going_back, refuse_losses, steps, table_of
from audit.watch import watch

SHAPING = (
    migrations.CreateModel,
    migrations.AddField,
    migrations.AlterField,
    migrations.RenameField,
    migrations.RemoveField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


class InstallTriggers(Operation):
    """Installs or refreshes the recorder's triggers of the named tables.

    ``tables`` lists (live table, version table), with the excluded columns and the column of the
    support request's key after them where a table has those. It changes no state; backwards it does
    the same, since the triggers must fit whichever shape is there.
    """

    category = OperationCategory.SQL
    reduces_to_sql = True
    reversible = True

    def __init__(self, tables: list[tuple[Any, ...]]) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The shape of the models is not touched."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for live, version, *rest in self.tables:
            schema_editor.execute(
                "SELECT public.audit_install(%s::regclass, %s::regclass, %s::text[], %s)",
                [live, version, list(rest[0]) if rest else [], rest[1] if len(rest) > 1 else ""],
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """post_migrate repairs the triggers: here the old shape does not stand yet."""

    def describe(self) -> str:
        return f"Install the recorder's triggers of {', '.join(row[0] for row in self.tables)}"

    @property
    def migration_name_fragment(self) -> str:
        return "triggers"


class InstallRecorder(Operation):
    """Installs the recorder's functions and the guard of the event table."""

    category = OperationCategory.SQL
    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The shape of the models is not touched."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        triggers.install_functions(schema_editor.connection)
        triggers.install_events(schema_editor.connection)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """The functions stay: a trail that exists keeps what guards it."""

    def describe(self) -> str:
        return "Install the recorder"


class VersioningAutodetector(MigrationAutodetector):
    """Django's autodetector, which ends every migration that shapes a versioned table with
    InstallTriggers, and refuses to make one that loses or retypes what versions hold."""

    def changes(self, graph: Any, *args: Any, **kwargs: Any) -> dict[str, list[Migration]]:
        changes = super().changes(graph, *args, **kwargs)
        for app_label, made in changes.items():
            state = self.from_state.clone()  # one run may make several migrations of an app
            for migration in made:
                refuse_losses(migration, state)
                tables = self.shaped_tables(app_label, migration)
                if tables:
                    cast("list[Operation]", migration.operations).append(InstallTriggers(tables))
        return changes

    def shaped_tables(self, app_label: str, migration: Migration) -> list[tuple[Any, ...]]:
        names = {
            getattr(operation, "model_name", getattr(operation, "name", "")).lower()
            for operation in migration.operations
            if isinstance(operation, SHAPING)
        }
        names |= {
            operation.new_name.lower()
            for operation in migration.operations
            if isinstance(operation, migrations.RenameModel)
        }
        found = []
        for pair in triggers.pairs():
            pair_app, model_name = pair.label.lower().split(".")
            if pair_app == app_label and names & {model_name, f"historical{model_name}"}:
                row: tuple[Any, ...] = (pair.live, pair.version)
                if pair.excluded or pair.root:
                    row = (*row, list(pair.excluded), pair.root)
                found.append(row)
        return sorted(found)


def refuse_lossy_plan(
    sender: AppConfig, plan: list[tuple[Migration, bool]], using: str, **_: Any
) -> None:
    """Before migrating: refuses hand-written losses too, and going back past a filled trail; the
    rest is watched while it runs."""
    if sender.name != "audit" or not plan:
        return
    loader = MigrationExecutor(connections[using]).loader
    for migration, backwards in plan:
        state = loader.project_state((migration.app_label, migration.name), at_end=False)
        if backwards:
            refuse_going_back(migration, state, using)
        else:
            refuse_losses(migration, state.clone())
            refuse_stale_triggers(migration, state)
        watch(migration)


def refuse_stale_triggers(migration: Migration, before: ProjectState) -> None:
    """Raises CommandError if a hand-written migration leaves the triggers behind its tables.

    They would be right again after the run, but what another migration writes in between would
    get versions without the new columns, unseen.
    """
    shaped: set[str] = set()
    for operation, _, after in steps(migration.app_label, migration.operations, before.clone()):
        if isinstance(operation, InstallTriggers):
            shaped -= {live for live, *_ in operation.tables}
        elif isinstance(operation, SHAPING):
            shaped |= set(live_tables(migration.app_label, operation, after))
    if shaped:
        tables = ", ".join(sorted(shaped))
        raise CommandError(
            f"{migration} shapes the versioned table {tables} and leaves its triggers as they "
            "were. Let makemigrations write it, or end it with audit.schema.InstallTriggers."
        )


def live_tables(app_label: str, operation: Operation, state: ProjectState) -> Iterator[str]:
    """The versioned live table that an operation shaped, directly or through its version table."""
    if isinstance(operation, migrations.RenameModel):
        name = operation.new_name
    else:
        name = str(getattr(operation, "model_name", getattr(operation, "name", "")))
    live = name.lower().removeprefix("historical")
    version = state.models.get((app_label, f"historical{live}"))
    model = state.models.get((app_label, live))
    if version is not None and model is not None and is_version_state(version):
        yield table_of(model)


def refresh(sender: AppConfig, using: str, **_: Any) -> None:
    """After migrating: puts right what differs. Reversals and hand-written migrations need it.

    Runs once, after the last app; a table that is right already is not locked.
    """
    from django.apps import apps

    signalled = [config for config in apps.get_app_configs() if config.models_module is not None]
    if sender is not signalled[-1]:
        return
    from audit import checks

    connection = connections[using]
    with connection.cursor() as cursor:
        if triggers.EVENT_TABLE not in connection.introspection.table_names(cursor):
            return
    with transaction.atomic(using=using):
        if checks.trigger_problems(connection):
            triggers.install(connection)
            columns.forget()
        else:
            triggers.grant(connection)
