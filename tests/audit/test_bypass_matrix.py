"""The bypass matrix: every way into the database is recorded with the right actor and values, or
refused. None is silent, and none is credited to another person.

Commits are real here: one transaction around a test would hide a stale event id.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from simple_history.utils import update_change_reason

from audit.actors import Actor
from audit.models import Event
from audit.recording import record, recording
from tests import factories
from tests.audit import sessions, ways
from tests.audit.ways import Rows, Way
from tests.audit.witness import outcome
from tests.recorder_models.models import Child, Parent, ParentTag, Tag

each_way = pytest.mark.parametrize("way", ways.WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def rows(committed: str, tmp_path: Path) -> Rows:
    with recording("parent.changed", by=factories.TESTER):
        parent = Parent.objects.create(name="as it was", note="a note")
        child = Child.objects.create(parent=parent, name="child")
        tags = [Tag.objects.create(name=f"{name} of {parent.pk}") for name in ("tag", "spare")]
        ParentTag.objects.create(parent=parent, tag=tags[0])
    fixture = fixture_of(tmp_path, "everyfield", str(uuid.uuid4()), made_at="2026-01-02T03:04:05Z")
    return Rows(parent, child, tags[0], tags[1], fixture)


def fixture_of(folder: Path, model: str, key: object, **fields: object) -> Path:
    path = folder / f"{model}.json"
    path.write_text(
        json.dumps([{"model": f"recorder_models.{model}", "pk": key, "fields": fields}])
    )
    return path


@each_way
def test_a_write_inside_a_recording_is_recorded_with_its_actor_and_values(
    way: Way, rows: Rows, ana: Actor
) -> None:
    def act() -> None:
        with recording("parent.changed", by=ana, reason="so it shall be"):
            way(rows)

    found = outcome(act)

    assert found.is_recorded(by=ana)
    assert [event["reason"] for event in found.events] == ["so it shall be"]


@each_way
def test_the_same_write_without_a_recording_is_refused(way: Way, rows: Rows) -> None:
    assert outcome(lambda: way(rows)).is_refused()


@each_way
def test_a_write_after_the_recording_ended_in_the_same_transaction_is_refused(
    way: Way, rows: Rows, ana: Actor
) -> None:
    def act() -> None:
        with transaction.atomic():
            with recording("parent.changed", by=ana):
                rows.spare_tag.save()
            way(rows)

    assert outcome(act).is_refused()


@each_way
def test_a_write_after_a_nested_recording_belongs_to_the_outer_one(
    way: Way, rows: Rows, ana: Actor, ben: Actor
) -> None:
    def act() -> None:
        with recording("parent.changed", by=ana):
            with recording("parent.changed", by=ben):
                pass
            way(rows)

    found = outcome(act)

    assert found.error is None
    assert {version["history_user_id"] for _, version in found.versions} == {int(ana.id)}


@each_way
def test_a_write_under_a_stale_event_id_is_refused(way: Way, rows: Rows, ana: Actor) -> None:
    with recording("parent.changed", by=ana) as stale:
        pass

    def act() -> None:
        ways.run("SELECT set_config('audit.event', %s, false)", str(stale.id))
        way(rows)

    found = outcome(act)
    connection.close()

    assert found.is_refused()


def test_a_write_under_the_event_of_another_open_transaction_is_refused(
    rows: Rows, ana: Actor
) -> None:
    def act() -> None:
        with sessions.open("app") as other:
            opened = other.execute("SELECT audit_open('parent.changed', actor_label => 'Somebody')")
            with transaction.atomic():
                ways.run("SELECT set_config('audit.event', %s, true)", str(opened.fetchone()[0]))
                ways.save(rows)

    assert outcome(act).is_refused()


def test_a_write_under_an_event_id_that_is_no_number_is_refused(rows: Rows) -> None:
    def act() -> None:
        with transaction.atomic():
            ways.run("SELECT set_config('audit.event', 'mine', true)")
            ways.save(rows)

    assert outcome(act).is_refused()


def test_a_write_beside_a_recorded_look_is_not_credited_to_who_looked(
    rows: Rows, ana: Actor
) -> None:
    def act() -> None:
        with transaction.atomic():
            record("parent.viewed", by=ana, subject=rows.parent)
            ways.save(rows)

    assert outcome(act).is_refused()


def test_the_change_of_a_key_is_refused(rows: Rows, ana: Actor) -> None:
    def act() -> None:
        with recording("parent.changed", by=ana):
            Tag.objects.filter(pk=rows.spare_tag.pk).update(id=rows.spare_tag.pk + 1_000_000)

    found = outcome(act)

    assert found.is_refused()
    assert "never changes" in str(found.error)


def test_an_update_that_changes_nothing_writes_no_version(rows: Rows, ana: Actor) -> None:
    def act() -> None:
        with recording("parent.changed", by=ana):
            rows.parent.save()

    found = outcome(act)

    assert found.error is None
    assert found.versions == []
    assert len(found.events) == 1


def test_saving_without_a_record_is_not_even_possible(rows: Rows) -> None:
    assert not hasattr(rows.parent, "save_without_historical_record")


@pytest.mark.parametrize("verb", ["update_change_reason", "delete_a_version", "save_a_version"])
def test_the_library_cannot_change_a_version(verb: str, rows: Rows) -> None:
    def act() -> None:
        version = rows.parent.history.first()
        if verb == "update_change_reason":
            update_change_reason(rows.parent, "another reason")
        elif verb == "delete_a_version":
            version.delete()
        else:
            version.name = "another past"
            version.save()

    assert outcome(act).is_refused()


@pytest.mark.parametrize("arguments", [
    ["clean_old_history", "--auto", "--days", "-1"],
    ["clean_duplicate_history", "recorder_models.parent", "--excluded_fields", "count"],
], ids=lambda arguments: arguments[0])  # fmt: skip
def test_the_librarys_cleaning_is_refused(arguments: list[str], rows: Rows, ana: Actor) -> None:
    with recording("parent.changed", by=ana):
        ways.run("UPDATE recorder_models_parent SET count = 7 WHERE id = %s", rows.parent.pk)

    assert outcome(lambda: call_command(*arguments, verbosity=0)).is_refused()


def test_loading_rows_whose_keys_are_counted_is_refused_whole(
    rows: Rows, ana: Actor, tmp_path: Path
) -> None:
    """The application's role may not set a sequence back, which loaddata does at its end."""
    fixture = fixture_of(tmp_path, "parent", rows.parent.pk, name="loaded")

    def act() -> None:
        with recording("parent.changed", by=ana):
            call_command("loaddata", str(fixture), verbosity=0)

    found = outcome(act)

    assert found.is_refused()
    assert "permission denied for sequence" in str(found.error)


