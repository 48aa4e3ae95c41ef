"""Customers corrected, reached, merged and parted: each by the right person, and on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from audit.actors import Actor
from audit.models import Event
from audit.recording import ReasonMissing, recording
from requests_app import intake, services
from requests_app.customers import reading
from requests_app.models import Customer, CustomerAddress, Entity, SupportRequest
from requests_app.services import RequestRefused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(entity: Entity) -> Actor:
    return factories.actor(factories.person("lead", entity, display_name="Liam Novak"))


@pytest.fixture
def customer(entity: Entity) -> Customer:
    return factories.customer(entity=entity, name="Harbor Hotels", email="ap@harbor.example")


@pytest.fixture
def double(entity: Entity) -> Customer:
    return factories.customer(entity=entity, name="Harbour Hotels", email="ap@harbour.example")


def last(kind: str) -> Event:
    return Event.objects.filter(kind=kind).latest("id")


def address(customer: Customer, lead: Actor, value: str = "two@harbor.example") -> CustomerAddress:
    return services.add_address(customer=customer, kind="email", value=value, by=lead)


def test_the_old_name_stays_in_the_trail(customer: Customer, lead: Actor) -> None:
    services.change_facts(customer=customer, name="Quay Hotels", reference="C-9", by=lead)
    customer.refresh_from_db()
    assert (customer.name, customer.reference) == ("Quay Hotels", "C-9")
    assert customer.history.order_by("history_id").first().name == "Harbor Hotels"
    assert last("customer.facts_changed").subject_id == str(customer.pk)


def test_facts_that_stay_the_same_are_no_event(customer: Customer, lead: Actor) -> None:
    services.change_facts(customer=customer, name="Harbor Hotels", reference="", by=lead)
    assert not Event.objects.filter(kind="customer.facts_changed").exists()


def test_the_first_address_of_a_kind_is_the_primary_one(customer: Customer, lead: Actor) -> None:
    services.add_address(customer=customer, kind="phone", value="+1 555 0100", by=lead)
    customer.refresh_from_db()
    assert customer.phone == "+1 555 0100"
    assert not customer.addresses.exists()


def test_a_further_address_finds_the_customer(customer: Customer, lead: Actor) -> None:
    address(customer, lead)
    assert reading.reached_by(customer.entity, "TWO@harbor.example") == customer
    assert last("customer.address_added").subject_label == "Harbor Hotels"


def test_an_address_that_has_ended_finds_nobody(customer: Customer, lead: Actor) -> None:
    services.end_address(address=address(customer, lead), by=lead, reason="Left")
    assert reading.reached_by(customer.entity, "two@harbor.example") is None


def test_making_an_address_primary_swaps_the_two(customer: Customer, lead: Actor) -> None:
    other = address(customer, lead)
    services.make_primary(address=other, by=lead)
    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.email, other.value) == ("two@harbor.example", "ap@harbor.example")


def test_a_primary_address_that_ends_is_kept_as_ended(customer: Customer, lead: Actor) -> None:
    services.clear_primary(customer=customer, kind="email", by=lead, reason="Bounces")
    customer.refresh_from_db()
    kept = customer.addresses.get()
    assert (customer.email, kept.value) == ("", "ap@harbor.example")
    assert kept.ended_at is not None


def test_an_address_is_corrected(customer: Customer, lead: Actor) -> None:
    other = address(customer, lead)
    services.change_address(address=other, value="too@harbor.example", by=lead)
    assert CustomerAddress.objects.get().value == "too@harbor.example"
    assert last("customer.address_changed").outcome == "done"


@pytest.mark.parametrize(("kind", "value", "told"), [
    ("email", "nonsense", "no e-mail address"),
    ("phone", "12", "5 digits or more"),
    ("postal", "  ", "Write the address"),
    ("email", "AP@harbor.example", "has this address already"),
])  # fmt: skip
def test_what_is_no_new_address_is_refused_on_record(
    kind: str, value: str, told: str, customer: Customer, lead: Actor
) -> None:
    with pytest.raises(RequestRefused, match=told):
        services.add_address(customer=customer, kind=kind, value=value, by=lead)
    assert last("customer.address_added").outcome == "denied"


def test_no_customer_has_one_address_twice_whoever_writes_it(
    customer: Customer, lead: Actor
) -> None:
    address(customer, lead)
    with (
        pytest.raises(IntegrityError, match="customer_address_in_use_once"),
        recording("record.changed", by=lead),
    ):
        CustomerAddress.objects.create(
            entity=customer.entity, customer=customer, kind="email", value="Two@harbor.example"
        )


def test_an_address_of_another_entity_is_refused_by_the_database(
    customer: Customer, lead: Actor
) -> None:
    with (
        pytest.raises(IntegrityError, match="customer_address_is_of_its_entity"),
        recording("record.changed", by=lead),
    ):
        CustomerAddress.objects.create(
            entity=factories.entity(), customer=customer, kind="email", value="x@y.example"
        )


def test_no_event_of_an_address_holds_it_but_its_row(customer: Customer, lead: Actor) -> None:
    services.end_address(address=address(customer, lead), by=lead, reason="Left")
    events = Event.objects.filter(kind__startswith="customer.address")
    assert "two@harbor" not in str(list(events.values("subject_label", "reason", "detail")))


def test_who_is_not_in_use_gets_no_request_by_their_address(
    customer: Customer, lead: Actor
) -> None:
    services.deactivate(customer=customer, by=lead, reason="Contract ended")
    assert reading.reached_by(customer.entity, "ap@harbor.example") is None
    services.reactivate(customer=customer, by=lead, reason="New contract")
    assert reading.reached_by(customer.entity, "ap@harbor.example") == customer


def test_deactivating_needs_a_reason(customer: Customer, lead: Actor) -> None:
    with pytest.raises(ReasonMissing):
        services.deactivate(customer=customer, by=lead, reason=" ")
    customer.refresh_from_db()
    assert customer.is_active


@pytest.mark.parametrize("role", ["auditor", "controller", "administrator", "accountant"])
def test_other_roles_correct_nothing(role: str, customer: Customer) -> None:
    by = factories.actor(factories.person(role, customer.entity))
    with pytest.raises(RequestRefused, match="needs the role agent, lead or privacy officer"):
        services.change_facts(customer=customer, name="X", reference="", by=by)
    assert last("customer.facts_changed").outcome == "denied"


def merged(customer: Customer, double: Customer, lead: Actor) -> SupportRequest:
    opened = factories.support_request(entity=customer.entity, customer=double)
    services.merge_customers(into=customer, customer=double, by=lead, reason="Same tax number")
    opened.refresh_from_db()
    return opened


def test_a_merge_moves_each_request_on_its_own_trail(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    opened = merged(customer, double, lead)
    merge, moved = last("customer.merged"), last("request.customer_merged")
    assert opened.customer == customer
    assert (moved.support_request_id, moved.cause_id) == (opened.pk, str(merge.pk))
    assert last("customer.merge_received").subject_id == str(customer.pk)
    double.refresh_from_db()
    assert (double.merged_into, double.name) == (customer, "Harbour Hotels")


def test_a_closed_request_moves_as_well(customer: Customer, double: Customer, lead: Actor) -> None:
    opened = factories.support_request(entity=customer.entity, customer=double)
    services.cancel(support_request=opened, by=lead, reason="Twice")
    services.merge_customers(into=customer, customer=double, by=lead, reason="Same")
    opened.refresh_from_db()
    assert (opened.customer, opened.status) == (customer, "cancelled")


def test_addresses_follow_and_the_merged_ones_lead_to_who_stays(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    address(double, lead, "desk@harbour.example")
    merged(customer, double, lead)
    for value in ("desk@harbour.example", "ap@harbour.example"):
        assert reading.reached_by(customer.entity, value) == customer


def test_an_address_that_both_have_stays_where_it_is(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    for each in (customer, double):
        address(each, lead, "desk@harbour.example")
    merged(customer, double, lead)
    assert customer.addresses.count() == double.addresses.count() == 1


def test_undoing_restores_exactly_what_was_moved(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    own = factories.support_request(entity=customer.entity, customer=customer)
    moved_address = address(double, lead, "desk@harbour.example")
    opened = merged(customer, double, lead)
    services.unmerge_customer(customer=double, by=lead, reason="Two hotels after all")
    for row in (own, opened, moved_address, double):
        row.refresh_from_db()
    assert (own.customer, opened.customer, moved_address.customer) == (customer, double, double)
    assert double.merged_into is None
    assert last("customer.unmerged").reason == "Two hotels after all"


def test_undoing_leaves_what_was_given_to_somebody_else_since(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    third = factories.customer(entity=customer.entity)
    opened = merged(customer, double, lead)
    services.change_customer(support_request=opened, customer=third, by=lead, reason="Theirs")
    services.unmerge_customer(customer=double, by=lead, reason="Two after all")
    opened.refresh_from_db()
    assert opened.customer == third


def test_a_second_merge_is_undone_by_itself(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    opened = merged(customer, double, lead)
    services.unmerge_customer(customer=double, by=lead, reason="Two after all")
    services.merge_customers(into=customer, customer=double, by=lead, reason="One after all")
    services.unmerge_customer(customer=double, by=lead, reason="Two, for good")
    opened.refresh_from_db()
    assert opened.customer == double


def refused(into: Customer, customer: Customer, by: Actor) -> str:
    with pytest.raises(RequestRefused) as raised:
        services.merge_customers(into=into, customer=customer, by=by, reason="Same")
    assert last("customer.merged").outcome == "denied"
    return str(raised.value)


def test_a_customer_is_not_merged_into_itself(customer: Customer, lead: Actor) -> None:
    assert "into itself" in refused(customer, customer, lead)


def test_customers_of_two_entities_are_kept_apart(customer: Customer, lead: Actor) -> None:
    assert "different entities" in refused(factories.customer(), customer, lead)


def test_chains_are_refused_from_both_ends(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    third = factories.customer(entity=customer.entity)
    merged(customer, double, lead)
    assert "merged already" in refused(third, double, lead)
    assert "itself merged" in refused(double, third, lead)
    assert "Others were merged into this customer" in refused(third, customer, lead)


@pytest.mark.parametrize("role", ["agent", "auditor", "privacy_officer", "administrator"])
def test_merging_is_for_leads(role: str, customer: Customer, double: Customer) -> None:
    by = factories.actor(factories.person(role, customer.entity))
    assert "needs the role lead" in refused(customer, double, by)


def test_what_was_never_merged_cannot_be_undone(customer: Customer, lead: Actor) -> None:
    with pytest.raises(RequestRefused, match="not merged"):
        services.unmerge_customer(customer=customer, by=lead, reason="Why not")


def test_a_failed_move_undoes_the_whole_merge(
    customer: Customer, double: Customer, lead: Actor, monkeypatch: Any
) -> None:
    opened = factories.support_request(entity=customer.entity, customer=double)
    monkeypatch.setattr(SupportRequest, "save", lambda *_args, **_options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.merge_customers(into=customer, customer=double, by=lead, reason="Same")
    double.refresh_from_db()
    opened.refresh_from_db()
    assert (double.merged_into, opened.customer) == (None, double)


def test_a_merged_customer_is_corrected_no_more(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    merged(customer, double, lead)
    with pytest.raises(RequestRefused, match="was merged into another one"):
        services.change_facts(customer=double, name="X", reference="", by=lead)


def test_a_request_for_a_merged_customer_goes_to_who_stays(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    merged(customer, double, lead)
    later = factories.support_request(entity=customer.entity, customer=double)
    assert later.customer == customer


def test_mail_from_a_merged_customers_address_opens_a_request_of_who_stays(
    customer: Customer, double: Customer, lead: Actor
) -> None:
    merged(customer, double, lead)
    opened = intake.open_for(
        entity=customer.entity, customer_name="", customer_email="ap@harbour.example", by=lead,
        channel="mail", subject="Again", description="Again.",
    )  # fmt: skip
    assert opened.customer == customer


@pytest.mark.parametrize("facts", [
    {"email": "AP@Harbor.example", "name": "Other"},
    {"phone": "(555) 010-0", "name": "Other"},
    {"name": "harbor-hotels"},
])  # fmt: skip
def test_likely_doubles_have_the_same_mail_phone_or_name(
    facts: dict[str, str], customer: Customer, lead: Actor
) -> None:
    services.add_address(customer=customer, kind="phone", value="5550100", by=lead)
    customer.refresh_from_db()
    other = factories.customer(entity=customer.entity, **({"email": ""} | facts))
    factories.customer(**({"email": ""} | facts))
    factories.customer(entity=customer.entity)
    person = lead.person
    assert reading.doubles_of(customer, person) == [other]
    found = reading.with_doubles(Customer.objects.visible_to(person), person)
    assert set(found) == {customer, other}


def test_doubles_are_not_suggested_to_who_sees_pseudonyms(customer: Customer) -> None:
    factories.customer(entity=customer.entity, name=customer.name)
    auditor = factories.person("auditor", customer.entity)
    assert reading.doubles_of(customer, auditor) == []
    assert not reading.with_doubles(Customer.objects.visible_to(auditor), auditor)
