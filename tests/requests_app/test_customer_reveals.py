"""Personal data shown for a purpose: who may, what goes on record, how long, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from audit.models import Event
from requests_app import people, services
from requests_app.customers import reveals
from requests_app.models import Customer, Entity, Role, SupportRequest
from requests_app.services import RequestRefused
from tests import factories
from tests.pages import address, signed_in, text, value_of

pytestmark = pytest.mark.django_db

NAME, MAIL = "Zebedee Quillfeather", "zebedee@quillfeather.example"
PURPOSE = {"purpose": "audit", "reason": "Sample 12 of the audit"}
ON_PURPOSE = [role for role in Role.values if people.PERSONAL_DATA[Role(role)] == people.ON_PURPOSE]


@pytest.fixture
def customer(entity: Entity) -> Customer:
    return factories.customer(entity=entity, name=NAME, email=MAIL)


@pytest.fixture
def opened(customer: Customer) -> SupportRequest:
    return factories.support_request(
        entity=customer.entity, customer=customer, subject=f"Refund for {NAME}"
    )


def page(customer: Customer, verb: str = "") -> str:
    return f"/customers/{customer.pk}/" + (f"{verb}/" if verb else "")


def client_of(role: str, customer: Customer) -> Any:
    return signed_in(factories.person(role, customer.entity))


@pytest.mark.parametrize("role", ON_PURPOSE)
def test_for_a_purpose_the_customer_is_shown_everywhere(
    role: str, opened: SupportRequest, customer: Customer
) -> None:
    client = client_of(role, customer)
    assert NAME not in text(client.get(address(opened)))
    back = address(opened)
    answer = client.post(page(customer, "reveal"), PURPOSE | {"next": back})
    assert (answer.status_code, answer.url) == (302, back)
    for path in (back, page(customer), "/customers/", "/requests/"):
        assert NAME in text(client.get(path)), path
    assert "Personal data of this customer is shown to you until" in text(client.get(back))


def test_the_purpose_is_on_the_customers_trail(customer: Customer) -> None:
    client = client_of("auditor", customer)
    client.post(page(customer, "reveal"), PURPOSE)
    event = Event.objects.get(kind="customer.revealed")
    assert (event.subject_id, event.reason) == (str(customer.pk), "Sample 12 of the audit")
    assert event.detail == {"purpose": "audit", "customers": [customer.pk]}
    lead = text(client_of("lead", customer).get(page(customer)))
    assert "had the personal data shown" in lead
    assert "Sample 12 of the audit" in lead


@pytest.mark.parametrize("missing", ["purpose", "reason"])
def test_without_a_purpose_nothing_is_shown_and_what_was_typed_stays(
    missing: str, customer: Customer
) -> None:
    client = client_of("auditor", customer)
    answer = client.post(page(customer, "reveal"), PURPOSE | {missing: ""})
    assert answer.status_code == 422
    kept = "reason" if missing == "purpose" else "purpose"
    assert value_of(answer, f"id_{kept}") == PURPOSE[kept]
    assert NAME not in text(client.get(page(customer)))
    assert not Event.objects.filter(kind="customer.revealed").exists()


def test_an_administrator_is_never_shown_it_and_the_attempt_is_on_record(
    customer: Customer,
) -> None:
    client = client_of("administrator", customer)
    answer = client.post(page(customer, "reveal"), PURPOSE)
    assert answer.status_code == 409
    assert "never shown personal data" in text(answer)
    assert Event.objects.get(kind="customer.revealed").outcome == "denied"
    assert NAME not in text(client.get(page(customer)))


@pytest.mark.parametrize("role", ["agent", "lead", "privacy_officer"])
def test_who_sees_it_anyway_is_not_asked(role: str, customer: Customer) -> None:
    shown = text(client_of(role, customer).get(page(customer)))
    assert NAME in shown
    assert "Show personal data" not in shown


def test_it_ends_after_a_quarter_of_an_hour(customer: Customer) -> None:
    client = client_of("auditor", customer)
    with time_machine.travel("2031-05-04 10:00", tick=False) as clock:
        client.force_login(factories.person("auditor", customer.entity))
        client.post(page(customer, "reveal"), PURPOSE)
        assert NAME in text(client.get(page(customer)))
        clock.shift(reveals.SECONDS - 1)
        assert NAME in text(client.get(page(customer)))
        clock.shift(2)
        assert NAME not in text(client.get(page(customer)))


def test_it_can_be_hidden_again_on_record(customer: Customer) -> None:
    client = client_of("auditor", customer)
    client.post(page(customer, "reveal"), PURPOSE)
    client.post(page(customer, "hide"))
    assert NAME not in text(client.get(page(customer)))
    assert Event.objects.filter(kind="customer.hidden").count() == 1
    client.post(page(customer, "hide"))
    assert Event.objects.filter(kind="customer.hidden").count() == 1


def test_it_holds_in_one_session_alone_and_signing_out_ends_it(customer: Customer) -> None:
    person = factories.person("auditor", customer.entity)
    client, elsewhere = signed_in(person), signed_in(person)
    client.post(page(customer, "reveal"), PURPOSE)
    assert NAME not in text(elsewhere.get(page(customer)))
    client.post("/sign-out/")
    client.force_login(person)
    assert NAME not in text(client.get(page(customer)))


def test_it_holds_for_one_customer_alone(customer: Customer) -> None:
    other = factories.customer(entity=customer.entity, name="Ottoline Brackenbury")
    client = client_of("auditor", customer)
    client.post(page(customer, "reveal"), PURPOSE)
    assert "Ottoline" not in text(client.get(page(other)))
    assert "Ottoline" not in text(client.get("/customers/"))


def test_those_merged_into_a_customer_are_shown_with_it(customer: Customer) -> None:
    lead = factories.actor(factories.person("lead", customer.entity))
    double = factories.customer(entity=customer.entity, name="Zeb Quill")
    services.merge_customers(into=customer, customer=double, by=lead, reason="One")
    client = client_of("auditor", customer)
    client.post(page(customer, "reveal"), PURPOSE)
    assert "Zeb Quill" in text(client.get(f"{page(double)}?own=1"))


def test_looking_at_the_form_shows_and_records_nothing(customer: Customer) -> None:
    client = client_of("auditor", customer)
    assert NAME not in text(client.get(page(customer, "reveal")))
    client.get(page(customer, "hide"))
    assert not Event.objects.filter(kind__in=["customer.revealed", "customer.hidden"]).exists()


def test_it_leads_back_to_pages_of_ours_alone(customer: Customer) -> None:
    client = client_of("auditor", customer)
    answer = client.post(page(customer, "reveal"), PURPOSE | {"next": "https://evil.example/"})
    assert answer.url == page(customer)


def test_a_customer_elsewhere_is_not_there(customer: Customer) -> None:
    client = signed_in(factories.person("auditor", factories.entity()))
    assert client.post(page(customer, "reveal"), PURPOSE).status_code == 404
    assert Event.objects.get(kind="customer.view_denied").outcome == "denied"


def test_a_purpose_that_is_not_listed_is_refused_on_record(customer: Customer) -> None:
    by = factories.actor(factories.person("auditor", customer.entity))
    with pytest.raises(RequestRefused, match="Choose a purpose"):
        services.reveal(customer=customer, purpose="fun", reason="Fun", by=by)
    assert Event.objects.get(kind="customer.revealed").outcome == "denied"
