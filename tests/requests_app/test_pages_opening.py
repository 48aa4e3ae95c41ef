"""Opening a request: what is typed is checked, kept on error, and done whole or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Event
from requests_app.forms import OpenRequestForm
from requests_app.models import Customer, Entity, SupportRequest, User
from tests import factories
from tests.pages import signed_in, text, value_of

pytestmark = pytest.mark.django_db

NEW = "/requests/new/"


@pytest.fixture
def agent(entity: Entity) -> User:
    return factories.person("agent", entity, time_zone="Europe/Berlin")


def typed(**changes: str) -> dict[str, str]:
    return {
        "entity": "US", "channel": "phone", "subject": "Wet linen", "priority": "normal",
        "description": "Four cartons were wet.", "claimed_amount": "", "claimed_currency": "",
    } | changes  # fmt: skip


def test_a_request_is_opened_with_what_was_typed(entity: Entity, agent: User) -> None:
    response = signed_in(agent).post(
        NEW,
        typed(
            customer_name="Harbor Hotels", customer_email="ap@harbor.example",
            claimed_amount="25,000.00", claimed_currency="usd",
            received_at="2026-03-01T09:30", invoice_reference="INV-7",
        ),
    )  # fmt: skip
    opened = SupportRequest.objects.get()
    assert response.headers["Location"] == f"/requests/{opened.number}/"
    assert (opened.claimed_amount, opened.claimed_currency) == (Decimal(25000), "USD")
    assert opened.customer is not None
    assert opened.customer.email == "ap@harbor.example"
    assert opened.received_at.isoformat() == "2026-03-01T08:30:00+00:00"
    assert opened.invoice_reference == "INV-7"


def test_a_file_that_is_not_accepted_opens_nothing_and_says_to_choose_again(
    entity: Entity, agent: User
) -> None:
    files = {"files": [SimpleUploadedFile("a.txt", b"words"), SimpleUploadedFile("b.txt", b"")]}
    response = signed_in(agent).post(NEW, typed(customer_name="Harbor Hotels") | files)
    assert response.status_code == 422
    assert "File 2 of 2 is empty" in text(response)
    assert "Choose the files again" in text(response)
    assert value_of(response, "id_subject") == "Wet linen"
    assert not SupportRequest.objects.exists()
    assert not Customer.objects.exists()
    assert Event.objects.get(kind="request.opened").outcome == "denied"


def test_a_known_customer_is_used_again(entity: Entity, agent: User) -> None:
    known = factories.customer(entity=entity, email="ap@harbor.example")
    signed_in(agent).post(NEW, typed(customer_email="AP@harbor.example"))
    assert SupportRequest.objects.get().customer == known
    assert Customer.objects.count() == 1


def test_the_address_of_somebody_else_is_refused_not_guessed(entity: Entity, agent: User) -> None:
    factories.customer(entity=entity, name="Harbor Hotels", email="ap@harbor.example")
    response = signed_in(agent).post(
        NEW, typed(customer_name="Mesa Schools", customer_email="ap@harbor.example")
    )
    assert "belongs to a customer of another name. Leave the name empty" in text(response)
    assert '<a href="#id_customer_email">' in response.content.decode()
    assert not SupportRequest.objects.exists()


def test_a_customer_of_another_entity_stays_unknown_here(entity: Entity, agent: User) -> None:
    elsewhere = factories.customer(email="ap@harbor.example")
    signed_in(agent).post(NEW, typed(customer_email="ap@harbor.example"))
    customer = SupportRequest.objects.get().customer
    assert customer is not None
    assert customer != elsewhere
    assert customer.entity == entity


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"subject": ""}, "Say in a few words what it is about."),
        ({"description": ""}, "Write or paste what the customer says."),
        ({"entity": ""}, "Choose the entity."),
        ({"claimed_amount": "12.345", "claimed_currency": "USD"}, "USD has at most 2 decimal"),
        ({"claimed_amount": "12.5", "claimed_currency": "JPY"}, "JPY has no decimal places"),
        ({"claimed_amount": "1.2345", "claimed_currency": "KWD"}, "KWD has at most 3 decimal"),
        ({"claimed_amount": "-5", "claimed_currency": "USD"}, "Give the amount in digits"),
        ({"claimed_amount": "1e5", "claimed_currency": "USD"}, "Give the amount in digits"),
        ({"claimed_amount": "1.234,50", "claimed_currency": "EUR"}, "Give the amount in digits"),
        ({"claimed_amount": "0", "claimed_currency": "USD"}, "must be more than zero"),
        ({"claimed_amount": "9" * 20, "claimed_currency": "USD"}, "larger than any"),
        ({"claimed_amount": "5"}, "Give the currency of the amount"),
        ({"claimed_currency": "USD"}, "Give the amount, or leave out the currency"),
        ({"claimed_amount": "5", "claimed_currency": "US"}, "Give the currency as three letters"),
        ({"received_at": "2999-01-01T00:00"}, "This moment has not come yet"),
        ({"received_at": "yesterday"}, "Give a day and a time like"),
        ({"received_at": "0001-01-01T00:00"}, "Give the year in full"),
        ({"customer_email": "nobody"}, "Give a whole e-mail address"),
        ({"channel": "import"}, "This is not in the list"),
        ({"subject": "a\x00b"}, "a character in it that nobody sees"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_and_nothing_is_written(
    changes: dict[str, str], sentence: str, entity: Entity, agent: User
) -> None:
    client = signed_in(agent)
    before = Event.objects.count()
    response = client.post(NEW, typed(**changes))
    assert response.status_code == 422
    assert sentence in text(response)
    assert not SupportRequest.objects.exists()
    assert not Customer.objects.exists()
    assert Event.objects.count() == before


FILLED = {
    "entity": "US", "channel": "portal", "subject": 'Wet "linen" & <more>', "priority": "high",
    "description": "\n  Four cartons\r\nwere </textarea> wet.", "category": "Linen",
    "customer_name": "Zoë's Hôtel", "customer_email": "ap@harbor.example",
    "invoice_reference": "INV-7", "claimed_amount": "25,000.00", "claimed_currency": "usd",
    "received_at": "2026-03-01T09:30", "requested_remedy": "credit", "contract_reference": "C-9",
    "contact_name": "Zoë", "contact_address": "+33 1 99 00 12 34",
}  # fmt: skip
# One wrong value for each field. What no option stands for cannot be kept: see below.
WRONG = {
    "subject": "s" * 301, "description": "a\x00b", "category": "c" * 101,
    "customer_name": "n" * 201, "customer_email": "nobody", "invoice_reference": "i" * 101,
    "claimed_amount": "1.234,50", "claimed_currency": "US", "received_at": "yesterday",
    "contract_reference": "c" * 101, "contact_name": "n" * 201, "contact_address": "a" * 251,
}  # fmt: skip
UNLISTED = {"entity": "DE", "channel": "import", "priority": "urgent", "requested_remedy": "a song"}


def shown(response: Any) -> dict[str, str]:
    return {name: value_of(response, f"id_{name}") for name in FILLED}


def test_the_fields_filled_here_are_those_of_the_form(agent: User) -> None:
    # A customer comes by a link alone, and files are kept by no browser.
    typed_in = set(OpenRequestForm(person=agent).fields) - {"customer", "files"}
    assert set(FILLED) == typed_in == {*WRONG, *UNLISTED}


@pytest.mark.parametrize("wrong", WRONG)
def test_whichever_field_is_wrong_every_field_keeps_what_was_typed(wrong: str, agent: User) -> None:
    sent = FILLED | {wrong: WRONG[wrong]}
    response = signed_in(agent).post(NEW, sent)
    assert response.status_code == 422
    assert shown(response) == sent


@pytest.mark.parametrize("wrong", UNLISTED)
def test_a_choice_that_is_not_listed_is_dropped_and_all_else_is_kept(
    wrong: str, agent: User
) -> None:
    response = signed_in(agent).post(NEW, FILLED | {wrong: UNLISTED[wrong]})
    assert response.status_code == 422
    assert shown(response) == FILLED | {wrong: ""}


def test_a_refused_opening_keeps_every_field(entity: Entity, agent: User) -> None:
    factories.customer(entity=entity, name="Harbor Hotels", email="ap@harbor.example")
    response = signed_in(agent).post(NEW, FILLED)
    assert "belongs to a customer of another name" in text(response)
    assert shown(response) == FILLED


def test_who_lost_the_role_while_typing_keeps_every_field(entity: Entity) -> None:
    response = signed_in(factories.person("auditor", entity)).post(NEW, FILLED)
    assert response.status_code == 422
    assert "needs the role agent or lead" in text(response)
    assert shown(response) == FILLED | {"entity": ""}


def test_an_entity_without_the_role_is_no_choice(entity: Entity, agent: User) -> None:
    factories.entity(code="DE")
    response = signed_in(agent).post(NEW, typed(entity="DE"))
    assert "You may not open requests there." in text(response)
    assert not SupportRequest.objects.exists()


def test_whoever_may_not_open_requests_is_told_what_is_missing(entity: Entity) -> None:
    client = signed_in(factories.person("auditor", entity))
    assert "needs the role agent or lead" in text(client.get(NEW))
    assert client.post(NEW, typed()).status_code == 422
    assert not SupportRequest.objects.exists()
