"""Folded migrations: a new database gets what the old ones made, an old one only what came after.

The names stand here a second time, for what was applied once is recorded under them for ever.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from django.test import Client

from audit import roles
from audit.creating import CreateModels
from audit.schema import InstallTriggers, refuse_stale_triggers
from config import run
from config.programs import CannotStart
from tests import factories

FOLDED = {
    "audit": [
        "0001_initial", "0002_erasures", "0003_rare_events", "0004_explorer", "0005_version_names",
    ],
    "requests_app": [
        "0001_initial", "0002_one_entity", "0003_attachments", "0004_due_dates_and_rules",
        "0005_customers", "0006_mail", "0007_queue", "0008_accounts", "0009_version_names",
    ],
    "finance": ["0001_initial", "0002_one_entity", "0003_version_names"],
}  # fmt: skip
OLD = [(app, name) for app, names in FOLDED.items() for name in names]


def only_applied(names: list[tuple[str, str]]) -> None:
    """Makes this database one whose record of our migrations is ``names``."""
    with roles.as_owner():
        recorder = MigrationRecorder(connection)
        recorder.migration_qs.filter(app__in=FOLDED).delete()
        for app, name in names:
            recorder.record_applied(app, name)


def undo_what_came_after() -> set[tuple[str, str]]:
    """Leaves the tables of the version before; returns the migrations that made the others."""
    loader = MigrationLoader(None)
    folded = {key for key in loader.replacements if key[0] in FOLDED}
    for app in FOLDED:
        newest = max(name for each, name in folded if each == app)
        call_command("migrate", app, newest, verbosity=0)
    return {key for key in loader.disk_migrations if key[0] in FOLDED} - folded


def shape() -> list[Any]:
    """Every column, constraint and trigger, whenever it was made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod)"
            " FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
            " WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped"
            " UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)"
            " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2, 3"
        )
        return cursor.fetchall()


def schema() -> list[Any]:
    """Every table and index with its number and file: another after it was made or rewritten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid, relname, pg_relation_filenode(oid) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
        )
        return cursor.fetchall()


def test_each_old_migration_is_replaced_once() -> None:
    folded = MigrationLoader(None).replacements.values()
    replaced = Counter(old for new in folded for old in new.replaces if new.app_label in FOLDED)

    assert replaced == Counter(OLD)


@pytest.mark.slow
def test_a_database_of_the_version_before_gets_what_came_after_and_keeps_its_tables(
    own_database: str,
) -> None:
    new = shape()
    after = undo_what_came_after()
    only_applied(OLD)
    tables = {row for row in schema() if row[1] in connection.introspection.table_names()}
    assert shape() != new

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    assert {(each.app_label, each.name) for each, _ in plan} == after
    call_command("migrate", verbosity=0)

    assert shape() == new
    assert len(tables) > 30
    assert tables <= set(schema())  # indexes may be built anew
    applied = set(MigrationRecorder(connection).applied_migrations())
    assert set(OLD) | after < applied
    assert {key for key in MigrationLoader(None).replacements if key[0] in FOLDED} < applied
    call_command("migrate", "--check")


@pytest.mark.parametrize("left_out", [("requests_app", "0009_version_names"), *OLD[-1:], *OLD[2:3]])
def test_one_that_stopped_earlier_is_sent_to_the_version_before(
    left_out: tuple[str, str], own_database: str, client: Client
) -> None:
    only_applied(OLD[: OLD.index(left_out)])
    before = schema()

    for arguments in (["--check"], ["--verbosity=0"]):
        with pytest.raises(CommandError, match="migrate it with the newest of those first"):
            call_command("migrate", *arguments)

    with pytest.raises(CannotStart, match="trial of an earlier version"):
        run._prepare_database()
    assert schema() == before
    assert json.loads(client.get("/readyz").content)["items"]["migrations"] != "ok"


def test_undoing_one_of_many_tables_that_holds_versions_is_refused(own_database: str) -> None:
    factories.entity()

    with pytest.raises(CommandError, match="historicalentity holds versions"):
        call_command("migrate", "requests_app", "0010", verbosity=0)


def test_tables_made_together_need_their_triggers_like_others() -> None:
    loader = MigrationLoader(None)
    desk = loader.disk_migrations["requests_app", "0011_desk"]
    desk.operations = [each for each in desk.operations if not isinstance(each, InstallTriggers)]

    with pytest.raises(CommandError, match="shapes the versioned table requests_app_approval, "):
        refuse_stale_triggers(desk, loader.project_state(("requests_app", "0010_people")))


def test_models_created_together_render_what_is_there_once() -> None:
    state = ProjectState()
    state.add_model(ModelState("shop", "Old", [("id", models.BigAutoField(primary_key=True))]))
    together = CreateModels([created("First", "shop.Second"), created("Second", "shop.Old")])
    assert state.apps.get_model("shop", "Old")

    together.state_forwards("shop", state)

    assert "apps" not in state.__dict__
    first = state.apps.get_model("shop", "First")
    assert first._meta.get_field("other").related_model is state.apps.get_model("shop", "Second")


def created(name: str, other: str) -> migrations.CreateModel:
    key = ("id", models.BigAutoField(primary_key=True))
    return migrations.CreateModel(name, [key, ("other", models.ForeignKey(other, models.CASCADE))])
