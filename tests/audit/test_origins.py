"""A network address is shown to who reads the trail there and to who acted, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from audit import exporting
from audit.access import access
from audit.asking import TrailFilter
from audit.models import Event, TrailExport
from requests_app import people
from requests_app.models import Entity, Role, SupportRequest, User
from requests_app.standing import standing_of
from tests import factories
from tests.pages import address, body, signed_in, text

pytestmark = pytest.mark.django_db

SAT_AT = "203.0.113.77"
SHOWN_TO = (Role.AUDITOR, Role.ADMINISTRATOR)
HIDDEN_FROM = sorted(set(Role.values) - set(SHOWN_TO))


@pytest.fixture
def opened(entity: Entity, agent: User) -> SupportRequest:
    """A request that an agent opened and worked on from an address."""
    client = Client(REMOTE_ADDR=SAT_AT)
    client.force_login(agent)
    sent = {"entity": "US", "channel": "mail", "subject": "Paid twice", "description": "Twice!",
            "priority": "normal"}  # fmt: skip
    client.post("/requests/new/", sent)
    made = SupportRequest.objects.get()
    client.post(address(made, "note"), {"body": "From home", "seen": str(standing_of(made))})
    return made


def pages(opened: SupportRequest) -> list[str]:
    events = Event.objects.of_support_request(opened.pk).values_list("pk", flat=True)
    row = f"/admin/requests_app/supportrequest/{opened.pk}/history/"
    return [
        f"{address(opened)}?show=everything", f"{address(opened)}?as_of=E-{max(events)}",
        *(f"{address(opened)}{log}{end}" for log in ("actions", "creation", "closure")
          for end in ("/", ".csv")),
        *(f"/events/{event}/{end}" for event in events for end in ("", "event.json")),
        "/trail/", f"/trail/by/user/{agent_of(opened)}/", f"/people/{agent_of(opened)}/",
        "/admin/audit/event/", "/admin/audit/event/export/", row,
        *(f"/admin/audit/event/{event}/change/" for event in events),
    ]  # fmt: skip


def agent_of(opened: SupportRequest) -> str:
    return str(Event.objects.get(kind="request.opened").actor_id)


def where_it_stands(client: Client, opened: SupportRequest) -> set[str]:
    return {
        path
        for path in pages(opened)
        if SAT_AT in body(client.get(path, follow=True)).decode().replace(path, "")
    }


@pytest.mark.parametrize("role", HIDDEN_FROM)
def test_a_colleague_reads_that_it_is_recorded(
    role: str, opened: SupportRequest, entity: Entity
) -> None:
    client = signed_in(factories.person(role, entity))
    assert where_it_stands(client, opened) == set()
    shown = text(client.get(f"{address(opened)}?show=everything"))
    assert "Web, address recorded" in shown
    noted = Event.objects.get(kind="request.noted")
    assert client.get(f"/events/{noted.pk}/event.json").json()["event"]["address"] == "recorded"


@pytest.mark.parametrize("role", SHOWN_TO)
def test_who_reads_the_trail_reads_it_everywhere(
    role: str, opened: SupportRequest, entity: Entity
) -> None:
    found = where_it_stands(signed_in(factories.person(role, entity)), opened)
    for path in ("?show=everything", "actions/", "actions.csv", "creation/"):
        assert address(opened) + path in found
    assert {"/trail/", "/admin/audit/event/export/"} <= found


def test_who_acted_reads_their_own(opened: SupportRequest, agent: User) -> None:
    found = where_it_stands(signed_in(agent), opened)
    assert f"{address(opened)}actions/" in found


def test_an_auditor_elsewhere_who_works_here_does_not_read_it(
    opened: SupportRequest, entity: Entity
) -> None:
    person = factories.person("lead", entity)
    other = factories.entity(code="DE")
    people.grant_role(by=factories.TESTER, person=person, entity=other, role="auditor")
    client = signed_in(person)
    assert where_it_stands(client, opened) == set()
    assert "Paid twice" in text(client.get("/trail/"))
    assert "Paid twice" not in text(client.get("/trail/", {"address": SAT_AT}))


def test_a_filter_finds_it_for_who_is_shown_it(
    opened: SupportRequest, auditor: User, agent: User
) -> None:
    assert "Paid twice" in text(signed_in(auditor).get("/trail/", {"address": "203.0.113.0/24"}))
    asked = TrailFilter({"address": SAT_AT}, person=agent)
    assert asked.is_valid()
    own = asked.applied_to(access().events_for(agent))
    assert {event.actor_id for event in own} == {str(agent.pk)}


@pytest.mark.parametrize("form", TrailExport.Format.values)
def test_an_export_tells_each_person_what_the_pages_do(
    form: str, opened: SupportRequest, auditor: User, entity: Entity
) -> None:
    person = factories.person("lead", entity)
    people.grant_role(
        by=factories.TESTER, person=person, entity=factories.entity(code="DE"), role="auditor"
    )
    assert SAT_AT in exported(form, auditor)
    assert SAT_AT not in exported(form, person)


def exported(form: str, person: Any) -> str:
    entries = exporting.entries(access().events_for(person), person, oldest_first=True)
    lines = exporting.lines(TrailExport(format=form), entries)
    return b"".join(content for content, _ in lines).decode()
