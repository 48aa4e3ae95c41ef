"""Accounts, cost centres and tax codes: who keeps them, and what entries hold in place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from audit.models import Event
from audit.recording import ReasonMissing, recording
from finance.models import Account, CostCentre, ExchangeRate, TaxCode
from finance.roles import FinanceRefused
from finance.services import chart
from tests import factories
from tests.finance.books import DAY, Books, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


def test_an_accountant_adds_an_account_and_it_is_recorded(books: Books) -> None:
    made = chart.add(
        Account(entity=books.entity, code="5000", name="Shipping", kind="expense"), by=books.by
    )

    event = Event.objects.latest("id")
    assert (event.kind, event.actor_id) == ("account.added", str(books.accountant.pk))
    assert made.history.get().event_id == event.pk


@pytest.mark.parametrize("role", ["agent", "lead", "executive", "treasurer", "administrator"])
def test_others_keep_no_accounts(books: Books, role: str) -> None:
    by = factories.actor(factories.person(role, books.entity))

    with pytest.raises(FinanceRefused) as refused:
        chart.add(CostCentre(entity=books.entity, code="X", name="X"), by=by)

    assert str(refused.value) == (
        f"Keeping the accounts of {books.entity.code} needs the role accountant or controller "
        "there."
    )


@pytest.mark.parametrize("code", ["", "abc", "1 2", "-1", "1" * 21])
def test_a_code_that_is_none_is_refused_in_words(books: Books, code: str) -> None:
    with pytest.raises(FinanceRefused):
        chart.add(Account(entity=books.entity, code=code, name="X", kind="asset"), by=books.by)
    assert Event.objects.latest("id").outcome == "denied"


def test_a_code_that_is_taken_is_refused_in_words(books: Books) -> None:
    with pytest.raises(FinanceRefused, match="already exists"):
        chart.add(Account(entity=books.entity, code="1200", name="X", kind="asset"), by=books.by)


def test_a_change_needs_a_reason(books: Books) -> None:
    with pytest.raises(ReasonMissing):
        chart.change(books.centre, by=books.by, reason=" ", name="Care")


def test_a_change_that_changes_nothing_is_no_event(books: Books) -> None:
    by, before = books.by, Event.objects.count()

    chart.change(books.centre, by=by, reason="Same.", name=books.centre.name)

    assert Event.objects.count() == before


@pytest.mark.parametrize("columns", [{"code": "9"}, {"kind": "asset"}])
def test_what_entries_are_judged_by_stays(books: Books, columns: dict[str, str]) -> None:
    with pytest.raises(FinanceRefused, match="End this one and add another"):
        chart.change(books.accounts["4900"], by=books.by, reason="Wrong.", **columns)


def test_a_rate_of_tax_stays(books: Books) -> None:
    with pytest.raises(FinanceRefused, match="The rate stays"):
        chart.change(books.tax, by=books.by, reason="New law.", rate=Decimal(9))


def test_an_account_does_not_end_before_its_last_entry(books: Books) -> None:
    books.post()

    with pytest.raises(FinanceRefused, match="has an entry on 2026-09-15"):
        chart.change(books.accounts["4900"], by=books.by, reason="Old.", ends_on=date(2026, 9, 14))
    ended = chart.change(books.accounts["4900"], by=books.by, reason="Old.", ends_on=DAY)
    assert ended.ends_on == DAY


@pytest.mark.parametrize(("name", "row"), [
    ("account_code_once_per_entity", lambda b: Account(code="1200", kind="asset")),
    ("cost_centre_code_once_per_entity", lambda b: CostCentre(code="CS")),
    ("tax_code_code_once_per_entity",
     lambda b: TaxCode(code="ST8", rate=Decimal(8), account=b.accounts["2200"])),
    ("account_ends_after_start",
     lambda b: Account(code="9", starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))),
    ("cost_centre_ends_after_start",
     lambda b: CostCentre(code="9", starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))),
    ("tax_code_ends_after_start",
     lambda b: TaxCode(code="9", rate=Decimal(8), account=b.accounts["2200"],
                       starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))),
    ("tax_code_rate_is_a_percentage",
     lambda b: TaxCode(code="9", rate=Decimal(101), account=b.accounts["2200"])),
    ("exchange_rate_is_one",
     lambda b: ExchangeRate(base="USD", quoted="USD", day=DAY, source="ECB", rate=1)),
    ("exchange_rate_is_one",
     lambda b: ExchangeRate(base="USD", quoted="EUR", day=DAY, source="ECB", rate=0)),
])  # fmt: skip
def test_the_database_refuses_by_the_constraint_of_this_name(
    books: Books, name: str, row: object
) -> None:
    made = row(books)  # type: ignore[operator]
    if hasattr(made, "entity_id"):
        made.entity = books.entity

    with (
        pytest.raises(IntegrityError, match=name),
        recording("account.added", by=factories.TESTER),
    ):
        made.save()


def test_a_rate_of_a_day_and_source_stands_once(books: Books) -> None:
    with (
        pytest.raises(IntegrityError, match="exchange_rate_once"),
        recording("exchange_rate.imported", by=factories.TESTER),
    ):
        for rate in ("1.1", "1.2"):
            ExchangeRate(base="EUR", quoted="USD", day=DAY, source="ECB", rate=Decimal(rate)).save()
