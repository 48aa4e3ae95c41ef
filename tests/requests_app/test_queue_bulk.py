"""Acts on many requests: shown before, one event each, nothing overwritten that was not seen."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from requests_app.queue import bulk
from requests_app.standing import standing_of
from tests import factories
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db

BULK = "/requests/bulk/"


@pytest.fixture
def colleague(entity: Entity) -> User:
    return factories.person("agent", entity, display_name="Ben Stone")


@pytest.fixture
def some(entity: Entity) -> list[SupportRequest]:
    return [factories.support_request(entity=entity) for _ in range(3)]


def choice(support_request: SupportRequest) -> str:
    return f"{support_request.pk}:{standing_of(support_request)}"


def sent(some: list[SupportRequest], **more: str) -> dict[str, Any]:
    """The form of the list with these ticked."""
    data = {"act": "change-priority", "priority": "critical", "query": "status=open"}
    return data | {"chosen": [choice(each) for each in some]} | more


def test_the_list_offers_its_rows_and_says_how_many_all_of_them_are(
    some: list[SupportRequest], agent: User
) -> None:
    html = signed_in(agent).get("/requests/").content.decode()
    assert "All 3 of this filter" in html
    assert all(f'value="{choice(each)}"' in html for each in some)


def test_what_would_happen_is_shown_before_anything_does(
    some: list[SupportRequest], agent: User
) -> None:
    services.cancel(support_request=some[0], by=factories.actor(agent), reason="Not needed")
    services.change_priority(
        support_request=some[1], priority="critical", by=factories.actor(agent)
    )
    client = signed_in(agent)
    before = Event.objects.count()
    shown = text(client.post(BULK, sent(some)))
    assert "1 will change, 1 already so, 1 refused." in shown
    assert f"{some[2].number} {some[2].subject} Normal → Critical" in shown
    assert "Refused. A request that is cancelled cannot be given another priority." in shown
    assert Event.objects.count() == before


def test_each_request_gets_one_event_with_the_reason_and_one_cause(
    some: list[SupportRequest], agent: User
) -> None:
    response = signed_in(agent).post(BULK, sent(some, confirmed="1", reason="Year end"))
    asked_for = Event.objects.get(kind="request.list_changed")
    assert response.headers["Location"] == f"/requests/bulk/{asked_for.pk}/?status=open"
    events = Event.objects.filter(kind="request.priority_changed").order_by("id")
    assert [event.support_request_id for event in events] == [each.pk for each in some]
    assert {(each.reason, each.cause_kind, each.cause_id) for each in events} == {
        ("Year end", "event", str(asked_for.pk))
    }
    assert all(row.priority == "critical" for row in SupportRequest.objects.all())
    assert (asked_for.detail["count"], asked_for.detail["act"]) == (3, "change-priority")


def test_all_of_a_filter_is_what_it_finds_and_no_more(
    some: list[SupportRequest], agent: User, entity: Entity
) -> None:
    factories.support_request(entity=entity, channel="phone")
    shown = signed_in(agent).post(BULK, sent([], everything="1", query="channel=mail"))
    assert "3 will change." in text(shown)
    assert shown.content.decode().count('name="chosen"') == 3


def test_people_are_assigned_to_many_and_taken_off(
    some: list[SupportRequest], agent: User, colleague: User
) -> None:
    client = signed_in(agent)
    data = {"act": "assign", "assignee": str(colleague.pk), "confirmed": "1"}
    client.post(BULK, sent(some) | data)
    assert set(SupportRequest.objects.values_list("assignee", flat=True)) == {colleague.pk}
    client.post(BULK, sent(some) | data | {"assignee": "nobody"})
    assert set(SupportRequest.objects.values_list("assignee", flat=True)) == {None}
    assert Event.objects.filter(kind="request.assigned").count() == 6


def test_what_changed_since_it_was_shown_is_left_and_named(
    some: list[SupportRequest], agent: User, colleague: User
) -> None:
    data = sent(some, confirmed="1")
    services.change_category(
        support_request=some[1], category="Billing", by=factories.actor(colleague)
    )
    response = signed_in(agent).post(BULK, data, follow=True)
    shown = text(response)
    assert "2 done, 1 refused." in shown
    assert "Ben Stone changed the category since you opened this page." in shown
    some[1].refresh_from_db()
    assert some[1].priority == "normal"
    assert Event.objects.filter(kind="request.priority_changed", outcome="denied").count() == 1


def test_the_page_before_shows_what_changed_since_the_list(
    some: list[SupportRequest], agent: User, colleague: User
) -> None:
    data = sent(some)
    services.take(support_request=some[1], by=factories.actor(colleague))
    shown = text(signed_in(agent).post(BULK, data))
    assert "It changed since it was chosen; this is how it stands now." in shown
    assert "3 will change." in shown


def test_requests_that_the_person_may_not_see_are_left_out(
    some: list[SupportRequest], agent: User
) -> None:
    theirs = factories.support_request(subject="Theirs")
    shown = text(signed_in(agent).post(BULK, sent([*some, theirs])))
    assert "3 will change, 1 not found." in shown
    assert "Theirs" not in shown
    signed_in(agent).post(BULK, sent([theirs], confirmed="1"))
    theirs.refresh_from_db()
    assert theirs.priority == "normal"


def test_who_only_looks_is_offered_nothing_and_refused_everything(
    some: list[SupportRequest], entity: Entity
) -> None:
    client = signed_in(factories.person("auditor", entity))
    assert 'name="everything"' not in client.get("/requests/").content.decode()
    shown = text(client.post(BULK, sent(some)))
    assert "There is nothing to do" in shown
    assert "needs the role agent or lead there" in shown
    client.post(BULK, sent(some, confirmed="1"))
    assert set(SupportRequest.objects.values_list("priority", flat=True)) == {"normal"}
    assert Event.objects.filter(kind="request.priority_changed", outcome="denied").count() == 3


def test_somebody_who_does_not_work_there_cannot_be_given_them(
    some: list[SupportRequest], entity: Entity
) -> None:
    lead = factories.person("lead", entity)
    other = factories.entity(code="DE")
    from requests_app import people

    people.grant_role(by=factories.TESTER, person=lead, entity=other, role="lead")
    there = factories.person("agent", other, display_name="Jonas Brandt")
    data = sent(some, act="assign", assignee=str(there.pk))
    shown = text(signed_in(lead).post(BULK, data))
    assert "Jonas Brandt cannot be given this request." in shown
    assert "There is nothing to do" in shown


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"priority": ""}, "Choose a priority of the list."),
        ({"priority": "bogus"}, "Choose a priority of the list."),
        ({"act": "assign", "assignee": ""}, "Choose a person of the list."),
        ({"act": "assign", "assignee": "999999"}, "Choose a person of the list."),
        ({"chosen": []}, "No request was chosen."),
        ({"chosen": ["x", "1", "1:1", "9" * 30 + ":1-1"]}, "No request was chosen."),
        ({"chosen": [], "confirmed": "1"}, "No request was chosen."),
    ],
)
def test_what_is_missing_is_said(
    more: dict[str, Any], told: str, some: list[SupportRequest], agent: User
) -> None:
    response = signed_in(agent).post(BULK, sent(some) | more)
    assert response.status_code == 422
    assert told in text(response)
    assert "status=open" in response.content.decode()


def test_more_than_the_limit_is_refused_before_and_never_cut(
    some: list[SupportRequest], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    client = signed_in(agent)
    assert "2 at most; narrow the filter" in text(client.get("/requests/"))
    for more in ({}, {"confirmed": "1"}, {"everything": "1"}):
        assert client.post(BULK, sent(some) | more).status_code == 422, more
    assert set(SupportRequest.objects.values_list("priority", flat=True)) == {"normal"}


def test_looking_does_nothing_and_only_known_acts_are_done(
    some: list[SupportRequest], agent: User
) -> None:
    client = signed_in(agent)
    assert client.get(BULK, sent(some, confirmed="1")).status_code == 302
    assert client.post(BULK, sent(some, act="cancel", confirmed="1")).status_code == 404
    assert set(SupportRequest.objects.values_list("priority", flat=True)) == {"normal"}


def test_how_it_ended_is_shown_to_whoever_did_it_alone(
    some: list[SupportRequest], agent: User, colleague: User
) -> None:
    address = signed_in(agent).post(BULK, sent(some, confirmed="1")).headers["Location"]
    assert "3 done." in text(signed_in(agent).get(address))
    assert signed_in(colleague).get(address).status_code == 404


def test_one_that_cannot_be_recorded_is_not_changed_and_the_others_stay(
    some: list[SupportRequest], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = SupportRequest.save

    def fails(self: SupportRequest, *args: Any, **kwargs: Any) -> None:
        if self.pk == some[1].pk:
            raise RuntimeError
        save(self, *args, **kwargs)

    monkeypatch.setattr(SupportRequest, "save", fails)
    assert signed_in(agent).post(BULK, sent(some, confirmed="1")).status_code == 500
    changed = SupportRequest.objects.filter(priority="critical")
    assert list(changed.values_list("pk", flat=True)) == [some[0].pk]
    assert Event.objects.filter(kind="request.priority_changed", outcome="failed").count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [({"act": "assign", "assignee": ""}, "assignee"), ({"priority": ""}, "priority")],
)
def test_who_chose_no_value_keeps_the_ticks_and_is_told_at_the_field(
    some: list[SupportRequest], agent: User, given: dict[str, str], field: str
) -> None:
    response = signed_in(agent).post(BULK, sent(some[:2]) | given)
    html = response.content.decode()
    assert response.status_code == 422
    assert [f'value="{choice(each)}" checked' in html for each in some] == [True, True, False]
    assert f'<a href="#bulk-{field}">Choose a' in html
    assert f'id="bulk-{field}" aria-invalid="true" aria-describedby="bulk-error"' in html
    assert 'name="query" value="status=open"' in html
    assert Event.objects.filter(kind="request.list_changed").count() == 0


def test_all_of_a_filter_stays_chosen_as_well(some: list[SupportRequest], agent: User) -> None:
    response = signed_in(agent).post(BULK, sent([], everything="1", priority=""))
    assert 'name="everything" value="1" checked' in response.content.decode()


def test_links_of_a_list_shown_again_lead_to_the_list(agent: User) -> None:
    answer = signed_in(agent).get(f"{BULK}?status=open&sort=due")
    assert answer.headers["Location"] == "/requests/?status=open&sort=due"
