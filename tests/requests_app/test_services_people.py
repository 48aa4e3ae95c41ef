"""Who gets a request, whose it is, and which other it repeats."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from audit.actors import Actor
from audit.models import Event
from audit.recording import ReasonMissing
from requests_app import intake, people, services
from requests_app.models import Customer, Entity, SupportRequest, User
from tests import factories


@pytest.fixture
def ana(entity: Entity) -> User:
    return factories.person("agent", entity, display_name="Ana Reyes")


@pytest.fixture
def agent(ana: User) -> Actor:
    return factories.actor(ana)


@pytest.fixture
def ben(entity: Entity) -> User:
    return factories.person("lead", entity, display_name="Ben Stone")


@pytest.fixture
def taken(entity: Entity, agent: Actor) -> SupportRequest:
    opened = factories.support_request(entity=entity)
    services.take(support_request=opened, by=agent)
    return opened


def last(support_request: SupportRequest) -> Event:
    return Event.objects.of_support_request(support_request.pk).latest("id")


@pytest.mark.django_db
def test_assigning_gives_the_request_and_leaves_its_status(
    entity: Entity, agent: Actor, ben: User
) -> None:
    opened = factories.support_request(entity=entity)
    services.assign(support_request=opened, assignee=ben, by=agent, reason="He knows hotels")
    opened.refresh_from_db()
    assert (opened.assignee, opened.status) == (ben, "new")
    assert (last(opened).kind, last(opened).reason) == ("request.assigned", "He knows hotels")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["auditor", "accountant", "administrator"])
def test_a_request_is_given_only_to_who_works_there(
    role: str, taken: SupportRequest, agent: Actor, entity: Entity
) -> None:
    other = factories.person(role, entity, display_name="Otto Lind")
    with pytest.raises(services.RequestRefused, match="Otto Lind cannot be given this request"):
        services.assign(support_request=taken, assignee=other, by=agent)
    stranger = factories.person("agent", factories.entity())
    with pytest.raises(services.RequestRefused, match="needs the role agent or lead there"):
        services.hand_over(support_request=taken, assignee=stranger, by=agent, reason="Yours")
    taken.refresh_from_db()
    assert taken.assignee == agent.person


@pytest.mark.django_db
def test_handing_over_says_what_the_next_one_needs_to_know(
    taken: SupportRequest, agent: Actor, ben: User
) -> None:
    with pytest.raises(ReasonMissing):
        services.hand_over(support_request=taken, assignee=ben, by=agent, reason=" ")
    services.hand_over(support_request=taken, assignee=ben, by=agent, reason="Invoice is checked")
    taken.refresh_from_db()
    assert (taken.assignee, taken.status) == (ben, "in_progress")
    assert (last(taken).kind, last(taken).reason) == ("request.handed_over", "Invoice is checked")


@pytest.mark.django_db
def test_what_nobody_works_on_cannot_be_handed_over(
    entity: Entity, agent: Actor, ben: User
) -> None:
    opened = factories.support_request(entity=entity)
    with pytest.raises(services.RequestRefused, match="nothing to hand over"):
        services.hand_over(support_request=opened, assignee=ben, by=agent, reason="Yours")


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [services.assign, services.hand_over])
def test_giving_it_to_who_has_it_records_nothing(
    verb: Any, taken: SupportRequest, agent: Actor
) -> None:
    before = Event.objects.count()
    verb(support_request=taken, assignee=agent.person, by=agent, reason="Again")
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_those_who_may_be_given_a_request_are_those_who_work_there_today(
    entity: Entity, ana: User, ben: User
) -> None:
    factories.person("auditor", entity)
    factories.person("agent", factories.entity())
    gone = people.add_person(by=factories.TESTER, username="cleo", display_name="Cleo Marsh")
    today = entity.today()
    people.grant_role(
        by=factories.TESTER, person=gone, entity=entity, role="agent",
        starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1),
    )  # fmt: skip
    assert list(people.workers(entity)) == [ana, ben]


@pytest.mark.django_db
def test_another_customer_is_found_by_address_or_added(
    taken: SupportRequest, agent: Actor, entity: Entity
) -> None:
    known = factories.customer(entity=entity, name="Harbor Hotels", email="ap@harbor.example")
    intake.give_to(
        support_request=taken, customer_name="", customer_email="AP@harbor.example", by=agent,
        reason="The mail was forwarded",
    )  # fmt: skip
    taken.refresh_from_db()
    assert taken.customer == known
    intake.give_to(
        support_request=taken, customer_name="Quay Inn", customer_email="", by=agent, reason="No"
    )
    taken.refresh_from_db()
    assert taken.customer is not None
    assert taken.customer.name == "Quay Inn"
    events = Event.objects.of_support_request(taken.pk).filter(kind="request.customer_changed")
    assert [event.reason for event in events] == ["The mail was forwarded", "No"]


@pytest.mark.django_db
def test_a_refused_change_of_customer_adds_none(entity: Entity, agent: Actor) -> None:
    opened = factories.support_request(entity=entity)
    services.cancel(support_request=opened, by=agent, reason="By mistake")
    with pytest.raises(services.RequestRefused):
        intake.give_to(
            support_request=opened, customer_name="Quay Inn", customer_email="", by=agent,
            reason="No",
        )  # fmt: skip
    assert not Customer.objects.filter(name="Quay Inn").exists()


@pytest.mark.django_db
def test_a_duplicate_ends_and_both_trails_say_so(taken: SupportRequest, agent: Actor) -> None:
    original = factories.support_request(entity=taken.entity)
    services.mark_duplicate(support_request=taken, original=original, by=agent, reason="Same mail")
    taken.refresh_from_db()
    assert (taken.status, taken.duplicate_of) == ("duplicate", original)
    merged = last(taken)
    found = last(original)
    assert (merged.kind, found.kind) == ("request.marked_duplicate", "request.duplicate_found")
    assert found.detail == {"duplicate": taken.number}
    assert found.cause_event_id == merged.pk


@pytest.mark.django_db
def test_a_duplicate_names_an_original_of_the_same_entity_that_is_none_itself(
    taken: SupportRequest, agent: Actor
) -> None:
    middle = factories.support_request(entity=taken.entity)
    first = factories.support_request(entity=taken.entity)
    services.mark_duplicate(support_request=middle, original=first, by=agent)
    for original, words in (
        (taken, "no duplicate of itself"),
        (middle, f"is itself a duplicate of {first.number}. Name that one."),
        (factories.support_request(), "belongs to another entity"),
    ):
        with pytest.raises(services.RequestRefused, match=words):
            services.mark_duplicate(support_request=taken, original=original, by=agent)
    taken.refresh_from_db()
    assert taken.status == "in_progress"


@pytest.mark.django_db
def test_what_others_are_duplicates_of_is_no_duplicate_itself(
    taken: SupportRequest, agent: Actor
) -> None:
    other = factories.support_request(entity=taken.entity)
    services.mark_duplicate(support_request=other, original=taken, by=agent)
    with pytest.raises(services.RequestRefused, match=f"{other.number} is a duplicate of this"):
        services.mark_duplicate(
            support_request=taken, original=factories.support_request(entity=taken.entity),
            by=agent,
        )  # fmt: skip


@pytest.mark.django_db
def test_a_duplicate_that_is_reopened_stands_for_itself(
    taken: SupportRequest, agent: Actor
) -> None:
    original = factories.support_request(entity=taken.entity)
    services.mark_duplicate(support_request=taken, original=original, by=agent)
    services.reopen(support_request=taken, by=agent, reason="Another room after all")
    taken.refresh_from_db()
    assert (taken.status, taken.duplicate_of) == ("in_progress", None)
    assert last(original).kind == "request.duplicate_withdrawn"
    assert last(original).detail == {"duplicate": taken.number}


@pytest.mark.django_db
def test_waiting_says_for_whom_and_ends_by_resuming(taken: SupportRequest, agent: Actor) -> None:
    services.wait(support_request=taken, waiting_for="waiting_customer", by=agent)
    before = Event.objects.count()
    services.wait(support_request=taken, waiting_for="waiting_customer", by=agent)
    assert Event.objects.count() == before
    services.wait(support_request=taken, waiting_for="waiting_vendor", by=agent)
    services.resume(support_request=taken, by=agent)
    statuses = taken.history.order_by("history_id").values_list("status", flat=True)
    assert list(statuses) == [
        "new", "in_progress", "waiting_customer", "waiting_vendor", "in_progress",
    ]  # fmt: skip


@pytest.mark.django_db
def test_waiting_for_what_is_no_status_is_a_mistake_of_the_caller(
    taken: SupportRequest, agent: Actor
) -> None:
    with pytest.raises(ValueError, match="no status of waiting"):
        services.wait(support_request=taken, waiting_for="closed", by=agent)


@pytest.mark.django_db
def test_who_does_not_work_there_learns_of_no_customer(taken: SupportRequest) -> None:
    factories.customer(entity=taken.entity, name="Harbor Hotels", email="ap@harbor.example")
    auditor = factories.actor(factories.person("auditor", taken.entity))
    with pytest.raises(services.RequestRefused, match="needs the role agent or lead there"):
        intake.give_to(
            support_request=taken, customer_name="X", customer_email="ap@harbor.example",
            by=auditor, reason="To see",
        )  # fmt: skip
    assert (last(taken).kind, last(taken).outcome) == ("request.customer_changed", "denied")


@pytest.mark.django_db
def test_a_name_that_is_not_the_known_customers_is_refused_on_record(
    taken: SupportRequest, agent: Actor
) -> None:
    factories.customer(entity=taken.entity, name="Harbor Hotels", email="ap@harbor.example")
    with pytest.raises(services.RequestRefused, match="belongs to a customer of another name"):
        intake.give_to(
            support_request=taken, customer_name="Quay Inn", customer_email="ap@harbor.example",
            by=agent, reason="Theirs",
        )  # fmt: skip
    assert (last(taken).kind, last(taken).outcome) == ("request.customer_changed", "denied")


def test_two_who_name_each_others_request_do_not_make_a_ring(own_database: str) -> None:
    entity = factories.entity()
    agent = factories.actor(factories.person("agent", entity))
    first, second = (factories.support_request(entity=entity) for _ in range(2))

    def mark(request: SupportRequest, original: SupportRequest) -> str:
        try:
            services.mark_duplicate(support_request=request, original=original, by=agent)
        except services.RequestRefused as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(mark, (first, second), (second, first)))
    assert sorted(bool(words) for words in told) == [False, True]
    assert SupportRequest.objects.filter(duplicate_of__isnull=False).count() == 1
