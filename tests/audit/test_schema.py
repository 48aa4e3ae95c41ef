"""Ordinary migrations of a versioned model leave its triggers right, or fail loudly; what versions
hold is never lost or retyped."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from audit.schema import InstallTriggers, VersioningAutodetector
from tests import database
from tests.audit.shapes import HISTORY, NAME, NEW, SIZE, Project, Refused


def only_new(project: Project) -> str:
    [name] = sorted(project.migrations())[1:]
    return project.migrations()[name]


# Shapes that change


def test_an_added_field_is_recorded_from_then_on(project: Project) -> None:
    project.models(NAME, SIZE, "colour = models.CharField(max_length=9, default='red')", HISTORY)

    assert project.migrate() == []
    project.write("UPDATE shapes_thing SET colour = 'blue'")

    assert "InstallTriggers" in only_new(project)
    assert [version["colour"] for version in project.versions()] == [None, "blue"]


def test_a_renamed_field_keeps_what_it_held_under_its_new_name(project: Project) -> None:
    project.models("title = models.CharField(max_length=20)", SIZE, HISTORY)

    assert project.migrate(answers="y\ny\n") == []
    project.write("UPDATE shapes_thing SET title = 'second'")

    assert "InstallTriggers" in only_new(project)
    assert [version["title"] for version in project.versions()] == ["first", "second"]


def test_a_rename_that_nobody_confirms_is_refused(project: Project) -> None:
    project.models("title = models.CharField(max_length=20, default='')", SIZE, HISTORY)

    with pytest.raises(Refused) as refused:
        project.run(["makemigrations", "shapes", "--noinput"])

    assert "historicalthing.name would be dropped" in str(refused.value)
    assert "without --noinput" in str(refused.value)
    assert list(project.migrations()) == ["0001_initial"]


def test_a_wider_field_is_recorded_whole(project: Project) -> None:
    project.models("name = models.CharField(max_length=200)", SIZE, HISTORY)

    assert project.migrate() == []
    project.write(f"UPDATE shapes_thing SET name = '{'x' * 150}'")

    assert "InstallTriggers" in only_new(project)
    assert project.versions()[-1]["name"] == "x" * 150


def test_another_type_is_refused_with_what_to_do(project: Project) -> None:
    project.models(NAME, "size = models.DecimalField(max_digits=5, decimal_places=2)", HISTORY)

    with pytest.raises(Refused) as refused:
        project.migrate()

    assert "historicalthing.size would change its type" in str(refused.value)
    assert "Versioned(retired={'size': …})" in str(refused.value)
    assert list(project.migrations()) == ["0001_initial"]


def test_a_dropped_field_is_refused_with_what_to_do(project: Project) -> None:
    project.models(NAME, HISTORY)

    with pytest.raises(Refused) as refused:
        project.migrate()

    assert "historicalthing.size would be dropped" in str(refused.value)
    assert "Versioned(retired={'size': …})" in str(refused.value)


def test_a_retired_field_leaves_the_rows_and_stays_in_the_versions(project: Project) -> None:
    project.models(NAME, "history = Versioned(retired={'size': models.IntegerField()})")

    assert project.migrate() == []
    project.write("UPDATE shapes_thing SET name = 'second'")

    assert "InstallTriggers" in only_new(project)
    assert [(v["name"], v["size"]) for v in project.versions()] == [("first", 1), ("second", None)]


def test_a_dropped_model_is_refused(project: Project) -> None:
    (project.folder / "shapes/models.py").write_text("")

    with pytest.raises(Refused) as refused:
        project.migrate()

    assert "HistoricalThing would be dropped" in str(refused.value)


def test_an_option_that_shapes_nothing_installs_nothing(project: Project) -> None:
    project.models(NAME, SIZE, HISTORY, "class Meta:", "    ordering = ['name']")

    assert project.migrate() == []

    assert "InstallTriggers" not in only_new(project)


def test_a_second_makemigrations_finds_nothing_to_do(project: Project) -> None:
    project.run(["makemigrations", "shapes", "--check"])

    assert list(project.migrations()) == ["0001_initial"]


# Migrations written by hand

ADD_TO_BOTH = "".join(
    f"migrations.AddField('{model}', 'extra', models.IntegerField(null=True)),"
    for model in ("thing", "historicalthing")
)
INSTALL = "audit.schema.InstallTriggers([('shapes_thing', 'shapes_historicalthing')])"


def test_a_migration_that_leaves_the_triggers_behind_is_refused(project: Project) -> None:
    project.migration("0002_by_hand", ADD_TO_BOTH)

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "--verbosity=0"])

    assert "shapes the versioned table shapes_thing" in str(refused.value)
    assert "end it with audit.schema.InstallTriggers" in str(refused.value)


def test_a_migration_by_hand_that_installs_the_triggers_may_write_right_after(
    project: Project,
) -> None:
    write = (
        "migrations.RunSQL(\"SELECT audit_open('shape.written', 'release');"
        ' UPDATE shapes_thing SET extra = 7")'
    )
    project.migration("0002_by_hand", f"{ADD_TO_BOTH} {INSTALL}")
    project.migration("0003_data", write)

    assert project.run(["migrate", "--verbosity=0"]) == []

    assert [version["extra"] for version in project.versions()] == [None, 7]


def test_a_column_that_only_the_rows_have_is_refused(project: Project) -> None:
    add = "migrations.AddField('thing', 'extra', models.IntegerField(null=True)),"
    project.migration("0002_by_hand", f"{add} {INSTALL}")

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "--verbosity=0"])

    assert "lacks column(s) extra of public.shapes_thing" in str(refused.value)


@pytest.mark.parametrize(("operation", "words"), [
    ("migrations.RemoveField('historicalthing', 'size')", "historicalthing.size would be dropped"),
    ("migrations.AlterField('historicalthing', 'size', models.SmallIntegerField(null=True))",
     "historicalthing.size would change its type"),
    ("migrations.DeleteModel('HistoricalThing')", "HistoricalThing would be dropped"),
])  # fmt: skip
def test_a_loss_written_by_hand_is_refused(operation: str, words: str, project: Project) -> None:
    project.migration("0002_by_hand", operation)

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "--verbosity=0"])

    assert words in str(refused.value)
    assert [version["size"] for version in project.versions()] == [1]


def test_triggers_left_behind_inside_separate_operations_are_refused(project: Project) -> None:
    separate = f"migrations.SeparateDatabaseAndState([{ADD_TO_BOTH}], [{ADD_TO_BOTH}])"
    project.migration("0002_by_hand", separate)

    with pytest.raises(Refused, match="shapes the versioned table shapes_thing"):
        project.run(["migrate", "--verbosity=0"])


def test_a_renamed_model_is_recorded_under_its_new_name(project: Project) -> None:
    renames = (
        "migrations.RenameModel('Thing', 'Item'),"
        "migrations.RenameModel('HistoricalThing', 'HistoricalItem'),"
        "audit.schema.InstallTriggers([('shapes_item', 'shapes_historicalitem')])"
    )
    project.models(NAME, SIZE, HISTORY, named="Item")
    project.migration("0002_renamed", renames)

    assert project.run(["migrate", "--verbosity=0"]) == []
    project.write("UPDATE shapes_item SET size = 2")

    assert [version["size"] for version in project.versions("item")] == [1, 2]


# What SQL and Python do to the trail

VERSIONS = "shapes_historicalthing"


@pytest.mark.parametrize(("statement", "words"), [
    (f"ALTER TABLE {VERSIONS} DROP COLUMN size", f"the column {VERSIONS}.size is gone"),
    (f"ALTER TABLE {VERSIONS} ALTER size TYPE smallint",
     f"the column {VERSIONS}.size changed its type from integer to smallint"),
    (f"ALTER TABLE {VERSIONS} ALTER size TYPE integer USING 7",
     f"the rows of {VERSIONS} were rewritten"),
    (f"ALTER TABLE {VERSIONS} RENAME size TO girth",
     f"the column {VERSIONS}.size is called girth now"),
    (f"ALTER TABLE {VERSIONS} ADD vip boolean DEFAULT true", f"{VERSIONS}.vip was added"),
    (f"COMMENT ON COLUMN {VERSIONS}.size IS 'recorded in versions 9-'",
     f"the note on {VERSIONS}.size was 'recorded in versions 1-'"),
    (f"DROP TABLE {VERSIONS}", f"the table {VERSIONS} is gone"),
    ("ALTER TABLE audit_event DROP COLUMN reason", "the column audit_event.reason is gone"),
    ("ALTER TABLE audit_event ALTER recorded_at TYPE date",
     "the column audit_event.recorded_at changed its type from timestamp with time zone to date"),
    ("ALTER TABLE audit_event RENAME reason TO spare;"
     " ALTER TABLE audit_event RENAME address TO reason",
     "the column audit_event.reason is called spare now"),
    ("DROP TABLE audit_event CASCADE", "the table audit_event is gone"),
])  # fmt: skip
def test_sql_that_changes_the_trail_is_rolled_back(
    statement: str, words: str, project: Project
) -> None:
    before = project.events(), project.versions()
    project.migration("0002_by_hand", f"migrations.RunSQL({statement!r})")

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "--verbosity=0"])

    assert words in str(refused.value)
    assert "0002_by_hand changed what the trail holds, and was rolled back" in str(refused.value)
    assert (project.events(), project.versions()) == before


def test_python_that_changes_the_trail_is_rolled_back(project: Project) -> None:
    statement = f"ALTER TABLE {VERSIONS} DROP COLUMN size"
    project.migration(
        "0002_by_hand", f"migrations.RunPython(lambda apps, editor: editor.execute({statement!r}))"
    )

    with pytest.raises(Refused, match=f"the column {VERSIONS}.size is gone"):
        project.run(["migrate", "--verbosity=0"])

    assert [version["size"] for version in project.versions()] == [1]


def test_undoing_with_sql_that_changes_the_trail_is_rolled_back(project: Project) -> None:
    undo = f"ALTER TABLE {VERSIONS} DROP COLUMN size"
    project.migration("0002_by_hand", f"migrations.RunSQL('SELECT 1', {undo!r})")
    project.run(["migrate", "--verbosity=0"])

    with pytest.raises(Refused, match="was rolled back"):
        project.run(["migrate", "shapes", "0001", "--verbosity=0"])

    assert [version["size"] for version in project.versions()] == [1]


def test_a_change_of_the_trail_that_is_committed_is_said_and_recorded(project: Project) -> None:
    statement = f"ALTER TABLE {VERSIONS} DROP COLUMN size"
    project.migration("0002_by_hand", f"migrations.RunSQL({statement!r})", atomic=False)

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "--verbosity=0"])

    event = project.events()[-1]
    assert "has changed the trail, and that is committed" in str(refused.value)
    assert f"It is recorded as event {event['id']}" in str(refused.value)
    assert (event["kind"], event["reason"]) == ("trail.changed", "migration shapes.0002_by_hand")
    assert event["detail"]["differences"] == [f"the column {VERSIONS}.size is gone"]


@pytest.mark.parametrize(("statement", "atomic"), [
    ("ALTER TABLE audit_event DROP COLUMN reason", False),
    ("ALTER TABLE audit_event DROP COLUMN reason; COMMIT", True),
])  # fmt: skip
def test_a_committed_change_that_cannot_be_recorded_is_said(
    statement: str, atomic: bool, project: Project
) -> None:
    project.migration("0002_by_hand", f"migrations.RunSQL({statement!r})", atomic=atomic)

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "--verbosity=0"])

    assert "the column audit_event.reason is gone" in str(refused.value)
    assert "that is committed" in str(refused.value)
    assert "It could not be recorded" in str(refused.value)


def test_a_change_of_the_trail_by_a_migration_that_then_fails_is_said_and_recorded(
    project: Project,
) -> None:
    change, failure = "ALTER TABLE shapes_historicalthing DROP COLUMN size", "SELECT 1 / 0"
    project.migration(
        "0002_by_hand",
        f"migrations.RunSQL({change!r}), migrations.RunSQL({failure!r})",
        atomic=False,
    )

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "--verbosity=0"])

    assert "the column shapes_historicalthing.size is gone" in str(refused.value)
    assert "It failed on its way: division by zero" in str(refused.value)
    assert project.events()[-1]["kind"] == "trail.changed"


# Going back


def test_going_back_past_versions_is_refused(project: Project) -> None:
    project.models(NAME, SIZE, "colour = models.CharField(max_length=9, default='red')", HISTORY)
    project.migrate()

    with pytest.raises(Refused) as refused:
        project.run(["migrate", "shapes", "0001", "--verbosity=0"])

    assert "cannot be undone: shapes_historicalthing holds versions" in str(refused.value)


def test_going_back_over_what_versions_do_not_lose_leaves_the_triggers_right(
    project: Project,
) -> None:
    project.models("name = models.CharField(max_length=200)", SIZE, HISTORY)
    project.migrate()

    assert project.run(["migrate", "shapes", "0001", "--verbosity=0"]) == []
    project.write("UPDATE shapes_thing SET name = 'second'")

    assert [version["name"] for version in project.versions()] == ["first", "second"]


def test_going_back_where_nothing_was_versioned_yet_leaves_the_triggers_right(
    shaped: Project, databases: database.Databases, tmp_path: Path
) -> None:
    name = f"{shaped.database}_empty"
    databases.create(name, template=shaped.database)
    project = shaped.copy(tmp_path / "project", name)
    project.models(NAME, SIZE, "colour = models.CharField(max_length=9, default='red')", HISTORY)
    project.migrate()

    assert project.run(["migrate", "shapes", "0001", "--verbosity=0"]) == []
    project.write(NEW)

    assert [version["name"] for version in project.versions()] == ["first"]
    databases.drop(name)


# What makemigrations makes


def test_the_models_of_these_tests_have_all_their_migrations() -> None:
    call_command("makemigrations", "recorder_models", check=True, dry_run=True, verbosity=0)


def test_an_app_whose_first_models_need_two_migrations_is_detected_whole() -> None:
    """Apps that point to each other, made together: foreign keys come in a second migration."""
    together = MigrationQuestioner(specified_apps={"audit", "requests_app", "finance"})
    autodetector = VersioningAutodetector(ProjectState(), ProjectState.from_apps(apps), together)
    changes = autodetector.changes(MigrationGraph())
    made = changes["audit"]
    assert len(made) > 1
    assert all(isinstance(migration.operations[-1], InstallTriggers) for migration in made)
