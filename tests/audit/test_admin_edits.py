"""What may be changed on the admin site: by whom, with which reason, through which service."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from audit.models import Event
from audit.standing import standing_of
from requests_app import entities, people
from requests_app.models import Entity, Role
from tests import factories
from tests.pages import signed_in, value_of

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Larkspur Inc.", "time_zone": "America/New_York", "is_active": "on"}


@pytest.fixture
def entity() -> Entity:
    return factories.entity(code="US", name="Larkspur")


@pytest.fixture
def client(entity: Entity) -> Client:
    return signed_in(factories.person("administrator", entity, display_name="Ida Moor"))


def address(entity: Entity) -> str:
    return f"/admin/requests_app/entity/{entity.pk}/edit/change/"


def send(client: Client, entity: Entity, **given: Any) -> Any:
    seen = str(standing_of(entity))
    return client.post(address(entity), {"seen": seen, "reason": "New name", **GIVEN, **given})


def test_an_administrator_changes_a_lookup_with_a_reason(client: Client, entity: Entity) -> None:
    response = send(client, entity)

    entity.refresh_from_db()
    assert (entity.name, entity.time_zone) == ("Larkspur Inc.", "America/New_York")
    event = Event.objects.get(kind="entity.changed")
    assert (event.reason, event.actor_label, event.channel) == ("New name", "Ida Moor", "admin")
    assert response.headers["Location"] == f"/admin/requests_app/entity/{entity.pk}/change/"
    assert "Change entity: done, and on record." in client.get(response.url).content.decode()


def test_the_form_shows_what_stands_and_is_led_to(client: Client, entity: Entity) -> None:
    page = client.get(f"/admin/requests_app/entity/{entity.pk}/change/").content.decode()
    form = client.get(address(entity))

    assert f'href="{address(entity)}"' in page
    assert value_of(form, "id_name") == "Larkspur"
    assert "Code and currency stand on documents already" in form.content.decode()


def test_without_a_reason_nothing_changes_and_what_was_typed_stays(
    client: Client, entity: Entity
) -> None:
    response = send(client, entity, reason="  ")

    assert response.status_code == 422
    assert "Say why. It goes on record with the change." in response.content.decode()
    assert value_of(response, "id_name") == "Larkspur Inc."
    entity.refresh_from_db()
    assert entity.name == "Larkspur"


def test_a_form_from_before_another_change_is_refused_with_the_difference(
    client: Client, entity: Entity
) -> None:
    seen = str(standing_of(entity))
    other = factories.actor(factories.person("administrator", entity))
    entities.change(
        entity=entity, name="Larkspur LLC", time_zone="UTC", is_active=True, reason="x", by=other
    )

    late = client.post(address(entity), {"seen": seen, "reason": "New name", **GIVEN})
    shown = late.content.decode()
    assert late.status_code == 409
    assert "changed the entity since you opened this page." in shown
    assert "Larkspur LLC" in shown
    entity.refresh_from_db()
    assert entity.name == "Larkspur LLC"
    denied = Event.objects.get(outcome="denied")
    assert (denied.kind, denied.subject_id) == ("record.changed", str(entity.pk))
    assert (denied.reason, denied.detail["edit"]) == ("New name", "change")

    again = client.post(
        address(entity), {"seen": value_of(late, "id_seen"), "reason": "Read it", **GIVEN}
    )
    assert again.status_code == 302


@pytest.mark.parametrize("role", sorted({*Role.values} - {Role.ADMINISTRATOR}))
def test_nobody_else_changes_it(role: str, entity: Entity) -> None:
    client = signed_in(factories.person(role, entity))

    assert client.get(address(entity)).status_code == 404
    assert send(client, entity).status_code == 404
    entity.refresh_from_db()
    assert entity.name == "Larkspur"


def test_an_administrator_of_another_entity_finds_nothing(entity: Entity) -> None:
    elsewhere = factories.person("administrator", factories.entity(code="DE"))
    client = signed_in(elsewhere)

    assert client.get(address(entity)).status_code == 404
    assert send(client, entity).status_code == 404
    assert not Event.objects.filter(kind="entity.changed").exists()
    assert Event.objects.filter(outcome="denied", actor_id=str(elsewhere.pk)).exists()


def test_who_audits_here_and_administers_there_changes_only_there(entity: Entity) -> None:
    person = factories.person("auditor", entity)
    there = factories.entity(code="DE")
    people.grant_role(by=factories.TESTER, person=person, entity=there, role="administrator")
    client = signed_in(person)

    assert send(client, entity).status_code == 404
    assert send(client, there).status_code == 302


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_answered(method: str, client: Client, entity: Entity) -> None:
    assert getattr(client, method)(address(entity)).status_code == 405


def test_a_form_of_another_site_is_refused(entity: Entity) -> None:
    person = factories.person("administrator", entity)
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    assert send(client, entity).status_code == 403


def test_what_would_change_nothing_is_not_recorded(client: Client, entity: Entity) -> None:
    response = send(client, entity, name="Larkspur", time_zone="UTC")

    assert response.status_code == 302
    assert not Event.objects.filter(kind="entity.changed").exists()
