"""The table of what roles may do with the books agrees with what happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from audit.actors import Actor
from audit.recording import Refusal
from finance import roles
from finance.models import CostCentre, Invoice
from finance.services import chart, invoices, periods, posting
from requests_app import rights
from requests_app.models import Role
from tests import factories
from tests.finance import billed
from tests.finance.books import Books, opened
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db


def reads(books: Books, by: Actor) -> None:
    shown = signed_in(by.person).get(reverse("books:period-show", args=[books.period.pk]))  # type: ignore[arg-type]
    if shown.status_code != 200:
        raise Refusal


def keeps_chart(books: Books, by: Actor) -> None:
    chart.add(CostCentre(entity=books.entity, code=f"C{by.id}", name="New"), by=by)


def posts(books: Books, by: Actor) -> None:
    posting.post(books.document(f"by {by.id}"), books.refund(), by=by)


def asks(books: Books, by: Actor) -> None:
    period = periods.open_period(
        entity=books.entity, year=1900 + int(by.id or 0) % 8000, month=1, by=factories.TESTER
    )
    periods.move("ask-close", period=period, by=by, reason="Done.")


def decides(books: Books, by: Actor) -> None:
    period = periods.open_period(
        entity=books.entity, year=1900 + int(by.id or 0) % 8000, month=2, by=factories.TESTER
    )
    periods.move("ask-close", period=period, by=books.by, reason="Done.")
    periods.move("close", period=period, by=by, reason="Checked.")


def sees_invoices(books: Books, by: Actor) -> None:
    made = billed.invoice(books, number=f"S{by.id}")
    if not Invoice.objects.visible_to(by.person).filter(pk=made.pk).exists():
        raise Refusal


def keeps_invoices(books: Books, by: Actor) -> None:
    billed.invoice(books, by=by, number=f"K{by.id}")


def disputes(books: Books, by: Actor) -> None:
    made = billed.invoice(books, number=f"D{by.id}")
    invoices.dispute(invoice=made, by=by, reason="Billed twice.")


TRIED: dict[str, Callable[[Books, Actor], None]] = {
    "books": reads, "chart": keeps_chart, "post": posts, "ask_period": asks,
    "decide_period": decides, "see_invoices": sees_invoices, "invoices": keeps_invoices,
    "dispute_invoices": disputes,
}  # fmt: skip


@pytest.mark.parametrize("right", roles.RIGHTS, ids=lambda right: str(right.name))
def test_the_table_agrees_with_what_happens(right: rights.Right) -> None:
    books, allowed = opened(), set()
    for role in Role:
        by = factories.actor(factories.person(role, books.entity))
        try:
            TRIED[right.name](books, by)
        except Refusal:
            continue
        allowed.add(role)

    assert allowed == right.roles


def test_the_page_of_roles_shows_them() -> None:
    books = opened()
    shown = text(signed_in(books.accountant).get("/roles/"))

    for right in roles.RIGHTS:
        assert right.sentence in shown
