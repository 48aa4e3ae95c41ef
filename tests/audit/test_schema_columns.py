"""Fields come and go: a version says nothing of a column that was not recorded then."""

from __future__ import annotations

from tests.audit.shapes import HISTORY, NAME, SIZE, Project


def test_a_field_was_not_recorded_before_it_was_added(project: Project) -> None:
    project.models(NAME, SIZE, "colour = models.CharField(max_length=9, null=True)", HISTORY)
    project.migrate()
    project.write("UPDATE shapes_thing SET colour = 'blue'")
    project.write("UPDATE shapes_thing SET colour = NULL")

    assert project.changes()[1:] == [
        [["Colour", "not recorded then", "blue"]],
        [["Colour", "blue", "not set"]],
    ]


def test_a_field_added_without_a_value_is_no_change_of_a_row(project: Project) -> None:
    project.models(NAME, SIZE, "colour = models.CharField(max_length=9, null=True)", HISTORY)
    project.migrate()
    project.write("UPDATE shapes_thing SET name = 'second'")

    assert project.changes()[1:] == [[["Name", "first", "second"]]]


def test_a_renamed_field_was_recorded_all_along(project: Project) -> None:
    project.models("title = models.CharField(max_length=20)", SIZE, HISTORY)
    project.migrate(answers="y\ny\n")
    project.write("UPDATE shapes_thing SET title = 'second'")

    assert project.changes()[1:] == [[["Title", "first", "second"]]]


def test_a_retired_field_is_not_recorded_since_and_again_once_it_is_back(project: Project) -> None:
    project.models(NAME, "history = Versioned(retired={'size': models.IntegerField()})")
    project.migrate()
    project.write("UPDATE shapes_thing SET name = 'second'")
    project.models(NAME, "size = models.IntegerField(null=True)", HISTORY)
    project.migrate()
    project.write("UPDATE shapes_thing SET size = 3")

    assert project.changes()[1:] == [
        [["Name", "first", "second"], ["Size", "1", "not recorded then"]],
        [["Size", "not recorded then", "3"]],
    ]


def test_a_comment_of_the_models_own_hides_nothing(project: Project) -> None:
    project.models("name = models.CharField(max_length=20, db_comment='Name')", SIZE, HISTORY)
    assert project.migrate() == []
    project.write("UPDATE shapes_thing SET name = 'second'")

    assert project.changes()[1:] == [[["Name", "first", "second"]]]
