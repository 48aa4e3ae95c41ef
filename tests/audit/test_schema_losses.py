"""What no migration may declare about the trail: the event table and the version tables."""

from __future__ import annotations

import pytest
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from audit import losses
from audit.actors import command
from audit.recording import record

CUSTOMER = "historicalcustomer"
CLAIMS = "would claim a value that never was"


@pytest.fixture(scope="module")
def state() -> ProjectState:
    return MigrationLoader(None).project_state()


def found(app_label: str, operation: Operation, state: ProjectState) -> list[str]:
    return list(losses.losses(app_label, [operation], state.clone()))


@pytest.mark.parametrize(("operation", "words"), [
    (migrations.RemoveField("event", "reason"), "event.reason would be dropped"),
    (migrations.AlterField("event", "recorded_at", models.DateField()),
     "event.recorded_at would change its type"),
    (migrations.AlterField("event", "reason", models.TextField(db_column="why")),
     "event.reason would be renamed"),
    (migrations.AlterField("event", "entity_id", models.BigIntegerField()), CLAIMS),
    (migrations.RenameField("event", "reason", "why"), "event.reason would be renamed"),
    (migrations.DeleteModel("event"), "event would be dropped"),
    (migrations.RenameModel("Event", "Entry"), "Event would be renamed"),
    (migrations.AlterModelTable("event", "entry"), "event would move to another table"),
    (migrations.AddField("event", "device", models.TextField()), "event.device would be NOT NULL"),
    (migrations.AddField("event", "device", models.TextField(null=True, default="")), CLAIMS),
])  # fmt: skip
def test_the_event_table_only_grows(operation: Operation, words: str, state: ProjectState) -> None:
    [problem] = found("audit", operation, state)

    assert words in problem


@pytest.mark.parametrize("operation", [
    migrations.AddField("event", "device", models.TextField(null=True)),
    migrations.AlterField("event", "salt", models.BinaryField(null=True)),
    migrations.AddIndex("event", models.Index(fields=["session"], name="by_session")),
    migrations.AlterModelOptions("event", {"ordering": ["-id"]}),
], ids=lambda operation: operation.describe())  # fmt: skip
def test_the_event_table_may_grow(operation: Operation, state: ProjectState) -> None:
    assert found("audit", operation, state) == []


@pytest.mark.parametrize(("field", "words"), [
    (models.BooleanField(default=True), "NOT NULL and filled by a default"),
    (models.BooleanField(), "NOT NULL"),
    (models.BooleanField(null=True, default=True), "filled by a default"),
    (models.BooleanField(null=True, db_default=True), "filled by a default"),
    (models.GeneratedField(
        expression=models.F("id"), output_field=models.BigIntegerField(null=True), db_persist=True),
     "generated"),
])  # fmt: skip
def test_an_added_version_column_that_claims_a_value_is_refused(
    field: models.Field[object, object], words: str, state: ProjectState
) -> None:
    [problem] = found("requests_app", migrations.AddField(CUSTOMER, "vip", field), state)

    assert words in problem
    assert CLAIMS in problem


@pytest.mark.parametrize("field", [
    models.CharField(), models.CharField(null=True, default="0"),
    models.CharField(null=True, db_default="0"),
])  # fmt: skip
def test_an_altered_version_column_that_claims_a_value_is_refused(
    field: models.Field[object, object], state: ProjectState
) -> None:
    [problem] = found("requests_app", migrations.AlterField(CUSTOMER, "phone", field), state)

    assert CLAIMS in problem


def test_a_version_column_that_may_be_null_is_added(state: ProjectState) -> None:
    operation = migrations.AddField(CUSTOMER, "vip", models.BooleanField(null=True))

    assert found("requests_app", operation, state) == []


def test_the_event_of_a_version_may_be_added_by_a_second_migration(state: ProjectState) -> None:
    event = models.ForeignKey("audit.Event", models.DO_NOTHING, db_constraint=False)
    operation = migrations.AddField(CUSTOMER, "event", event)

    assert found("requests_app", operation, state) == []


def test_a_version_table_stays_where_the_recorder_writes(state: ProjectState) -> None:
    [problem] = found("requests_app", migrations.AlterModelTable(CUSTOMER, "elsewhere"), state)

    assert "would move to another table" in problem


def test_a_version_model_may_be_renamed_with_its_live_model(state: ProjectState) -> None:
    operation = migrations.RenameModel("HistoricalCustomer", "HistoricalClient")

    assert found("requests_app", operation, state) == []


@pytest.mark.parametrize("half", ["database_operations", "state_operations"])
def test_a_loss_inside_separate_operations_is_refused(half: str, state: ProjectState) -> None:
    inner: list[Operation] = [migrations.RemoveField(CUSTOMER, "phone")]
    nested = migrations.SeparateDatabaseAndState(**{half: inner})
    operation = migrations.SeparateDatabaseAndState(**{half: [nested]})

    [problem] = found("requests_app", operation, state)

    assert "historicalcustomer.phone would be dropped" in problem


def test_the_live_table_may_lose_what_versions_keep(state: ProjectState) -> None:
    assert found("requests_app", migrations.RemoveField("customer", "phone"), state) == []


@pytest.mark.django_db
@pytest.mark.parametrize("is_separate", [False, True])
def test_undoing_what_holds_events_is_refused(is_separate: bool, state: ProjectState) -> None:
    record("trail.checked", by=command("test"))
    add: Operation = migrations.AddField("event", "device", models.TextField(null=True))
    migration = Migration("0008_device", "audit")
    migration.operations = [migrations.SeparateDatabaseAndState([add]) if is_separate else add]

    with pytest.raises(CommandError, match="cannot be undone: audit_event holds events"):
        losses.refuse_going_back(migration, state, DEFAULT_DB_ALIAS)