def test_populating_history_writes_nothing(rows: Rows) -> None:
    models = ["recorder_models.parent", "requests_app.supportrequest", "requests_app.user"]

    found = outcome(lambda: call_command("populate_history", *models, verbosity=0))

    assert found.is_nothing()


def test_a_refused_write_says_what_to_do(rows: Rows) -> None:
    found = outcome(lambda: ways.update(rows))

    assert "unrecorded change: UPDATE on recorder_models_parent" in str(found.error)
    assert "recording(...) in Python, SELECT audit_open(...) in SQL" in str(found.error)


def test_every_model_of_the_product_refuses_deletion(committed: str) -> None:
    request = factories.support_request()

    found = outcome(request.delete)
    by_query = outcome(lambda: type(request).objects.filter(pk=request.pk).delete())

    assert found.is_refused()
    assert "is never deleted. Cancel it, with the reason." in str(found.error)
    assert by_query.is_refused()
    assert isinstance(by_query.error, DatabaseError)


def test_an_event_under_which_nothing_was_written_changes_nothing(rows: Rows, ana: Actor) -> None:
    found = outcome(lambda: record("parent.viewed", by=ana, subject=rows.parent))

    assert found.changes == []
    assert [event["kind"] for event in found.events] == ["parent.viewed"]
    assert Event.objects.get(pk=found.events[0]["id"]).actor_id == ana.id
