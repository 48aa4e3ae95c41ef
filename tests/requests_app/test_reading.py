"""Who sees which rows and events: a row's entity decides, whatever event a change came with."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import Event
from audit.recording import recording
from requests_app import looking, reading, services
from requests_app.models import Customer, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> User:
    return factories.person("auditor", factories.entity(), time_zone="UTC")


def entity_of(person: User) -> object:
    return person.grants.get().entity


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_row_of_another_entity_stays_hidden_when_it_was_changed_under_an_event_of_none(
    here: User,
) -> None:
    elsewhere = factories.customer(name="Confidential")
    with recording("record.changed", by=factories.TESTER):
        Customer.objects.filter(pk=elsewhere.pk).update(phone="1")
    page = signed_in(here).get(f"/compare/requests_app.customer/{elsewhere.pk}/")
    assert page.status_code == 404


def test_a_change_under_an_event_of_another_entity_is_credited_to_who_made_it(here: User) -> None:
    entity = entity_of(here)
    own = factories.support_request(entity=entity)
    other = factories.support_request()
    agent = factories.actor(factories.person("agent", entity, display_name="Ana Reyes"))
    stranger = factories.actor(factories.person("agent", other.entity, display_name="Ben Stone"))
    with recording("record.changed", by=stranger, subject=other):
        type(own).objects.filter(pk=own.pk).update(priority="low")
    services.take(support_request=own, by=agent)
    page = signed_in(here).get(f"/compare/requests_app.supportrequest/{own.pk}/").content.decode()
    assert "2 of" in page
    assert "status, assignee" in page
    assert "Ben Stone" in page


def test_searches_are_read_by_who_audits_every_entity_they_went_through(here: User) -> None:
    agent = factories.person("agent", factories.entity())
    looking.searched("Confidential", 3, factories.actor(agent))
    event = Event.objects.latest("id")
    assert event not in reading.events_for(here)
    their_auditor = factories.person("auditor", agent.grants.get().entity)
    assert event in reading.events_for(their_auditor)


@pytest.mark.parametrize("cause", ["E-5", "²", "9" * 40, ""])
def test_a_cause_that_is_no_event_breaks_no_page(cause: str, here: User) -> None:
    from django.db import connection

    own = factories.support_request(entity=entity_of(here))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_open('x', 'Dana', support_request_id => %s, entity_id => %s,"
            " cause_kind => 'event', cause_id => %s)",
            [own.pk, own.entity_id, cause],
        )
        event_id = cursor.fetchone()[0]
    client = signed_in(here)
    assert client.get(f"/events/{event_id}/").status_code == 200
    assert client.get(f"/requests/{own.number}/").status_code == 200
