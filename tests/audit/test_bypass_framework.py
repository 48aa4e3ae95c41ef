"""The bypass matrix through Django's own machinery: admin, requests with a person, migrations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from simple_history.admin import SimpleHistoryAdmin
from simple_history.middleware import HistoryRequestMiddleware

from audit import actors, roles
from audit.actors import Actor
from audit.recording import recording
from requests_app.models import User
from tests import factories
from tests.audit.witness import Outcome, outcome
from tests.recorder_models.models import Child, Parent


class WritableAdmin(SimpleHistoryAdmin):
    """What a careless admin of a versioned model would be: everything is allowed."""

    fields = ("name", "note", "count")
    actions = ("shout",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def message_user(self, request: HttpRequest, message: str, *args: Any, **kwargs: Any) -> None:
        """There is no session here to keep it in."""

    def shout(self, request: HttpRequest, queryset: Any) -> None:
        queryset.update(name="SHOUTED")


site = admin.AdminSite("careless")
site.register(Parent, WritableAdmin)
model_admin = site._registry[Parent]


@pytest.fixture
def parent(committed: str) -> Parent:
    with recording("parent.changed", by=factories.TESTER):
        made = Parent.objects.create(name="as it was")
        Child.objects.create(parent=made, name="child")
    return made


@pytest.fixture
def person(committed: str) -> User:
    return factories.person()


def through_middleware(user: Any, view: Callable[[HttpRequest], object]) -> Outcome:
    """Runs a view as a request of this person, behind the library's middleware."""
    request = RequestFactory().post(
        "/admin/", {"name": "by form", "note": "", "count": "1"}, REMOTE_ADDR="192.0.2.7"
    )
    request.user = user
    request._dont_enforce_csrf_checks = True

    def answer(request: HttpRequest) -> HttpResponse:
        view(request)
        return HttpResponse()

    return outcome(lambda: HistoryRequestMiddleware(answer)(request))


def actor_of(person: User) -> Actor:
    return actors.user(person)


def test_a_save_in_the_admin_is_recorded_with_the_signed_in_person(
    parent: Parent, person: User
) -> None:
    def view(request: HttpRequest) -> None:
        form = model_admin.get_form(request, parent)(request.POST, instance=parent)
        model_admin.save_model(request, model_admin.save_form(request, form, True), form, True)

    found = through_middleware(person, view)

    assert found.is_recorded(by=actor_of(person))
    [event] = found.events
    assert (event["kind"], event["channel"]) == ("record.changed", "admin")
    assert event["address"] == "192.0.2.7"
    assert event["subject_id"] == str(parent.pk)


def test_a_save_in_the_admin_without_the_middleware_is_recorded_too(
    parent: Parent, person: User
) -> None:
    request = RequestFactory().post("/admin/")
    request.user = person
    parent.name = "by admin"

    found = outcome(lambda: model_admin.save_model(request, parent, None, True))

    assert found.is_recorded(by=actor_of(person))


def test_an_addition_in_the_admin_is_recorded(parent: Parent, person: User) -> None:
    added = Parent(name="added")

    found = through_middleware(
        person, lambda request: model_admin.save_model(request, added, None, False)
    )

    assert found.is_recorded(by=actor_of(person))
    assert [event["kind"] for event in found.events] == ["record.created"]
    assert [event["subject_id"] for event in found.events] == [str(added.pk)]


def test_a_deletion_in_the_admin_is_recorded_with_all_it_takes_along(
    parent: Parent, person: User
) -> None:
    found = through_middleware(person, lambda request: model_admin.delete_model(request, parent))

    assert found.is_recorded(by=actor_of(person))
    assert sorted(change.type for change in found.changes) == ["-", "-"]
    assert len(found.events) == 1


def test_an_admin_action_that_updates_by_query_is_refused(parent: Parent, person: User) -> None:
    selected = Parent.objects.filter(pk=parent.pk)

    found = through_middleware(person, lambda request: model_admin.shout(request, selected))

    assert found.is_refused()


def test_the_admins_delete_selected_is_refused(parent: Parent, person: User) -> None:
    selected = Parent.objects.filter(pk=parent.pk)

    found = through_middleware(
        person, lambda request: model_admin.delete_queryset(request, selected)
    )

    assert found.is_refused()


def test_an_admin_action_inside_a_recording_is_recorded(parent: Parent, person: User) -> None:
    selected = Parent.objects.filter(pk=parent.pk)

    def view(request: HttpRequest) -> None:
        with recording("parent.changed", by=actors.from_request(request), reason="asked for"):
            model_admin.shout(request, selected)

    assert through_middleware(person, view).is_recorded(by=actor_of(person))


def test_a_request_of_nobody_is_refused(parent: Parent) -> None:
    parent.name = "by nobody"

    assert through_middleware(AnonymousUser(), lambda request: parent.save()).is_refused()


def test_a_save_after_the_request_is_refused(parent: Parent, person: User) -> None:
    through_middleware(person, lambda request: None)
    parent.name = "after the request"

    assert outcome(parent.save).is_refused()


def as_data_migration(operation: Any) -> Callable[[], None]:
    """Runs an operation as migrate does: as the owner of the tables, in a migration of its own."""

    def act() -> None:
        migration = Migration("data", "recorder_models")
        migration.operations = [operation]
        with roles.as_owner(), connection.schema_editor(atomic=True) as editor:
            migration.apply(ProjectState(), editor)

    return act


def rename_all(apps: Any, editor: Any) -> None:
    Parent.objects.update(name="migrated")


def rename_all_on_record(apps: Any, editor: Any) -> None:
    with recording("parent.changed", by=actors.command("migrate"), reason="names were wrong"):
        rename_all(apps, editor)


def test_a_data_migration_is_refused(parent: Parent) -> None:
    assert outcome(as_data_migration(RunPython(rename_all))).is_refused()


def test_a_data_migration_in_sql_is_refused(parent: Parent) -> None:
    statement = "UPDATE recorder_models_parent SET name = 'migrated'"

    assert outcome(as_data_migration(RunSQL(statement))).is_refused()


def test_a_data_migration_with_a_recording_is_recorded_as_outside(parent: Parent) -> None:
    found = outcome(as_data_migration(RunPython(rename_all_on_record)))

    assert found.error is None
    assert {change.after["name"] for change in found.changes if change.after} == {"migrated"}
    [event] = found.events
    assert (event["actor_kind"], event["actor_id"], event["channel"]) == ("outside", "", "sql")
    assert event["actor_label"].startswith("migrate (")
    assert event["reason"] == "names were wrong"


def test_a_data_migration_in_sql_may_open_an_event(parent: Parent) -> None:
    statement = "SELECT audit_open('parent.changed', 'release 7', 'names were wrong');"

    found = outcome(
        as_data_migration(RunSQL(f"{statement} UPDATE recorder_models_parent SET name = 'by SQL'"))
    )

    assert found.error is None
    assert [event["actor_label"] for event in found.events] == ["release 7"]
    assert {version["history_user_id"] for _, version in found.versions} == {None}


def test_the_models_of_a_migrations_state_are_refused_like_all_others(
    parent: Parent, person: User
) -> None:
    frozen = MigrationLoader(connection).project_state(("recorder_models", "0001_initial"))
    frozen_parent = frozen.apps.get_model("recorder_models", "Parent")

    def act() -> None:
        row = frozen_parent.objects.get(pk=parent.pk)
        row.name = "by a frozen model"
        row._history_user = person
        row.save()

    assert outcome(act).is_refused()
