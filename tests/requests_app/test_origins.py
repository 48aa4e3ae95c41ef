"""The facts of a request lead to the events by which they came to be so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from requests_app.request_page import origins
from tests import factories
from tests.markup import main_of
from tests.pages import address, signed_in, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(entity: Entity, agent: User) -> SupportRequest:
    """Resolved, begun again, and resolved once more."""
    made = factories.support_request(
        entity=entity, claimed_amount=Decimal(25), claimed_currency="USD"
    )
    by = factories.actor(agent)
    services.take(support_request=made, by=by)
    services.resolve(support_request=made, resolution="fixed", note="Done", by=by)
    services.reopen(support_request=made, by=by, reason="Not quite")
    services.note(support_request=made, body="Once more.", by=by)
    services.resolve(support_request=made, resolution="refunded", note="Paid", by=by)
    return made


def events(told: SupportRequest, kind: str) -> list[Event]:
    return list(Event.objects.of_support_request(told.pk).filter(kind=kind))


def test_each_fact_has_the_last_event_that_made_it_so(told: SupportRequest) -> None:
    found = origins.of(told)
    _, last = events(told, "request.resolved")
    [opened], [taken] = events(told, "request.opened"), events(told, "request.taken")
    assert {name: origin.event_id for name, origin in found.items()} == {
        "status": last.pk, "resolution": last.pk, "claimed_amount": opened.pk,
        "assignee_id": taken.pk,
    }  # fmt: skip


def test_as_it_was_it_has_the_events_of_then(told: SupportRequest) -> None:
    first, _ = events(told, "request.resolved")
    told.resolution = "fixed"
    found = origins.of(told, first.pk)
    assert (found["status"].event_id, found["resolution"].event_id) == (first.pk, first.pk)


def links_of(page: Any, classes: str) -> dict[str, str | None]:
    every = main_of(page.content.decode()).inside()
    return {each.text: each.link() for each in every if each.classes & set(classes.split())}


def test_status_and_amount_lead_to_the_event_that_set_them(
    told: SupportRequest, agent: User
) -> None:
    found = links_of(signed_in(agent).get(address(told)), "pill leads")
    [opened], last = events(told, "request.opened"), events(told, "request.resolved")[-1]
    assert found["Resolved"] == f"/events/{last.pk}/"
    assert found["Refunded"] == f"/events/{last.pk}/"
    assert found["USD 25.00"] == f"/events/{opened.pk}/"
    assert found["Normal"] == "/requests/?priority=normal"
    assert found["Ana Reyes"] == f"/people/{agent.pk}/"


def test_how_often_it_was_reopened_leads_to_these_events(told: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    link = links_of(client.get(address(told)), "pill")["Reopened 1 \u00d7"]
    assert link == f"{address(told)}?show=reopened#stream"
    shown = client.get(link).content.decode()
    [reopened] = events(told, "request.reopened")
    entries = [each.attributes.get("id") for each in main_of(shown).inside() if each.tag == "li"]
    assert [entry for entry in entries if entry] == [f"e{reopened.pk}"]


def test_what_was_never_reopened_offers_no_such_filter(entity: Entity, agent: User) -> None:
    shown = signed_in(agent).get(whole(factories.support_request(entity=entity)))
    assert "show=reopened" not in shown.content.decode()
