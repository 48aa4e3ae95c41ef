"""What the database itself refuses of the journal, whoever writes and however."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models.functions import Now

from audit.recording import recording
from finance.models import JournalEntry, JournalLine
from finance.services import chart, posting
from tests import factories
from tests.finance.books import DAY, Books, opened
from tests.finance.test_posting import shut

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


def entry_of(books: Books, **facts: Any) -> JournalEntry:
    given: dict[str, Any] = {
        "entity": books.entity, "journal": "GJ", "year": 2026, "sequence": 1, "number": "X-1",
        "period": books.period, "document_date": DAY, "posting_date": DAY, "source": "manual",
        "text": "x", "line_count": 2, "idempotency_key": "x", "posted_at": Now(),
    }  # fmt: skip
    return JournalEntry(**given | facts)


def line_of(books: Books, code: str = "4900", **facts: Any) -> JournalLine:
    given: dict[str, Any] = {
        "entity": books.entity, "account": books.accounts[code], "currency": "USD",
        "base_currency": "USD",
    }  # fmt: skip
    for side in ("debit", "credit"):
        if side in facts:
            facts[side] = Decimal(facts[side])
            facts.setdefault(f"base_{side}", facts[side])
    return JournalLine(**given | facts)


def write(entry: JournalEntry, *lines: JournalLine) -> None:
    """Past every service: an event, and rows as they are given. Guards that wait for the end of the
    transaction are asked now."""
    with recording("journal_entry.posted", by=factories.TESTER,
                                         subject=entry):  # fmt: skip
        entry.save()
        for position, line in enumerate(lines, start=1):
            line.entry, line.position = entry, line.position or position
            line.save()
        judge()


def judge() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def even(books: Books) -> tuple[JournalLine, JournalLine]:
    return line_of(books, debit=5), line_of(books, "1200", credit=5)


def test_an_entry_that_is_right_is_taken(books: Books) -> None:
    write(entry_of(books), *even(books))
    assert JournalLine.objects.count() == 2


def uneven(books: Books) -> None:
    write(entry_of(books), line_of(books, debit=5), line_of(books, "1200", credit="4.99"))


def uneven_in_base(books: Books) -> None:
    """Even in its own currency, and not in the entity's."""
    lines = [
        line_of(books, debit=5, currency="EUR", rate=Decimal("1.1"), base_debit=Decimal("5.50")),
        line_of(
            books,
            "1200",
            credit=5,
            currency="EUR",
            rate=Decimal("1.1"),
            base_credit=Decimal("5.51"),
        ),
    ]
    write(entry_of(books), *lines)


def across_currencies(books: Books) -> None:
    lines = [
        line_of(books, debit=5),
        line_of(books, "1200", credit=5, currency="EUR", rate=Decimal("1.1"),
                base_credit=Decimal(5)),
    ]  # fmt: skip
    write(entry_of(books), *lines)


def one_line_less(books: Books) -> None:
    write(entry_of(books, line_count=3), *even(books))


def a_line_later(books: Books) -> None:
    entry = books.post()
    with recording("journal_entry.posted", by=factories.TESTER,
                                         subject=entry):  # fmt: skip
        line_of(books, debit=5, entry=entry, position=4).save()
        line_of(books, "1200", credit=5, entry=entry, position=5).save()
        judge()


def a_gap(books: Books) -> None:
    write(entry_of(books, sequence=2), *even(books))


def in_a_closed_period(books: Books) -> None:
    shut(books)
    write(entry_of(books), *even(books))


def outside_of_its_period(books: Books) -> None:
    write(entry_of(books, posting_date=date(2026, 10, 1)), *even(books))


def an_other_year(books: Books) -> None:
    write(entry_of(books, year=2025), *even(books))


def a_reversed_reversal(books: Books) -> None:
    made = posting.reverse(entry=books.post(), posting_date=DAY, by=books.by, reason="Twice.")
    write(entry_of(books, sequence=3, source="reversal", reverses=made), *even(books))


def reversed_by_another_amount(books: Books) -> None:
    original = books.post([books.line("4900", debit=9), books.line("1200", credit=9)])
    entry = entry_of(books, sequence=2, source="reversal", reverses=original)
    write(entry, line_of(books, credit=5), line_of(books, "1200", debit=5))


def reversed_in_part(books: Books) -> None:
    original = books.post()
    entry = entry_of(books, sequence=2, source="reversal", reverses=original)
    turned = [line_of(books, credit="23148.15", tax_code=books.tax, cost_centre=books.centre),
              line_of(books, "1200", debit="23148.15")]  # fmt: skip
    write(entry, *turned)


def reversed_twice(books: Books) -> None:
    original = books.post([books.line("4900", debit=5), books.line("1200", credit=5)])
    posting.reverse(entry=original, posting_date=DAY, by=books.by, reason="Twice.")
    entry = entry_of(books, sequence=3, source="reversal", reverses=original)
    write(entry, line_of(books, credit=5), line_of(books, "1200", debit=5))


def a_reversal_of_nothing(books: Books) -> None:
    write(entry_of(books, source="reversal"), *even(books))


def on_an_ended_account(books: Books) -> None:
    chart.change(books.accounts["4900"], by=factories.TESTER, reason="x", ends_on=date(2026, 8, 31))
    write(entry_of(books), *even(books))


