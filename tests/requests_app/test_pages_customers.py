"""The pages of customers: what they show, what can be done there, and who sees them."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from requests_app import services
from requests_app.models import Customer, CustomerAddress, Entity, SupportRequest, User
from tests import factories
from tests.pages import seen, signed_in, text, value_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(entity: Entity) -> User:
    return factories.person("lead", entity, display_name="Liam Novak")


@pytest.fixture
def customer(entity: Entity) -> Customer:
    return factories.customer(entity=entity, name="Harbor Hotels", email="ap@harbor.example")


@pytest.fixture
def double(entity: Entity) -> Customer:
    return factories.customer(entity=entity, name="Harbor-Hotels", email="desk@harbor.example")


def page(customer: Customer, verb: str = "") -> str:
    return f"/customers/{customer.pk}/" + (f"{verb}/" if verb else "")


def opened(customer: Customer, **facts: Any) -> SupportRequest:
    return factories.support_request(entity=customer.entity, customer=customer, **facts)


def test_the_page_counts_requests_and_each_number_leads_to_them(
    customer: Customer, lead: User
) -> None:
    by = factories.actor(lead)
    paid = opened(customer, claimed_amount=25_000, claimed_currency="USD", subject="Paid twice")
    services.take(support_request=paid, by=by)
    opened(customer, claimed_amount=5, claimed_currency="EUR", subject="Broken cup")
    client = signed_in(lead)
    shown = text(client.get(page(customer)))
    assert "2 in all 1 New 1 In progress EUR 5.00 claimed in 1 request USD 25,000.00" in shown
    of_dollars = text(client.get(page(customer), {"currency": "USD"}))
    assert "Paid twice" in of_dollars
    assert "Broken cup" not in of_dollars
    assert "Paid twice" not in text(client.get(page(customer), {"status": "new"}))


def test_the_requests_are_paged_by_key(customer: Customer, lead: User) -> None:
    for number in range(27):
        opened(customer, subject=f"Case {number:02}")
    client = signed_in(lead)
    first = client.get(page(customer))
    oldest = SupportRequest.objects.order_by("pk")[2]
    assert "Case 26" in text(first)
    assert "Case 01" not in text(first)
    assert "Case 01" in text(client.get(page(customer), {"before": oldest.pk}))


def test_a_look_is_recorded_once(customer: Customer, lead: User) -> None:
    client = signed_in(lead)
    for _ in range(3):
        client.get(page(customer))
    assert Event.objects.filter(kind="customer.viewed").count() == 1


def test_a_customer_of_another_entity_is_not_there(customer: Customer) -> None:
    client = signed_in(factories.person("lead", factories.entity()))
    for verb in ("", "trail", "merge", "reveal", "hide", "unmerge"):
        assert client.get(page(customer, verb)).status_code == 404
    assert client.post(page(customer, "change-facts"), {"name": "X"}).status_code == 404
    denied = Event.objects.filter(kind="customer.view_denied")
    assert {event.subject_id for event in denied} == {str(customer.pk)}
    assert "Harbor Hotels" not in text(client.get("/customers/", {"q": "harbor", "show": "all"}))


@pytest.mark.parametrize(("verb", "data", "said"), [
    ("change-facts", {"name": "Quay Hotels", "reference": "C-9"}, "The customer is corrected."),
    ("add-address", {"kind": "postal", "value": "1 Quay St"}, "The address is added."),
    ("end-address", {"address": "email", "reason": "Bounces"}, "The address has ended."),
    ("deactivate", {"reason": "Contract ended"}, "No request goes to this customer any more."),
])  # fmt: skip
def test_what_is_done_on_the_page_is_said_and_shown(
    verb: str, data: dict[str, str], said: str, customer: Customer, lead: User
) -> None:
    client = signed_in(lead)
    answer = client.post(page(customer, verb), seen(customer) | data, follow=True)
    assert said in text(answer)
    assert Event.objects.filter(actor_id=str(lead.pk), outcome="done").exists()


def test_further_addresses_are_corrected_and_made_primary(customer: Customer, lead: User) -> None:
    other = services.add_address(
        customer=customer, kind="email", value="two@harbor.example", by=factories.actor(lead)
    )
    client = signed_in(lead)
    given = {"address": str(other.pk), "value": "too@harbor.example"}
    client.post(page(customer, "change-address"), seen(customer) | given)
    chosen = {"address": str(other.pk)}
    client.post(page(customer, "make-primary"), seen(customer) | chosen)
    customer.refresh_from_db()
    assert customer.email == "too@harbor.example"


def test_a_mistake_keeps_what_was_typed(customer: Customer, lead: User) -> None:
    data = {"kind": "email", "value": "nonsense"}
    answer = signed_in(lead).post(page(customer, "add-address"), seen(customer) | data)
    assert answer.status_code == 409
    assert "This is no e-mail address." in text(answer)
    assert value_of(answer, "add-address-value") == "nonsense"
    assert not CustomerAddress.objects.exists()


def test_a_missing_reason_is_asked_for(customer: Customer, lead: User) -> None:
    answer = signed_in(lead).post(page(customer, "deactivate"), seen(customer))
    assert answer.status_code == 422
    customer.refresh_from_db()
    assert customer.is_active


def test_looking_at_the_address_of_a_verb_does_nothing(customer: Customer, lead: User) -> None:
    assert signed_in(lead).get(page(customer, "deactivate")).status_code == 302
    customer.refresh_from_db()
    assert customer.is_active
    assert signed_in(lead).post(page(customer, "nonsense")).status_code == 404


def test_an_address_of_another_customer_is_no_choice(customer: Customer, lead: User) -> None:
    by = factories.actor(lead)
    other = factories.customer(entity=customer.entity)
    theirs = services.add_address(customer=other, kind="email", value="x@y.example", by=by)
    services.add_address(customer=customer, kind="email", value="a@b.example", by=by)
    data = seen(customer) | {"address": str(theirs.pk), "reason": "Mine"}
    assert signed_in(lead).post(page(customer, "end-address"), data).status_code == 422


def test_an_auditor_is_offered_nothing_and_may_do_nothing(customer: Customer) -> None:
    client = signed_in(factories.person("auditor", customer.entity))
    assert "Correct name or number" not in text(client.get(page(customer)))
    answer = client.post(page(customer, "change-facts"), seen(customer) | {"name": "X"})
    assert answer.status_code == 409
    assert "needs the role agent, lead or privacy officer" in text(answer)


def both(merged: Customer, stays: Customer) -> dict[str, str]:
    """What the form of a merge carries."""
    return seen(merged) | {"seen_into": seen(stays)["seen"]}


def test_a_double_is_suggested_and_the_preview_says_what_will_move(
    customer: Customer, double: Customer, lead: User
) -> None:
    opened(double, subject="Broken cup")
    client = signed_in(lead)
    assert "The same e-mail, phone or name: Harbor-Hotels" in text(client.get(page(customer)))
    shown = text(client.get(page(double, "merge"), {"into": customer.pk}))
    assert "1 request will move to Harbor Hotels, each with an event on its own trail." in shown
    assert "Broken cup" in shown
    double.refresh_from_db()
    assert double.merged_into is None


def test_merging_leads_to_who_stays_and_the_old_page_follows(
    customer: Customer, double: Customer, lead: User
) -> None:
    case, client = opened(double), signed_in(lead)
    target = f"{page(double, 'merge')}?into={customer.pk}"
    answer = client.post(
        target, both(double, customer) | {"reason": "Same tax number"}, follow=True
    )
    assert "The two are one customer now." in text(answer)
    assert case.number in text(answer)
    followed = client.get(page(double), follow=True)
    assert followed.redirect_chain == [(f"{page(customer)}?merged={double.pk}", 302)]
    assert f"Customer {double.pk} was merged into this one." in text(followed)
    own = text(client.get(f"{page(double)}?own=1"))
    assert "Merged into Harbor Hotels" in own


def test_a_merge_without_a_reason_is_asked_for_one(
    customer: Customer, double: Customer, lead: User
) -> None:
    target = f"{page(double, 'merge')}?into={customer.pk}"
    answer = signed_in(lead).post(target, both(double, customer) | {"reason": ""})
    assert answer.status_code == 422
    assert "Say how you know that the two are one." in text(answer)


def test_an_agent_sees_the_preview_and_why_they_cannot_merge(
    customer: Customer, double: Customer, agent: User
) -> None:
    client, target = signed_in(agent), f"{page(double, 'merge')}?into={customer.pk}"
    assert "needs the role lead there" in text(client.get(target))
    assert client.post(target, both(double, customer) | {"reason": "Same"}).status_code == 409


@pytest.mark.parametrize("into", ["", "x", "999999999", "-1"])
def test_a_number_that_is_nobodys_is_asked_for_again(
    into: str, customer: Customer, lead: User
) -> None:
    answer = signed_in(lead).get(page(customer, "merge"), {"into": into})
    assert answer.status_code == 200
    assert "Merge into which customer?" in text(answer)
    assert value_of(answer, "into") == into


def test_a_merge_is_undone_on_the_merged_page(
    customer: Customer, double: Customer, lead: User
) -> None:
    case = opened(double)
    services.merge_customers(
        into=customer, customer=double, by=factories.actor(lead), reason="Same"
    )
    client = signed_in(lead)
    assert client.post(page(double, "unmerge"), seen(double)).status_code == 422
    given = seen(double) | {"reason": "Two after all"}
    answer = client.post(page(double, "unmerge"), given, follow=True)
    assert "The merge is undone; what it moved is back." in text(answer)
    case.refresh_from_db()
    assert case.customer == double
    assert client.post(page(double, "unmerge"), given | seen(double)).status_code == 409


def test_a_new_request_for_a_customer_asks_for_no_name(customer: Customer, lead: User) -> None:
    client = signed_in(lead)
    shown = client.get("/requests/new/", {"customer": customer.pk})
    assert "For Harbor Hotels" in text(shown)
    data = {
        "entity": "US", "channel": "phone", "subject": "Cup", "description": "Broken.",
        "priority": "normal", "customer": customer.pk,
    }  # fmt: skip
    assert client.post("/requests/new/", data).status_code == 302
    assert SupportRequest.objects.get().customer == customer
    assert Customer.objects.count() == 1


def test_a_new_request_for_a_customer_one_does_not_see_is_refused(lead: User) -> None:
    elsewhere = factories.customer()
    data = {
        "entity": "US", "channel": "phone", "subject": "Cup", "description": "Broken.",
        "priority": "normal", "customer": elsewhere.pk,
    }  # fmt: skip
    answer = signed_in(lead).post("/requests/new/", data)
    assert answer.status_code == 422
    assert not SupportRequest.objects.exists()


def test_the_list_filters_and_counts(customer: Customer, double: Customer, lead: User) -> None:
    gone = factories.customer(entity=customer.entity, name="Gone Ltd")
    services.deactivate(customer=gone, by=factories.actor(lead), reason="Closed")
    opened(customer)
    client = signed_in(lead)
    shown = text(client.get("/customers/"))
    assert "2 customers" in shown
    assert "Gone Ltd" not in shown
    assert "Gone Ltd" in text(client.get("/customers/", {"show": "inactive"}))
    assert "2 customers" in text(client.get("/customers/", {"show": "doubles"}))
    assert "1 customer" in text(client.get("/customers/", {"q": "desk harbor"}))
    assert "3 customers" in text(client.get("/customers/", {"show": "all", "entity": "US"}))
    assert "is not in the list" in text(client.get("/customers/", {"show": "nonsense"}))


def test_the_list_is_paged_by_key(entity: Entity, lead: User) -> None:
    for number in range(52):
        factories.customer(entity=entity, name=f"Firm {number:02}")
    client = signed_in(lead)
    assert "Firm 01" not in text(client.get("/customers/"))
    third = Customer.objects.order_by("pk")[2]
    assert "Firm 01" in text(client.get("/customers/", {"before": third.pk}))


def test_the_trail_of_a_customer_is_paged(customer: Customer, lead: User) -> None:
    for number in range(12):
        services.change_facts(
            customer=customer, name=f"Firm {number}", reference="", by=factories.actor(lead)
        )
    client = signed_in(lead)
    assert "All of it" in text(client.get(page(customer)))
    assert "added the customer" in text(client.get(page(customer, "trail")))


def test_an_agent_opens_the_events_of_their_customers(customer: Customer, agent: User) -> None:
    event = Event.objects.get(kind="customer.added")
    assert "Harbor Hotels" in text(signed_in(agent).get(f"/events/{event.pk}/"))
    elsewhere = signed_in(factories.person("agent", factories.entity()))
    assert elsewhere.get(f"/events/{event.pk}/").status_code == 404


def test_the_pages_stay_within_their_budgets(
    customer: Customer, double: Customer, lead: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        opened(customer, claimed_amount=5, claimed_currency="EUR")
    services.add_address(customer=customer, kind="email", value="x@y.example",
                         by=factories.actor(lead))  # fmt: skip
    auditor = signed_in(factories.person("auditor", customer.entity))
    # The trail's own are its events, what they touched, 2 models, the names of 2 kinds, and whether
    # the person may see the rows; 2 more for who is not shown the customer.
    for client, veiled in ((signed_in(lead), 0), (auditor, 2)):
        client.get(page(customer))
        with django_assert_max_num_queries(13 + 7 + veiled):
            client.get(page(customer))
        with django_assert_max_num_queries(9):
            client.get("/customers/")
