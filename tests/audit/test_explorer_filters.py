"""Each filter of the explorer keeps exactly what it says, and offers only what there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from audit import actors, fields
from audit.models import Event
from audit.recording import record, recording
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db

TRAIL = "/trail/"


@pytest.fixture
def worked_on(entity: Entity, agent: User) -> SupportRequest:
    """Taken from one network address, then changed with a reason in one HTTP request."""
    opened = factories.support_request(entity=entity, subject="Wet linen")
    services.take(support_request=opened, by=factories.actor(agent))
    origin = actors.Origin("web", "192.0.2.7", correlation_id="f00d-0001")
    by = actors.user(agent, origin)
    services.change_priority(support_request=opened, priority="high", by=by, reason="Big, they say")
    return opened


def found(person: User, **asked: Any) -> list[str]:
    """The kinds of the events that match, oldest first."""
    response = signed_in(person).get(TRAIL, asked)
    assert response.status_code == 200
    assert response.context["form"].is_valid(), response.context["form"].errors
    return [entry.event.kind for entry in reversed(response.context["page"].entries)]


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ({"q": "wet lin"}, ["request.opened", "request.taken", "request.priority_changed"]),
        ({"q": "BIG"}, ["request.priority_changed"]),
        ({"q": "inen"}, []),
        ({"q": "..."}, []),
        ({"actor": "rey", "kind": "request.*"}, ["request.taken", "request.priority_changed"]),
        ({"role": "agent"}, ["request.taken", "request.priority_changed"]),
        ({"correlation": "f00d-0001"}, ["request.priority_changed"]),
        ({"address": "192.0.2.7"}, ["request.priority_changed"]),
        ({"address": "192.0.2.0/24"}, ["request.priority_changed"]),
        ({"address": "198.51.100.0/24"}, []),
        ({"field": "requests_app.supportrequest.priority"}, ["request.priority_changed"]),
        ({"field": "requests_app.supportrequest.subject"}, []),
    ],
)
def test_a_filter_keeps_what_matches(
    asked: dict[str, str], kinds: list[str], worked_on: SupportRequest, auditor: User
) -> None:
    assert found(auditor, **asked) == kinds


def test_a_request_is_found_by_its_number(worked_on: SupportRequest, auditor: User) -> None:
    factories.support_request(entity=worked_on.entity)
    kinds = found(auditor, request=worked_on.number.lower())
    assert kinds == ["request.opened", "request.taken", "request.priority_changed"]


def test_a_request_of_others_is_none(auditor: User) -> None:
    other = factories.support_request()
    response = signed_in(auditor).get(TRAIL, {"request": other.number})
    assert "No one request that you may see has this number." in text(response)


def test_a_subject_is_found_by_type_and_id(agent: User, auditor: User) -> None:
    asked = {"type": "requests_app.user", "subject": agent.pk}
    assert found(auditor, **asked) == ["person.added"]


def test_one_actor_is_found_by_kind_and_id(
    worked_on: SupportRequest, agent: User, auditor: User
) -> None:
    kinds = found(auditor, actor_kind="user", actor_id=agent.pk)
    assert kinds == ["request.taken", "request.priority_changed"]


def test_an_amount_is_found_where_it_was_written(entity: Entity, auditor: User) -> None:
    for amount in ("9.99", "250.00"):
        factories.support_request(entity=entity, claimed_amount=amount, claimed_currency="USD")
    [event] = signed_in(auditor).get(TRAIL, {"least": "100", "most": "250"}).context["page"].entries
    assert event.rows[-1].changes
    assert found(auditor, least="9.99", most="10") == ["request.opened"]


def test_all_looks_searches_and_exports_are_one_question(entity: Entity, auditor: User) -> None:
    record("request.list_exported", by=factories.actor(auditor))
    record("customer.added", by=factories.actor(auditor))
    assert found(auditor, kind="looks") == ["request.list_exported"]


def test_changes_after_closing_leave_out_what_came_before(
    worked_on: SupportRequest, agent: User, auditor: User
) -> None:
    by = factories.actor(agent)
    services.resolve(support_request=worked_on, resolution="refunded", note="Paid back", by=by)
    services.close(support_request=worked_on, by=by)
    assert found(auditor, following="request.closed") == []
    services.reopen(support_request=worked_on, reason="It was not paid", by=by)
    assert found(auditor, following="request.closed") == ["request.reopened"]


def test_hours_are_those_of_the_page(entity: Entity, auditor: User) -> None:
    record("customer.added", by=factories.actor(auditor))
    hour = timezone.now().hour
    is_office = 8 <= hour < 18 and timezone.now().isoweekday() < 6
    assert (
        "customer.added" in found(auditor, hours="outside", kind="customer.added")
    ) is not is_office


def test_acts_outside_the_application_are_found_by_their_actor(auditor: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_open(kind => 'record.changed', arm => false)")
    assert found(auditor, actor_kind="outside") == ["record.changed"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"address": "somewhere"}, "Write an address as in 192.0.2.7"),
        ({"subject": "5"}, "Choose the type of subject as well"),
        ({"actor_id": "5"}, "Choose the kind of actor as well"),
        ({"least": "10", "most": "5"}, "The largest amount lies below the smallest."),
        ({"least": "ten"}, "Give the amount in digits alone, for example 1250.00."),
        ({"kind": "no.such"}, "This is not in the list."),
        ({"channel": "pigeon"}, "This is not in the list."),
    ],
)
def test_what_cannot_be_asked_is_explained_and_kept(
    asked: dict[str, str], told: str, auditor: User
) -> None:
    response = signed_in(auditor).get(TRAIL, asked)
    assert told in text(response)
    assert response.context["page"].entries == []


def test_lists_offer_only_what_the_person_may_see(entity: Entity, auditor: User) -> None:
    elsewhere = factories.support_request()
    services.change_priority(
        support_request=elsewhere, priority="high", by=factories.TESTER, reason="So"
    )
    known = signed_in(auditor).get(TRAIL).context["form"].known
    assert "entity.added" in known["kind"]
    assert "request.priority_changed" not in known["kind"]
    assert "request.closed" not in known["kind"]


def test_oldest_first_goes_on_upwards(auditor: User) -> None:
    client = signed_in(auditor)
    for _ in range(60):
        record("customer.added", by=factories.TESTER)
    first = client.get(TRAIL, {"order": "oldest"}).context["page"]
    second = client.get(TRAIL, {"order": "oldest", "after": first.newer}).context["page"]
    ids = [entry.event.pk for entry in [*first.entries, *second.entries]]
    assert ids == sorted(ids)
    assert len(first.entries) == 50
    assert second.newer is None


def test_a_jump_leads_to_the_page_of_a_day_and_keeps_the_filter(auditor: User) -> None:
    record("customer.added", by=factories.TESTER)
    newest = Event.objects.latest("id").pk
    client, today = signed_in(auditor), timezone.localdate()
    response = client.get(TRAIL, {"kind": "customer.added", "jump": today})
    place = response.headers["Location"].partition("?")[2]
    assert place == f"kind=customer.added&before={Event.objects.latest('id').pk + 1}"
    upwards = client.get(TRAIL, {"order": "oldest", "jump": today}).headers["Location"]
    assert upwards == f"{TRAIL}?order=oldest&after=0"
    assert newest in [
        entry.event.pk for entry in client.get(f"{TRAIL}?{place}").context["page"].entries
    ]


def test_an_empty_filter_hides_nothing(worked_on: SupportRequest, auditor: User) -> None:
    client = signed_in(auditor)
    before = Event.objects.count()
    assert client.get(TRAIL).context["count"] == before


def test_often_asked_questions_are_links_that_can_be_shared(auditor: User) -> None:
    links = {link.label: link for link in signed_in(auditor).get(TRAIL).context["presets"]}
    assert links["Refused attempts"].address == "?outcome=denied"
    assert links["Exports and looks"].address == "?kind=looks"
    assert "Reopened" not in links, "nothing was reopened, so nobody is led there"
    followed = signed_in(auditor).get(TRAIL + links["Refused attempts"].address).context["presets"]
    assert [link.label for link in followed if link.is_current] == ["Refused attempts"]


def test_the_first_change_stands_in_the_line_as_old_and_new(
    worked_on: SupportRequest, auditor: User
) -> None:
    shown = text(signed_in(auditor).get(TRAIL, {"kind": "request.priority_changed"}))
    assert "Priority removed: Normal → added: High" in shown


def test_a_page_with_every_filter_takes_few_queries(
    worked_on: SupportRequest, auditor: User, django_assert_max_num_queries: Any
) -> None:
    asked = {
        "q": "wet", "actor": "ana", "kind": "request.*", "outcome": "done", "channel": "web",
        "request": worked_on.number, "role": "agent", "address": "192.0.2.0/24", "hours": "",
        "since": timezone.localdate(), "until": timezone.localdate(),
    }  # fmt: skip
    client = signed_in(auditor)
    client.get(TRAIL, asked)
    with django_assert_max_num_queries(20):
        assert client.get(TRAIL, asked).context["count"] == 1


# the index of changed fields


def test_versions_beyond_reach_are_counted(
    worked_on: SupportRequest, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "NEWEST_VERSIONS", 0)
    assert fields.missing() > 0
    asked = {"field": "requests_app.supportrequest.priority"}
    response = signed_in(auditor).get(TRAIL, asked)
    assert "these were not searched" in text(response)
    with recording("customer.added", by=factories.TESTER):
        pass
    assert "were not searched" not in text(signed_in(auditor).get(TRAIL))
