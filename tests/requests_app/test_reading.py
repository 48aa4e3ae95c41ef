"""Who sees which rows and events: a row's entity decides, whatever event a change came with."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from audit import seen, timeline
from audit.models import Event
from audit.recording import record, recording
from requests_app import looking, people, reading, services
from requests_app.models import Customer, Message, SupportRequest, User
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


@pytest.fixture
def changed_elsewhere(here: User) -> Event:
    """An event of a request here, under which two customers of other entities were changed, too."""
    own = factories.support_request(entity=entity_of(here))
    others = [factories.customer(name=f"Confidential {index}") for index in range(2)]
    with recording("record.changed", by=factories.TESTER, subject=own) as opened:
        type(own).objects.filter(pk=own.pk).update(category="Shown here")
        Customer.objects.filter(pk__in=[other.pk for other in others]).update(phone="555-0199")
    return Event.objects.get(pk=opened.id)


def pages_of(event: Event) -> list[str]:
    number = SupportRequest.objects.get(pk=event.support_request_id).number
    return [f"/requests/{number}/", f"/events/{event.pk}/", "/trail/"]


def test_rows_of_other_entities_are_left_out_of_an_event_and_said_to_be(
    here: User, changed_elsewhere: Event
) -> None:
    client = signed_in(here)
    for address in pages_of(changed_elsewhere):
        page = client.get(address).content.decode()
        assert "2 more rows changed, which you may not see." in page
        assert "555-0199" not in page
        assert "No field that is recorded here was changed." not in page


def test_the_admin_names_no_version_of_a_row_that_may_not_be_seen(
    here: User, changed_elsewhere: Event
) -> None:
    client = signed_in(here)
    versions = Customer.history.filter(event_id=changed_elsewhere.pk)
    address = "/admin/requests_app/historicalcustomer/"
    listed = client.get(address).content.decode()
    assert listed.count("a row that you may not see") == len(versions) == 2
    assert "Confidential" not in listed
    for version in versions:
        page = client.get(f"{address}{version.pk}/change/", follow=True).content.decode()
        assert "Confidential" not in page
        assert "555-0199" not in page


def test_who_audits_all_entities_of_an_event_sees_all_its_rows(
    here: User, changed_elsewhere: Event
) -> None:
    for customer in Customer.objects.filter(name__startswith="Confidential"):
        for role in ("auditor", "agent"):  # an auditor alone would read "hidden"
            people.grant_role(by=factories.TESTER, person=here, entity=customer.entity, role=role)
    page = signed_in(here).get(f"/events/{changed_elsewhere.pk}/").content.decode()
    changed = page.partition('id="changes"')[2].partition("</section>")[0]
    assert changed.count("555-0199") == 2
    assert "which you may not see" not in page


def test_an_event_whose_rows_are_all_left_out_does_not_say_that_nothing_changed(
    here: User,
) -> None:
    elsewhere = factories.customer()
    with recording("record.changed", by=factories.TESTER) as opened:
        Customer.objects.filter(pk=elsewhere.pk).update(phone="555-0199")
    page = signed_in(here).get(f"/events/{opened.id}/").content.decode()
    assert "1 more row changed, which you may not see." in page
    assert "No record was changed by this event." not in page


def test_leaving_rows_out_and_hiding_costs_three_queries_however_many_there_are(
    here: User, changed_elsewhere: Event, django_assert_max_num_queries: Any
) -> None:
    entry = timeline.entry_of(changed_elsewhere.pk, Event.objects.all())
    people.entity_ids(here)
    with django_assert_max_num_queries(3):
        [part] = seen.entries([entry], here)
    assert (len(entry.rows), len(part.rows)) == (3, 1)


@pytest.mark.parametrize(("role", "rows"), [("agent", 1), ("auditor", 2)])
def test_a_person_changed_besides_is_seen_by_who_reads_trails(role: str, rows: int) -> None:
    viewer = factories.person(role, factories.entity())
    own = factories.support_request(entity=entity_of(viewer))
    with recording("record.changed", by=factories.TESTER, subject=own) as opened:
        type(own).objects.filter(pk=own.pk).update(category="Moved")
        User.objects.filter(pk=viewer.pk).update(email="new@example.com")
    entry = timeline.entry_of(opened.id, Event.objects.all())
    [part] = seen.entries([entry], viewer)
    assert len(part.rows) == rows


def test_a_message_is_seen_by_who_sees_its_request_whatever_event_it_came_with(here: User) -> None:
    own, other = factories.support_request(entity=entity_of(here)), factories.support_request()
    with recording("record.changed", by=factories.TESTER, subject=own):
        for each in (own, other):
            Message.objects.create(support_request=each, kind="note", body="n", author_label="Ana")
    entries = timeline.page(Event.objects.filter(kind="record.changed")).entries
    shown = [len(entry.rows) for entry in seen.entries(entries, here)]
    assert sorted(shown) == [0, 1]


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


@pytest.mark.parametrize("outcome", ["done", "denied", "failed"])
@pytest.mark.parametrize("name", list(reading.SHOWN))
def test_a_filter_counts_the_kinds_that_it_shows(name: str, outcome: str) -> None:
    support_request = factories.support_request()
    kinds = ["request.viewed", "request.replied", "request.taken", "request.reopened"]
    for kind in kinds:
        note(kind, support_request, outcome)
    events = Event.objects.of_support_request(support_request.pk)
    shown = events.filter(reading.SHOWN[name].condition)
    assert reading.trail_counts(support_request)[name] == shown.count()
    assert {event.pk for event in shown} == {
        event.pk for event in events if reading.SHOWN[name].holds(event.kind, event.outcome)
    }


def test_a_refused_reopening_is_not_counted_as_one() -> None:
    support_request = factories.support_request()
    note("request.reopened", support_request, "denied")
    assert reading.trail_counts(support_request)["reopened"] == 0
    note("request.reopened", support_request, "done")
    assert reading.trail_counts(support_request)["reopened"] == 1


def test_a_status_is_as_old_as_the_last_version_that_brought_it() -> None:
    support_request = factories.support_request()
    agent = factories.actor(factories.person("agent", support_request.entity))
    assert reading.in_status_since(support_request) == recorded(support_request, 0)
    services.take(support_request=support_request, by=agent)
    services.change_priority(
        support_request=support_request, priority="high", reason="A large one", by=agent
    )
    services.resolve(support_request=support_request, resolution="solved", note="Sent", by=agent)
    services.reopen(support_request=support_request, reason="Not there yet", by=agent)
    services.change_priority(
        support_request=support_request, priority="low", reason="Not so large", by=agent
    )
    assert support_request.status == "in_progress"
    assert reading.in_status_since(support_request) == recorded(support_request, 4)


def recorded(support_request: SupportRequest, place: int) -> object:
    return support_request.history.order_by("history_id")[place].history_date


def note(kind: str, support_request: SupportRequest, outcome: str) -> None:
    record(
        kind, by=factories.TESTER, subject=support_request, outcome=outcome, reason="To be counted"
    )
