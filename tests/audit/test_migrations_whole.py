"""A migration that is stopped is done or not begun: the next one goes on from there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import CreateModel, Migration
from django.db.migrations.recorder import MigrationRecorder

from audit import roles
from audit.management.commands import migrate
from audit.whole import Executor


class Stopped(BaseException):
    """As by Ctrl-C, at the worst moment."""


def stop(*args: Any) -> None:
    raise Stopped


def tables() -> set[str]:
    return set(connection.introspection.table_names())


def test_one_with_foreign_keys_leaves_no_table_behind_that_nobody_wrote_down(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables()
    migration = Migration("9999_stopped", "recorder_models")
    key = models.ForeignKey("recorder_models.Parent", models.PROTECT)
    migration.operations = [
        CreateModel("Stopped", [("id", models.BigAutoField(primary_key=True)), ("parent", key)])
    ]
    monkeypatch.setattr(MigrationRecorder, "record_applied", stop)

    with roles.as_owner("default"), suppress(Stopped):
        executor = Executor(connection)
        executor.apply_migration(executor._create_project_state(True), migration)

    assert tables() == before


def test_one_taken_back_is_taken_back_whole(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables()
    monkeypatch.setattr(MigrationRecorder, "record_unapplied", stop)

    with suppress(Stopped):
        call_command("migrate", "sessions", "zero", verbosity=0)

    assert tables() == before
    assert migrate.migrate.MigrationExecutor is Executor
