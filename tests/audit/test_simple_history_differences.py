"""Where we differ from django-simple-history on purpose; docs/simple-history.md lists it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, models, transaction
from simple_history import signals

from audit import roles
from audit.actors import Actor
from audit.recording import recording
from requests_app.models import User
from tests.audit.stories import MAKERS, TEXTS, Story, by_library, hearing, library, told


@pytest.fixture(params=MAKERS, ids=lambda model: model.__name__)
def story(request: pytest.FixtureRequest, ana: Actor, ben: Actor) -> Story:
    return told(request.param, ana, ben)


def test_a_save_that_changes_nothing_writes_and_announces_nothing(story: Story) -> None:
    with (
        hearing(signals.post_create_historical_record, story.model) as heard,
        recording("parent.changed", by=story.ana),
    ):
        story.row.save()

    assert story.row.history.count() == 3
    assert heard == []


def test_versions_of_one_moment_stay_apart(story: Story) -> None:
    second, third = story.versions[1:]
    with tied(story, second, third):
        second.refresh_from_db()
        third.refresh_from_db()
        mine = story.model.history.filter(id=story.row.pk)
        theirs = library(story).filter(id=story.row.pk)

        assert third.prev_record == second
        assert second.next_record == third
        assert by_library(story, "prev_record").fget(third) == story.versions[0]
        assert list(mine.latest_of_each()) == [third]
        assert len(theirs.latest_of_each()) == 2
        now = third.history_date
        assert [row.pk for row in story.model.history.as_of(now).filter(pk=story.row.pk)] == [
            story.row.pk
        ]
        assert getattr(story.row.history.as_of(now), TEXTS[story.model]) == "Third"


@contextmanager
def tied(story: Story, *versions: Any) -> Iterator[None]:
    """Gives versions one moment, as the owner with the guard away, and takes all of it back."""
    table = story.model.history.model._meta.db_table
    with roles.as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            for guard in ("audit_guard", "audit_keep"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
            cursor.execute(
                f"UPDATE {table} SET history_date = %s WHERE history_id = ANY (%s)",
                [versions[0].history_date, [version.pk for version in versions]],
            )
        yield
        transaction.set_rollback(True)


def test_the_moment_is_the_databases(story: Story) -> None:
    story.row._history_date = datetime(2001, 1, 1, tzinfo=UTC)
    setattr(story.row, TEXTS[story.model], "Fourth")
    with recording("parent.changed", by=story.ana):
        story.row.save()

    assert story.row.history.first().history_date > story.versions[2].history_date


def test_person_and_reason_are_the_recordings(story: Story) -> None:
    story.row._history_user = User.objects.get(pk=story.ben.id)
    story.row._change_reason = "of the row"
    setattr(story.row, TEXTS[story.model], "Fourth")
    with recording("parent.changed", by=story.ana, reason="of the recording"):
        story.row.save()

    newest = story.row.history.first()
    assert newest.history_user_id == int(story.ana.id)
    assert newest.history_change_reason == "of the recording"


def test_without_a_reason_it_is_empty(story: Story) -> None:
    assert story.other.history.get().history_change_reason == ""


def test_the_person_is_an_id_and_no_relation(story: Story) -> None:
    version_model = story.model.history.model

    assert isinstance(version_model.history_user, property)
    assert isinstance(version_model._meta.get_field("history_user_id"), models.BigIntegerField)


def test_the_first_signal_is_not_sent(story: Story) -> None:
    setattr(story.row, TEXTS[story.model], "Fourth")
    with (
        hearing(signals.pre_create_historical_record, story.model) as heard,
        recording("parent.changed", by=story.ana),
    ):
        story.row.save()

    assert heard == []
    assert story.row.history.count() == 4


def test_creating_history_in_bulk_returns_what_is_there(story: Story) -> None:
    found = story.model.history.bulk_history_create([story.row, story.other], batch_size=10)

    assert {version.history_id for version in found} == {
        story.versions[2].history_id,
        story.other.history.get().history_id,
    }


def test_saving_without_a_record_is_gone(story: Story) -> None:
    assert not hasattr(story.row, "save_without_historical_record")


def test_the_columns_of_versions_hold_what_the_rows_may_not_hold_yet(
    story: Story,
) -> None:
    copied = [
        field
        for field in story.model.history.model._meta.concrete_fields
        if field.name in {tracked.name for tracked in story.model._meta.concrete_fields}
    ]

    assert copied
    for field in copied:
        assert field.null
        assert not field.unique
        assert not field.has_default()
        assert getattr(field, "max_length", None) is None
