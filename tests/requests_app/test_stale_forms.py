"""No form overwrites what its sender has not read: what changed meanwhile is shown beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model

from audit.actors import Actor
from audit.models import Event
from audit.standing import MOST, newest_events, standing_of
from requests_app import people, saved_views, services, staff
from requests_app.models import Customer, Entity, Role, RoleGrant, Rule, SavedView, User
from tests import factories, promises
from tests.pages import seen, signed_in, text, value_of

pytestmark = pytest.mark.django_db

CUSTOMER = {
    "change-facts": {"name": "Harbour Hotels", "reference": "C-9"},
    "add-address": {"kind": "postal", "value": "1 Quay St"},
    "change-address": {"value": "too@harbor.example"},
    "make-primary": {},
    "end-address": {"reason": "Bounces"},
    "deactivate": {"reason": "Contract ended"},
}
PERSON = {
    "grant": {"entity": "US", "role": "accountant", "reason": "Helps out"},
    "end": {"reason": "Moves on"},
    "change": {"display_name": "Ana Lopez", "time_zone": "UTC", "reason": "Typing error"},
    "invite": {},
    "deactivate": {"reason": "Left"},
}


@pytest.fixture
def lead(entity: Entity) -> User:
    return factories.person("lead", entity, display_name="Lia Frank")


@pytest.fixture
def ada(entity: Entity) -> User:
    return factories.person("administrator", entity)


@pytest.fixture
def colleague(entity: Entity) -> Actor:
    ben = factories.person("lead", entity, display_name="Ben Stone")
    people.grant_role(by=factories.TESTER, person=ben, entity=entity, role=Role.ADMINISTRATOR)
    return factories.actor(ben)


@pytest.fixture
def customer(entity: Entity) -> Customer:
    return factories.customer(entity=entity, name="Harbor Hotels")


def renamed(customer: Customer, by: Actor) -> None:
    services.change_facts(
        customer=customer, name="Quay Hotels", reference="", by=by, reason="Letter of May"
    )


def stood_still(row: Model, before: Any) -> bool:
    """Whether nothing was written since: neither to the row nor to a part of it."""
    return bool(standing_of(row) == before)


@pytest.mark.parametrize("verb", CUSTOMER)
def test_a_customer_changed_meanwhile_is_not_overwritten(
    verb: str, customer: Customer, lead: User, colleague: Actor
) -> None:
    by = factories.actor(lead)
    further = services.add_address(customer=customer, kind="email", value="b@c.example", by=by)
    sent = seen(customer) | {"address": str(further.pk)} | CUSTOMER[verb]
    renamed(customer, colleague)
    before = standing_of(customer)
    answer = signed_in(lead).post(f"/customers/{customer.pk}/{verb}/", sent)
    shown = text(answer)
    assert answer.status_code == 409
    assert "Ben Stone corrected the customer since you opened this page." in shown
    assert "Letter of May" in shown
    assert "Name removed: Harbor Hotels → added: Quay Hotels" in shown
    assert stood_still(customer, before)
    again = sent | {"seen": value_of(answer, f"{verb}-seen")}
    assert signed_in(lead).post(f"/customers/{customer.pk}/{verb}/", again).status_code == 302


def test_theirs_stands_beside_what_was_typed_which_is_kept(
    customer: Customer, lead: User, colleague: Actor
) -> None:
    sent = seen(customer) | CUSTOMER["change-facts"]
    renamed(customer, colleague)
    answer = signed_in(lead).post(f"/customers/{customer.pk}/change-facts/", sent)
    assert "Name Quay Hotels Harbour Hotels" in text(answer)
    assert value_of(answer, "change-facts-name") == "Harbour Hotels"
    assert Event.objects.filter(kind="customer.facts_changed", outcome="denied").count() == 1


def test_a_further_address_changed_meanwhile_is_told_beside_the_one_typed(
    customer: Customer, lead: User, colleague: Actor
) -> None:
    by = factories.actor(lead)
    further = services.add_address(customer=customer, kind="email", value="b@c.example", by=by)
    sent = seen(customer) | {"address": str(further.pk), "value": "mine@c.example"}
    services.change_address(address=further, value="theirs@c.example", by=colleague)
    answer = signed_in(lead).post(f"/customers/{customer.pk}/change-address/", sent)
    assert answer.status_code == 409
    assert "theirs@c.example mine@c.example" in text(answer)
    further.refresh_from_db()
    assert further.value == "theirs@c.example"


@pytest.mark.parametrize("changed", ["merged", "stays"])
def test_two_customers_are_not_merged_where_one_of_them_changed_meanwhile(
    changed: str, customer: Customer, lead: User, colleague: Actor
) -> None:
    stays = factories.customer(entity=customer.entity, name="Harbor-Hotels")
    target = f"/customers/{customer.pk}/merge/?into={stays.pk}"
    client = signed_in(lead)
    page = client.get(target)
    sent = {name: value_of(page, f"id_{name}") for name in ("seen", "seen_into")}
    renamed(customer if changed == "merged" else stays, colleague)
    answer = client.post(target, sent | {"reason": "Same tax number"})
    assert answer.status_code == 409
    assert "Ben Stone corrected the customer since you opened this page." in text(answer)
    assert value_of(answer, "id_reason") == "Same tax number"
    customer.refresh_from_db()
    assert customer.merged_into is None
    again = {name: value_of(answer, f"id_{name}") for name in ("seen", "seen_into", "reason")}
    assert client.post(target, again).status_code == 302


def test_where_both_customers_changed_each_of_them_is_told_before_they_are_merged(
    customer: Customer, lead: User, colleague: Actor
) -> None:
    stays = factories.customer(entity=customer.entity, name="Harbor-Hotels")
    target = f"/customers/{customer.pk}/merge/?into={stays.pk}"
    client = signed_in(lead)
    page, names = client.get(target), ("seen", "seen_into", "reason")
    sent = {name: value_of(page, f"id_{name}") for name in names} | {"reason": "Same number"}
    renamed(customer, colleague)
    renamed(stays, colleague)
    for old in ("Harbor Hotels", "Harbor-Hotels"):
        answer = client.post(target, sent)
        assert answer.status_code == 409
        assert f"Name removed: {old} → added: Quay Hotels" in text(answer)
        sent = {name: value_of(answer, f"id_{name}") for name in names}
    assert client.post(target, sent).status_code == 302


def test_a_merge_is_not_undone_by_who_has_not_seen_that_it_was_done_anew(
    customer: Customer, lead: User, colleague: Actor
) -> None:
    stays = factories.customer(entity=customer.entity)
    merge = {"into": stays, "customer": customer, "by": colleague, "reason": "Same"}
    services.merge_customers(**merge)
    sent = seen(customer) | {"reason": "Two after all"}
    services.unmerge_customer(customer=customer, by=colleague, reason="Not sure")
    services.merge_customers(**merge)
    answer = signed_in(lead).post(f"/customers/{customer.pk}/unmerge/", sent)
    assert answer.status_code == 409
    assert "Ben Stone merged this customer into another one since you opened" in text(answer)
    customer.refresh_from_db()
    assert customer.merged_into == stays


def test_an_address_that_went_back_to_another_customer_is_missed(
    customer: Customer, lead: User, colleague: Actor
) -> None:
    """Nothing of the customer that stays was written by it."""
    other = factories.customer(entity=customer.entity, name="Harbor Hotel")
    services.add_address(customer=other, kind="postal", value="1 Quay St", by=colleague)
    services.merge_customers(into=customer, customer=other, by=colleague, reason="The same")
    services.add_address(customer=customer, kind="email", value="bo@x.example", by=colleague)
    before = seen(customer)
    services.unmerge_customer(customer=other, by=colleague, reason="They are two")
    assert seen(customer) != before
    typed = CUSTOMER["change-facts"] | before
    answer = signed_in(lead).post(f"/customers/{customer.pk}/change-facts/", typed)
    assert answer.status_code == 409
    shown = text(answer)
    assert "Ben Stone took a merged customer out of this one since you opened this page." in shown
    customer.refresh_from_db()
    assert customer.name == "Harbor Hotels"
    again = typed | {"seen": value_of(answer, "change-facts-seen")}
    assert signed_in(lead).post(f"/customers/{customer.pk}/change-facts/", again).status_code == 302


@pytest.mark.parametrize("act", PERSON)
def test_a_person_changed_meanwhile_is_not_overwritten(
    act: str, entity: Entity, ada: User, colleague: Actor
) -> None:
    person = factories.person("agent", entity, display_name="Ana Reyes", email="a@b.example")
    grant = RoleGrant.objects.get(person=person)
    last_day = (entity.today() - timedelta(days=0)).isoformat()
    sent = seen(person) | {"grant": str(grant.pk), "last_day": last_day} | PERSON[act]
    staff.change(
        person=person, by=colleague, display_name="Ana Garcia", email="a@b.example",
        time_zone="UTC", reason="Married",
    )  # fmt: skip
    before = standing_of(person)
    answer = signed_in(ada).post(f"/people/{person.pk}/{act}/", sent)
    assert answer.status_code == 409
    assert "Ben Stone changed the person since you opened this page." in text(answer)
    assert "removed: Ana Reyes → added: Ana Garcia" in text(answer)
    assert stood_still(person, before)
    again = sent | {"seen": value_of(answer, f"{act}-seen")}
    assert signed_in(ada).post(f"/people/{person.pk}/{act}/", again).status_code == 302


def test_a_role_given_meanwhile_is_told(entity: Entity, ada: User, colleague: Actor) -> None:
    person = factories.person("agent", entity)
    sent = seen(person) | PERSON["deactivate"]
    people.grant_role(
        by=colleague, person=person, entity=entity, role=Role.LEAD, reason="Takes over"
    )
    answer = signed_in(ada).post(f"/people/{person.pk}/deactivate/", sent)
    assert answer.status_code == 409
    assert "Ben Stone granted the role since you opened this page." in text(answer)
    assert "Takes over" in text(answer)
    person.refresh_from_db()
    assert person.is_active


def test_what_another_entity_did_is_not_told(entity: Entity, ada: User) -> None:
    person = factories.person("agent", entity)
    other = factories.entity(code="DE")
    sent = seen(person) | PERSON["grant"]
    theirs = factories.actor(factories.person("administrator", other, display_name="Uwe"))
    people.grant_role(by=theirs, person=person, entity=other, role=Role.LEAD, reason="Secret")
    answer = signed_in(ada).post(f"/people/{person.pk}/grant/", sent)
    assert answer.status_code == 409
    assert "This page shows it otherwise than it stands." in text(answer)
    assert "Secret" not in text(answer)
    assert "Uwe" not in text(answer)


def test_what_another_entity_did_is_not_told_however_often_it_did_it(
    entity: Entity, ada: User
) -> None:
    person, other = factories.person("agent", entity), factories.entity(code="DE")
    grant = people.grant_role(by=factories.TESTER, person=person, entity=other, role=Role.LEAD)
    before = standing_of(person)
    for day in range(4 * (MOST + 1) + 2):
        people.end_role(
            by=factories.TESTER, grant=grant, reason="r",
            last_day=other.today() + timedelta(days=day + 1),
        )  # fmt: skip
    assert newest_events(person, before, ada) == set()


def test_somebody_is_signed_out_whatever_has_changed_meanwhile(
    entity: Entity, ada: User, colleague: Actor
) -> None:
    person = factories.person("agent", entity)
    signed_in(person)
    sent = seen(person) | {"reason": "Lost laptop"}
    people.grant_role(by=colleague, person=person, entity=entity, role=Role.LEAD, reason="r")
    answer = signed_in(ada).post(f"/people/{person.pk}/sign-out/", sent)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("act", "typed"),
    [("rename", {"name": "Calls"}), ("share", {"shared_with": "US"}), ("end", {})],
)
def test_a_saved_view_changed_in_another_window_is_not_overwritten(
    act: str, typed: dict[str, str], agent: User
) -> None:
    by = factories.actor(agent)
    view = saved_views.keep(by=by, page="requests", name="Phone", query="channel=phone")
    sent = seen(view) | typed
    saved_views.rename(by=by, view=view, name="By phone")
    answer = signed_in(agent).post(f"/views/{view.pk}/{act}/", sent)
    assert answer.status_code == 409
    assert "Ana Reyes renamed a view since you opened this page." in text(answer)
    assert "removed: Phone → added: By phone" in text(answer)
    found = SavedView.objects.get(pk=view.pk)
    assert (found.name, found.shared_with, found.is_ended) == ("By phone", None, False)


@pytest.mark.parametrize("end", ["", "end/"])
def test_a_rule_changed_meanwhile_is_not_overwritten(
    end: str, entity: Entity, lead: User, colleague: Actor
) -> None:
    rule = promises.rule(entity, Rule.Kind.CLOSE_AFTER_SILENCE, days=7)
    sent = seen(rule) | {"name": "Mine", "days": "9", "reason": "Contract"}
    services.change_rule(rule=rule, by=colleague, reason="Too quick", days=14)
    answer = signed_in(lead).post(f"/due-dates/closing/{rule.pk}/{end}", sent)
    assert answer.status_code == 409
    assert "Ben Stone changed the rule since you opened this page." in text(answer)
    assert "removed: 7 → added: 14" in text(answer)
    assert ("Days 14 9" in text(answer)) is (end == "")
    rule.refresh_from_db()
    assert (rule.days, rule.is_active) == (14, True)


def test_a_calendar_is_told_day_by_day(entity: Entity, lead: User, colleague: Actor) -> None:
    calendar = promises.calendar(entity)
    sent = seen(calendar) | {
        "name": "Office", "time_zone": "UTC", "monday": "08:00-16:00", "reason": "Summer",
    }  # fmt: skip
    hours = promises.OFFICE | {"monday": "10:00-18:00"}
    services.change_calendar(calendar=calendar, by=colleague, reason="Winter", hours=hours)
    answer = signed_in(lead).post(f"/due-dates/calendar/{calendar.pk}/", sent)
    assert answer.status_code == 409
    assert "10:00-18:00 08:00-16:00" in text(answer)
    assert value_of(answer, "id_monday") == "08:00-16:00"


def addresses(customer: Customer, person: User, view: SavedView, rule: Rule) -> list[str]:
    return [
        *(f"/customers/{customer.pk}/{verb}/" for verb in CUSTOMER if "address" not in verb),
        *(f"/people/{person.pk}/{act}/" for act in PERSON),
        f"/views/{view.pk}/rename/",
        f"/due-dates/closing/{rule.pk}/",
    ]


def test_a_form_that_does_not_say_what_it_showed_is_shown_again(
    entity: Entity, customer: Customer, agent: User, colleague: Actor
) -> None:
    view = saved_views.keep(by=colleague, page="requests", name="Phone", query="channel=phone")
    rule = promises.rule(entity, Rule.Kind.CLOSE_AFTER_SILENCE, days=7)
    client, before = signed_in(colleague.person), Event.objects.filter(outcome="done").count()
    typed = {"name": "x", "days": "9"}
    everything = {**typed, **CUSTOMER["deactivate"], **PERSON["grant"], **PERSON["change"]}
    for address in addresses(customer, agent, view, rule):
        answer = client.post(address, everything)
        assert answer.status_code == 422, address
        assert "does not say what it showed" in text(answer), address
    changed = Event.objects.filter(outcome="done").exclude(kind__endswith=".viewed")
    assert changed.count() == before
