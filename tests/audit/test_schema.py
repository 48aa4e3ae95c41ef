"""Ordinary migrations of a versioned model leave its triggers right, or fail loudly; what versions
hold is never lost or retyped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState
from pytest_django import DjangoDbBlocker

from audit import checks
from audit.schema import InstallTriggers, VersioningAutodetector
from tests import database
from tests.audit import sessions
from tests.audit.shapes import Project, Refused
from tests.recorder_models.models import Parent

NAME = "name = models.CharField(max_length=20)"
SIZE = "size = models.IntegerField(default=0)"
HISTORY = "history = Versioned()"
NEW = "INSERT INTO shapes_thing (name, size) VALUES ('first', 1)"


@pytest.fixture(scope="module")
def shaped(
    databases: database.Databases,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """The first shape, migrated."""
    with django_db_blocker.unblock(), databases.fresh() as name:
        project = Project.new(tmp_path_factory.mktemp("shapes"), name)
        project.models(NAME, SIZE, HISTORY)
        assert project.migrate() == []
        yield project


@pytest.fixture
def project(shaped: Project, databases: database.Databases, tmp_path: Path) -> Iterator[Project]:
    """A copy of it for one test, in which one thing stands."""
    name = f"{shaped.database}_{tmp_path.parent.name}_{tmp_path.name}"[-60:].lower()
    name = f"{database.PREFIX}{name}"[:60]
    databases.create(name, template=shaped.database)
    copy = shaped.copy(tmp_path / "project", name)
    copy.write(NEW)
    yield copy
    databases.drop(name)


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


# What post_migrate puts right


@pytest.mark.parametrize("damage", [
    "DROP TRIGGER audit_write ON recorder_models_parent",
    "ALTER TABLE recorder_models_parent DISABLE TRIGGER USER",
    "DROP TRIGGER audit_guard ON audit_event",
    "GRANT ALL ON audit_event, recorder_models_historicalparent TO {app}",
    "GRANT UPDATE (reason) ON audit_event TO {app}",
    "GRANT EXECUTE ON FUNCTION audit_install TO PUBLIC",
    "ALTER FUNCTION audit_open RESET search_path",
    "CREATE OR REPLACE FUNCTION audit_stamp() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN new; END'",
    "DROP FUNCTION audit_refuse_insert CASCADE",
])  # fmt: skip
def test_migrating_again_repairs(damage: str, own_database: str) -> None:
    with sessions.open("owner") as owner:
        owner.execute(damage.replace("{app}", sessions.name_of("app")))
    assert checks.problems(connection) != []

    call_command("migrate", verbosity=0)

    assert checks.problems(connection) == []


def test_the_models_of_these_tests_have_all_their_migrations() -> None:
    call_command("makemigrations", "recorder_models", check=True, dry_run=True, verbosity=0)


def test_migrating_a_healthy_database_again_locks_no_table(own_database: str) -> None:
    """A row that somebody is just changing does not hold up a start that migrates."""
    with sessions.open("app") as busy:
        busy.execute("SELECT audit_open('x.y', 'busy')")
        busy.execute("INSERT INTO recorder_models_parent (name, note, count) VALUES ('a', '', 0)")

        call_command("migrate", verbosity=0)

        busy.commit()
    assert Parent.objects.count() == 1


def test_an_app_whose_first_models_need_two_migrations_is_detected_whole() -> None:
    """Made together with the app they point to, foreign keys come in a second migration."""
    together = MigrationQuestioner(specified_apps={"audit", "requests_app", "finance"})
    only_audit = MigrationLoader(None).project_state(("audit", "0001_initial"))
    autodetector = VersioningAutodetector(only_audit, ProjectState.from_apps(apps), together)
    changes = autodetector.changes(MigrationGraph())
    made = changes["finance"]
    assert len(made) > 1
    assert all(isinstance(migration.operations[-1], InstallTriggers) for migration in made)
