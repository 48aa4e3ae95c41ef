"""What is posted is complete, balances, has its number and stays; all else is refused in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from audit.recording import ReasonMissing
from finance.models import JournalEntry, JournalLine
from finance.roles import FinanceRefused
from finance.services import chart, periods, posting
from tests import factories
from tests.finance.books import DAY, Books, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


def sides(entry: JournalEntry) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.account.code, line.debit, line.credit) for line in entry.lines.all()]


def refusal(books: Books, lines: Any = None, **facts: Any) -> str:
    with pytest.raises(FinanceRefused) as refused:
        books.post(lines, **facts)
    assert not JournalLine.objects.exists()
    return str(refused.value)


def test_the_worked_example_is_posted_with_its_number(books: Books) -> None:
    entry = books.post()

    assert entry.number == f"{books.entity.code}-GJ-2026-000001"
    assert sides(entry) == [
        ("4900", Decimal("23148.15"), 0), ("2200", Decimal("1851.85"), 0),
        ("1200", 0, Decimal("25000.00")),
    ]  # fmt: skip
    assert (entry.period, entry.posted_by) == (books.period, books.accountant)


def test_posting_is_one_event_that_holds_the_entry_and_all_its_lines(books: Books) -> None:
    entry = books.post()

    event = Event.objects.get(kind="journal_entry.posted")
    assert (event.subject_id, event.entity_id) == (str(entry.pk), books.entity.pk)
    assert entry.history.get().event_id == event.pk
    assert JournalLine.history.filter(event_id=event.pk).count() == 3


def test_numbers_go_on_without_gaps_and_a_refused_entry_takes_none(books: Books) -> None:
    books.post()
    with pytest.raises(FinanceRefused):
        books.post([books.line("1200", debit=1), books.line("4900", credit=2)], "two")

    assert books.post(key="three").sequence == 2


def test_each_year_counts_anew_by_the_day_of_posting(books: Books) -> None:
    books.post()
    periods.open_period(entity=books.entity, year=2025, month=12, by=factories.TESTER)

    entry = books.post(key="two", posting_date=date(2025, 12, 31))

    assert entry.number == f"{books.entity.code}-GJ-2025-000001"


def test_the_same_key_posts_once(books: Books) -> None:
    first = books.post()

    assert books.post() == first
    assert JournalEntry.objects.count() == 1
    assert Event.objects.filter(kind="journal_entry.posted").count() == 1
    assert books.post(key="two").sequence == 2


def test_the_same_key_with_other_lines_is_refused(books: Books) -> None:
    first = books.post()

    with pytest.raises(FinanceRefused, match=f"{first.number} was posted under this key already"):
        books.post([books.line("4900", debit=5), books.line("1200", credit=5)])


@pytest.mark.parametrize("role", [
    "agent", "lead", "controller", "executive", "treasurer", "auditor", "administrator",
])  # fmt: skip
def test_only_an_accountant_posts(books: Books, role: str) -> None:
    person = factories.person(role, books.entity)

    with pytest.raises(FinanceRefused) as refused:
        posting.post(books.document(), books.refund(), by=factories.actor(person))

    assert str(refused.value) == (
        f"Posting in the journal of {books.entity.code} needs the role accountant there."
    )
    assert Event.objects.latest("id").outcome == "denied"


def test_uneven_sides_are_refused_in_words(books: Books) -> None:
    lines = [books.line("4900", debit="23148.15"), books.line("1200", credit="23148.14")]

    assert refusal(books, lines) == (
        "Debits are USD 23,148.15 and credits USD 23,148.14. They must be even."
    )


def test_each_currency_is_even_by_itself(books: Books) -> None:
    lines = [
        books.line("4900", debit=100), books.line("1200", credit=100, currency="EUR", rate="1.1"),
    ]  # fmt: skip

    assert "They must be even" in refusal(books, lines)


@pytest.mark.parametrize(("debit", "credit"), [(0, 0), (5, 5), (-5, 0), (0, -5)])
def test_a_line_has_one_side(books: Books, debit: int, credit: int) -> None:
    lines = [books.line("4900", debit=debit, credit=credit), books.line("1200", credit=5)]

    assert refusal(books, lines) == "Line 1: It is either a debit or a credit, of more than zero."


def test_an_amount_finer_than_its_currency_is_refused(books: Books) -> None:
    lines = [
        books.line("4900", debit="100.5", currency="JPY", rate="0.0067"),
        books.line("1200", credit="100.5", currency="JPY", rate="0.0067"),
    ]

    assert refusal(books, lines).startswith("Line 1: JPY has no decimal places")


def test_what_rounding_leaves_over_stands_in_a_line_of_its_own(books: Books) -> None:
    rates = {"currency": "EUR", "rate": "1.09"}
    lines = [
        books.line("4900", debit="0.50", **rates), books.line("2200", debit="0.50", **rates),
        books.line("1200", credit="1.00", **rates),
    ]  # fmt: skip

    entry = books.post(lines, rounding=books.accounts["6990"])

    last = entry.lines.latest("position")
    assert (last.account.code, last.base_debit, last.base_credit) == ("6990", Decimal("0.01"), 0)


def test_without_an_account_for_it_a_rounding_difference_is_refused(books: Books) -> None:
    rates = {"currency": "EUR", "rate": "1.09"}
    lines = [
        books.line("4900", debit="0.50", **rates), books.line("2200", debit="0.50", **rates),
        books.line("1200", credit="1.00", **rates),
    ]  # fmt: skip

    assert "Name the account that takes such differences" in refusal(books, lines)


def test_an_account_that_has_ended_takes_nothing(books: Books) -> None:
    account = books.accounts["4900"]
    chart.change(account, by=factories.TESTER, reason="Merged.", ends_on=date(2026, 8, 31))

    assert refusal(books) == (
        "Line 1: Account 4900 Sales returns and allowances takes no entries on 2026-09-15."
    )


def test_a_tax_code_on_an_account_that_takes_none_is_refused(books: Books) -> None:
    lines = [books.line("1200", debit=5, tax_code=books.tax), books.line("4900", credit=5)]

    assert refusal(books, lines) == "Line 1: Account 1200 Accounts receivable takes no tax codes."


def test_a_day_without_a_period_is_refused_and_never_moved(books: Books) -> None:
    assert refusal(books, posting_date=date(2026, 10, 1)) == (
        f"{books.entity.code} has no period 2026-10. Open it first, or post on a day of one that "
        "is open."
    )


def test_a_reversal_has_the_sides_changed_and_names_its_original(books: Books) -> None:
    original = books.post()

    made = posting.reverse(entry=original, posting_date=DAY, by=books.by, reason="Twice.")

    assert sides(made) == [(code, credit, debit) for code, debit, credit in sides(original)]
    assert (made.reverses, original.reversed_by) == (original, made)
    event = Event.objects.latest("id")
    assert (event.kind, event.detail) == ("journal_entry.reversed", {"original": original.number})


def test_an_entry_is_reversed_once_and_a_second_press_finds_the_first(books: Books) -> None:
    original = books.post()
    made = posting.reverse(entry=original, posting_date=DAY, by=books.by, reason="Twice.")

    assert posting.reverse(entry=original, posting_date=DAY, by=books.by, reason="Again.") == made
    assert JournalEntry.objects.count() == 2


def test_a_reversal_is_not_reversed(books: Books) -> None:
    made = posting.reverse(entry=books.post(), posting_date=DAY, by=books.by, reason="Twice.")

    with pytest.raises(FinanceRefused, match="is a reversal itself"):
        posting.reverse(entry=made, posting_date=DAY, by=books.by, reason="No.")


def test_a_reversal_needs_a_reason(books: Books) -> None:
    with pytest.raises(ReasonMissing):
        posting.reverse(entry=books.post(), posting_date=DAY, by=books.by, reason="")


def test_a_reversal_goes_by_the_period_of_its_own_day(books: Books) -> None:
    """The original's period may be closed by then; its own must be open."""
    original = books.post()
    shut(books)
    periods.open_period(entity=books.entity, year=2026, month=10, by=factories.TESTER)

    with pytest.raises(FinanceRefused, match="The period 2026-09 of"):
        posting.reverse(entry=original, posting_date=DAY, by=books.by, reason="Twice.")
    made = posting.reverse(
        entry=original, posting_date=date(2026, 10, 1), by=books.by, reason="Twice."
    )

    assert str(made.period) == "2026-10"


def test_a_reversal_before_its_original_is_refused(books: Books) -> None:
    with pytest.raises(FinanceRefused, match="Reverse it on that day or later"):
        posting.reverse(
            entry=books.post(), posting_date=date(2026, 9, 14), by=books.by, reason="Twice."
        )


def shut(books: Books) -> None:
    period = books.period
    periods.move("ask-close", period=period, by=books.by, reason="Done.")
    decides = factories.actor(books.controller)
    periods.move("close", period=period, by=decides, reason="Checked.")
