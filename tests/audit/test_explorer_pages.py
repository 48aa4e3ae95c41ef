"""What one actor did, what kinds of events there are, and one event to take along."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from audit import kinds
from audit.models import Event
from audit.recording import record
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(entity: Entity) -> User:
    return factories.person("agent", entity, display_name="Ana Reyes", username="ana")


@pytest.fixture
def worked_on(entity: Entity, agent: User) -> SupportRequest:
    opened = factories.support_request(entity=entity, subject="Wet linen")
    by = factories.actor(agent)
    services.take(support_request=opened, by=by)
    services.change_priority(support_request=opened, priority="high", by=by, reason="Big")
    return opened


def activity(person: User, of: User, show: str = "") -> Any:
    return signed_in(person).get(f"/trail/by/user/{of.pk}/", {"show": show})


def shown(response: Any) -> list[str]:
    return [entry.event.kind for entry in reversed(response.context["page"].entries)]


# one actor


def test_everything_that_one_person_did_stands_on_one_page(
    worked_on: SupportRequest, agent: User, auditor: User
) -> None:
    record("request.list_searched", by=factories.actor(agent))
    response = activity(auditor, agent)
    assert shown(response) == [
        "request.taken", "request.priority_changed", "request.list_searched",
    ]  # fmt: skip
    assert "Everything by Ana Reyes" in text(response)


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("acts", ["request.taken", "request.priority_changed"]),
        ("searches", ["request.list_searched"]),
        ("looks", ["request.viewed"]),
        ("exports", ["request.list_exported"]),
        ("sign_ins", ["session.signed_in"]),
        ("refused", ["request.view_denied"]),
    ],
)
def test_each_part_shows_as_many_as_its_count_says(
    show: str, expected: list[str], worked_on: SupportRequest, agent: User, auditor: User
) -> None:
    by = factories.actor(agent)
    for kind in ("request.viewed", "request.list_searched", "request.list_exported"):
        record(kind, by=by, subject=worked_on)
    record("request.view_denied", by=by, subject=worked_on, outcome="denied")
    record("session.signed_in", by=by)
    response = activity(auditor, agent, show)
    counts = {name: count for name, _, count in response.context["parts"]}
    kinds = shown(response)
    assert [kind for kind in kinds if kind in expected] == expected
    assert counts[show] == len(kinds)


def test_sign_ins_that_failed_under_the_name_are_shown_with_it(agent: User, auditor: User) -> None:
    detail = {"username_tried": "ana"}
    record("session.sign_in_failed", by=factories.TESTER, detail=detail, outcome="denied")
    record("session.sign_in_failed", by=factories.TESTER, detail={"username_tried": "bo"},
           outcome="denied")  # fmt: skip
    record("customer.added", by=factories.actor(agent))
    response = activity(auditor, agent, "failed")
    assert [entry.event.detail for entry in response.context["page"].entries] == [detail]


def test_looking_at_somebodys_activity_is_on_record(
    worked_on: SupportRequest, agent: User, auditor: User
) -> None:
    activity(auditor, agent)
    event = Event.objects.get(kind="trail.searched")
    assert event.detail["filter"]["actor_id"] == str(agent.pk)


def test_activity_is_for_those_who_read_trails(worked_on: SupportRequest, agent: User) -> None:
    assert activity(agent, agent).status_code == 404
    assert Event.objects.filter(kind="trail.view_denied").exists()


def test_activity_elsewhere_is_none(worked_on: SupportRequest, agent: User) -> None:
    stranger = factories.person("auditor", factories.entity())
    assert activity(stranger, agent).status_code == 404


def test_activity_takes_few_queries(
    worked_on: SupportRequest, agent: User, auditor: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(auditor)
    with django_assert_max_num_queries(16):
        client.get(f"/trail/by/user/{agent.pk}/")


# the catalogue


def test_the_catalogue_has_every_kind_and_what_it_records(
    worked_on: SupportRequest, auditor: User
) -> None:
    page = text(signed_in(auditor).get("/trail/kinds/"))
    for kind in kinds.registered():
        assert kind.label in page
    assert "file_sha256" in page
    assert "Somebody reopened the request." in page


def test_the_catalogue_says_since_when_there_are_any(
    worked_on: SupportRequest, auditor: User
) -> None:
    groups = signed_in(auditor).get("/trail/kinds/").context["groups"]
    first = {line.kind.name: line.first_at for group in groups for line in group.lines}
    assert first["request.taken"] == Event.objects.get(kind="request.taken").recorded_at
    assert first["request.closed"] is None


def test_the_catalogue_takes_one_query_for_all_kinds(
    auditor: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(auditor)
    with django_assert_max_num_queries(10):
        client.get("/trail/kinds/")


def test_the_document_of_kinds_is_the_registry() -> None:
    """The kinds of the tests' own models are no part of it."""
    written, out = Path(__file__).parents[2] / "docs/event-kinds.md", io.StringIO()
    call_command("event_kinds", "--markdown", stdout=out)
    own = [line for line in out.getvalue().splitlines() if not line.startswith("| `parent.")]
    assert own == written.read_text().splitlines(), (
        "write it anew: manage.py event_kinds --markdown > docs/event-kinds.md"
    )


# one event to take along


def test_an_event_is_downloaded_with_its_versions_and_their_hashes(
    worked_on: SupportRequest, auditor: User
) -> None:
    event = Event.objects.get(kind="request.priority_changed")
    client = signed_in(auditor)
    response = client.get(f"/events/{event.pk}/event.json")
    data = json.loads(response.content)
    [version] = data["versions"]
    assert version["values"]["priority"] == "high"
    assert version["values_before"]["priority"] == "normal"
    plain = json.dumps(version["values"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert version["sha256_of_values"] == hashlib.sha256(plain.encode()).hexdigest()
    assert data["event"]["recorded_at"].endswith("Z")
    assert response.headers["Content-Disposition"] == f'attachment; filename="E-{event.pk}.json"'
    page = client.get(f"/events/{event.pk}/")
    assert hashlib.sha256(response.content).hexdigest() in text(page)
    taken = Event.objects.get(kind="trail.exported")
    assert taken.detail["event"] == event.pk
    assert taken.detail["file_sha256"] == hashlib.sha256(response.content).hexdigest()


def test_secrets_of_the_trail_stay_out_of_what_is_taken_along(auditor: User) -> None:
    event = Event.objects.filter(kind="person.added").latest("id")
    content = signed_in(auditor).get(f"/events/{event.pk}/event.json").content.decode()
    assert "salt" not in json.loads(content)["event"]
    assert "password" not in content


def test_an_event_of_others_is_not_downloaded(worked_on: SupportRequest) -> None:
    stranger = signed_in(factories.person("auditor", factories.entity()))
    event = Event.objects.get(kind="request.taken")
    assert stranger.get(f"/events/{event.pk}/event.json").status_code == 404
    assert not Event.objects.filter(kind="trail.exported").exists()
    assert Event.objects.get(kind="trail.view_denied").outcome == "denied"


def test_an_event_reads_as_text_with_all_that_changed(
    worked_on: SupportRequest, auditor: User
) -> None:
    event = Event.objects.get(kind="request.priority_changed")
    told = signed_in(auditor).get(f"/events/{event.pk}/").context["as_text"]
    assert f"{event.public_id}: Ana Reyes (Agent) changed the priority" in told
    assert "Priority: Normal → High" in told
    assert "Reason: Big" in told
    assert f"/events/{event.pk}/" in told
