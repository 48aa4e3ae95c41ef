"""Whoever asks for a merged customer is led to the one who stays, and told so."""

from __future__ import annotations

import pytest

from requests_app import services
from requests_app.models import Customer, Entity, User
from tests import factories
from tests.factories import TESTER
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(entity: Entity) -> User:
    return factories.person("lead", entity)


@pytest.fixture
def stays(entity: Entity) -> Customer:
    return factories.customer(entity=entity, name="Quay Bakery", reference="C-1001")


@pytest.fixture
def merged(stays: Customer) -> Customer:
    old = factories.customer(entity=stays.entity, name="Tidewater Ltd", reference="C-1003")
    factories.support_request(entity=stays.entity, customer=old, subject="Cold ovens")
    services.merge_customers(into=stays, customer=old, by=TESTER, reason="The same")
    return old


TOLD = "C-1003 was merged into Quay Bakery, who is shown in its place."


def test_the_list_of_customers_finds_who_stays_by_the_merged_reference(
    merged: Customer, lead: User
) -> None:
    client = signed_in(lead)
    shown = text(client.get("/customers/", {"q": "C-1003"}))
    assert TOLD in shown
    assert "1 customer" in shown
    assert "C-1001" in shown
    assert TOLD not in text(client.get("/customers/", {"q": "C-1001"}))
    assert "1 customer" in text(client.get("/customers/", {"q": "C-1003", "show": "merged"}))


@pytest.mark.parametrize("words", ["C-1003", "customer:C-1003", "Tidewater"])
def test_requests_are_found_by_what_their_customer_was(
    words: str, merged: Customer, lead: User
) -> None:
    shown = text(signed_in(lead).get("/requests/", {"q": words}))
    assert "Cold ovens" in shown
    assert (TOLD in shown) is (words == "C-1003")


def test_an_old_link_to_their_requests_goes_on_working(
    merged: Customer, stays: Customer, lead: User
) -> None:
    client = signed_in(lead)
    shown = text(client.get("/requests/", {"customer": merged.pk}))
    assert "Cold ovens" in shown
    assert TOLD in shown
    assert TOLD not in text(client.get("/requests/", {"customer": stays.pk}))


def test_a_hidden_name_finds_nothing_by_the_way_of_a_merge(
    merged: Customer, entity: Entity
) -> None:
    auditor = signed_in(factories.person("auditor", entity))
    for words in ("Tidewater", "customer:Tidewater"):
        assert "Cold ovens" not in text(auditor.get("/requests/", {"q": words}))


def test_who_has_a_reference_is_offered_as_the_one_who_stays(stays: Customer, lead: User) -> None:
    other = factories.customer(entity=stays.entity, name="Quay-Bakery")
    client = signed_in(lead)
    asked = f"/customers/{stays.pk}/merge/?into={other.pk}"
    turned = f"/customers/{other.pk}/merge/?into={stays.pk}"
    assert client.get(asked).headers["Location"] == turned
    page = client.get(turned)
    assert "The one with a reference stays" in text(page)
    assert f"into={other.pk}&amp;way=asked" in page.content.decode()
    assert client.get(f"{asked}&way=asked").status_code == 200