def on_an_account_that_takes_none(books: Books) -> None:
    chart.change(books.accounts["4900"], by=factories.TESTER, reason="x", is_postable=False)
    write(entry_of(books), *even(books))


def on_an_ended_cost_centre(books: Books) -> None:
    chart.change(books.centre, by=factories.TESTER, reason="x", ends_on=date(2026, 8, 31))
    write(entry_of(books), line_of(books, debit=5, cost_centre=books.centre),
          line_of(books, "1200", credit=5))  # fmt: skip


def with_a_tax_code_that_does_not_fit(books: Books) -> None:
    write(entry_of(books), line_of(books, debit=5),
          line_of(books, "1200", credit=5, tax_code=books.tax))  # fmt: skip


def two_sides(books: Books) -> None:
    write(entry_of(books), line_of(books, debit=5, credit=5), line_of(books, "1200", credit=5))


def base_of_its_own(books: Books) -> None:
    write(entry_of(books), line_of(books, debit=5, base_debit=Decimal(6)),
          line_of(books, "1200", credit=5, base_credit=Decimal(6)))  # fmt: skip


def rate_of_nothing(books: Books) -> None:
    lines = [
        line_of(books, code, currency="EUR", rate=Decimal(0), **{side: 5, f"base_{side}": 0})
        for code, side in (("4900", "debit"), ("1200", "credit"))
    ]
    write(entry_of(books), *lines)


def same_place(books: Books) -> None:
    books.post()
    write(entry_of(books), *even(books))


def same_key(books: Books) -> None:
    books.post()
    write(entry_of(books, sequence=2, idempotency_key="one"), *even(books))


def same_position(books: Books) -> None:
    lines = even(books)
    for line in lines:
        line.position = 1
    write(entry_of(books), *lines)


def alone(books: Books) -> None:
    write(entry_of(books, line_count=1), line_of(books, debit=5))


WRONG = {
    uneven: "journal_entry_balances",
    uneven_in_base: "journal_entry_balances",
    across_currencies: "journal_entry_balances",
    one_line_less: "journal_entry_has_its_lines",
    a_line_later: "journal_entry_has_its_lines",
    a_gap: "journal_entry_leaves_no_gap",
    in_a_closed_period: "journal_entry_in_open_period",
    outside_of_its_period: "journal_entry_day_in_period",
    an_other_year: "journal_entry_day_in_period",
    a_reversed_reversal: "journal_entry_reverses_no_reversal",
    reversed_by_another_amount: "journal_entry_reverses_exactly",
    reversed_in_part: "journal_entry_reverses_exactly",
    reversed_twice: "finance_journalentry_reverses_id_key",
    a_reversal_of_nothing: "journal_entry_reversal_names_its_original",
    on_an_ended_account: "journal_line_account_takes_it",
    on_an_account_that_takes_none: "journal_line_account_takes_it",
    on_an_ended_cost_centre: "journal_line_cost_centre_in_use",
    with_a_tax_code_that_does_not_fit: "journal_line_tax_code_fits",
    two_sides: "journal_line_has_one_side",
    base_of_its_own: "journal_line_base_is_itself",
    rate_of_nothing: "journal_line_rate_is_positive",
    same_place: "journal_entry_place_once",
    same_key: "journal_entry_posted_once",
    same_position: "journal_line_once",
    alone: "journal_entry_has_lines",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong.__name__))
def test_what_is_wrong_is_refused_by_the_constraint_of_this_name(
    books: Books, wrong: Callable[[Books], None]
) -> None:
    with pytest.raises(IntegrityError) as refused:
        wrong(books)

    assert refused.value.__cause__.diag.constraint_name == WRONG[wrong]  # type: ignore[union-attr]


@pytest.mark.parametrize("statement", [
    "UPDATE finance_journalentry SET text = 'other'",
    "UPDATE finance_journalline SET project = 'other'",
    "DELETE FROM finance_journalline",
    "DELETE FROM finance_journalentry",
])  # fmt: skip
def test_the_application_has_no_right_to_change_what_was_posted(
    books: Books, statement: str
) -> None:
    entry = books.post()

    with (
        pytest.raises(Exception, match="permission denied"),
        recording("journal_entry.posted", by=factories.TESTER, subject=entry),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_period_closed_by_one_person_alone_is_refused(books: Books) -> None:
    person = books.controller
    with (
        pytest.raises(IntegrityError, match="period_closed_by_two_people"),
        recording("period.closed", by=factories.TESTER, subject=books.period, reason="x"),
    ):
        books.period.status = "closed"
        books.period.asked_by = books.period.decided_by = person
        books.period.save()


def test_periods_that_nobody_asked_to_close_stay_open(books: Books) -> None:
    with (
        pytest.raises(IntegrityError, match="period_somebody_asked"),
        recording("period.close_asked", by=factories.TESTER, subject=books.period, reason="x"),
    ):
        books.period.status = "closing"
        books.period.save()


def test_two_periods_of_a_month_are_refused(books: Books) -> None:
    with (
        pytest.raises(IntegrityError, match="period_once"),
        recording("period.opened", by=factories.TESTER, subject=books.period),
    ):
        type(books.period)(entity=books.entity, year=2026, month=9).save()


def test_a_month_is_one_of_twelve(books: Books) -> None:
    with (
        pytest.raises(IntegrityError, match="period_is_a_month"),
        recording("period.opened", by=factories.TESTER, subject=books.period),
    ):
        type(books.period)(entity=books.entity, year=2026, month=13).save()
