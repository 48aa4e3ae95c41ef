"""A change that the service refuses: said on the form, and on record though nothing was changed."""

from __future__ import annotations

from datetime import timedelta

from audit.models import Event
from audit.standing import standing_of
from requests_app.models import RoleGrant
from tests import factories
from tests.pages import signed_in, value_of


def test_what_the_service_refuses_stands_on_the_form(own_database: str) -> None:
    entity = factories.entity(code="US", name="Larkspur")
    client = signed_in(factories.person("administrator", entity))
    typed = {"name": "Larkspur Inc.", "time_zone": "Mars/Olympus", "is_active": "on"}
    seen = str(standing_of(entity))

    response = client.post(
        f"/admin/requests_app/entity/{entity.pk}/edit/change/",
        {"seen": seen, "reason": "New name", **typed},
    )

    assert response.status_code == 409
    assert "This is no time zone." in response.content.decode()
    assert value_of(response, "id_time_zone") == "Mars/Olympus"
    refused = Event.objects.get(kind="entity.changed")
    assert (refused.outcome, refused.reason) == ("denied", "New name")
    entity.refresh_from_db()
    assert entity.name == "Larkspur"


def test_nobody_gives_or_takes_a_role_of_their_own(own_database: str) -> None:
    entity = factories.entity(code="US")
    person = factories.person("administrator", entity)
    own = RoleGrant.objects.get(person=person)
    client = signed_in(person)
    yesterday = entity.today() - timedelta(days=1)
    version = str(standing_of(own))

    page = client.get(f"/admin/requests_app/rolegrant/{own.pk}/change/").content.decode()
    ended = client.post(
        f"/admin/requests_app/rolegrant/{own.pk}/edit/end/",
        {"seen": version, "last_day": yesterday.isoformat(), "reason": "x"},
    )

    assert "/edit/end/" not in page
    assert ended.status_code == 409
    assert not Event.objects.filter(kind="role.ended", outcome="done").exists()
