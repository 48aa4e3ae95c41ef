"""A period is closed and reopened by two people: one who asks, another one who decides."""

from __future__ import annotations

import pytest

from audit.models import Event
from audit.recording import ReasonMissing
from finance.models import Period
from finance.roles import FinanceRefused
from finance.services import periods
from finance.services.periods import MOVES
from tests import factories
from tests.finance.books import Books, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


def move(books: Books, slug: str, role: str = "accountant") -> Period:
    by = factories.actor(getattr(books, role))
    return periods.move(slug, period=books.period, by=by, reason="Month end.")


def refusal(books: Books, slug: str, role: str = "accountant") -> str:
    with pytest.raises(FinanceRefused) as refused:
        move(books, slug, role)
    assert Event.objects.latest("id").outcome == "denied"
    return str(refused.value)


def test_one_asks_and_another_one_closes_and_both_are_recorded(books: Books) -> None:
    move(books, "ask-close")
    assert move(books, "close", "controller").status == "closed"

    told = Event.objects.filter(subject_id=str(books.period.pk), kind__startswith="period.clos")
    assert list(told.order_by("id").values_list("kind", "actor_id")) == [
        ("period.close_asked", str(books.accountant.pk)),
        ("period.closed", str(books.controller.pk)),
    ]
    assert (books.period.asked_by, books.period.decided_by) == (
        books.accountant, books.controller,
    )  # fmt: skip


def test_who_asked_does_not_decide(books: Books) -> None:
    move(books, "ask-close", "controller")

    assert refusal(books, "close", "controller") == (
        "You asked for this yourself. Somebody else decides it."
    )


def test_entries_are_taken_until_it_is_closed(books: Books) -> None:
    move(books, "ask-close")
    assert books.post().sequence == 1

    move(books, "close", "controller")
    with pytest.raises(FinanceRefused) as refused:
        books.post(key="two")
    assert str(refused.value) == (
        f"The period 2026-09 of {books.entity.code} is closed. Post on a day of an open one, or "
        "let two people reopen it."
    )


def test_reopening_takes_two_people_again_and_takes_entries_only_then(books: Books) -> None:
    for slug, role in [("ask-close", "accountant"), ("close", "controller"),
                       ("ask-reopen", "controller")]:  # fmt: skip
        move(books, slug, role)
    with pytest.raises(FinanceRefused, match="is to be reopened"):
        books.post()
    assert refusal(books, "reopen", "controller").startswith("You asked for this yourself")

    by = factories.actor(factories.person("executive", books.entity))
    periods.move("reopen", period=books.period, by=by, reason="Late invoice.")

    assert books.post().sequence == 1


@pytest.mark.parametrize(("before", "slug", "status"), [
    (["ask-close"], "decline-close", "open"),
    (["ask-close", "close", "ask-reopen"], "decline-reopen", "closed"),
])  # fmt: skip
def test_what_was_asked_can_be_declined(
    books: Books, before: list[str], slug: str, status: str
) -> None:
    for each in before:
        move(books, each, "controller" if MOVES[each].decides else "accountant")

    assert move(books, slug, "controller").status == status


@pytest.mark.parametrize("slug", ["close", "decline-close", "ask-reopen", "reopen"])
def test_a_step_that_is_not_next_is_refused(books: Books, slug: str) -> None:
    assert refusal(books, slug, "controller") == "2026-09 is open, so this cannot be done now."


@pytest.mark.parametrize("role", ["agent", "lead", "treasurer", "auditor", "administrator"])
def test_other_roles_neither_ask_nor_decide(books: Books, role: str) -> None:
    by = factories.actor(factories.person(role, books.entity))

    assert "needs the role" in periods.why_not_move("ask-close", books.period, by)
    assert periods.moves_for(books.period, by) == []


def test_an_accountant_does_not_decide(books: Books) -> None:
    move(books, "ask-close", "controller")

    assert "needs the role controller or executive" in refusal(books, "close")


def test_no_command_closes_a_period(books: Books) -> None:
    assert "takes people" in periods.why_not_move("ask-close", books.period, factories.TESTER)


@pytest.mark.parametrize("slug", MOVES)
def test_every_step_needs_a_reason(books: Books, slug: str) -> None:
    with pytest.raises(ReasonMissing):
        periods.move(slug, period=books.period, by=books.by, reason=" ")


def test_a_month_is_opened_once(books: Books) -> None:
    with pytest.raises(FinanceRefused, match="is there already: open"):
        periods.open_period(entity=books.entity, year=2026, month=9, by=books.by)


@pytest.mark.parametrize(("year", "month"), [(2026, 0), (2026, 13), (1899, 1), (10_000, 1)])
def test_what_is_no_month_is_refused(books: Books, year: int, month: int) -> None:
    with pytest.raises(FinanceRefused, match="A period is a month"):
        periods.open_period(entity=books.entity, year=year, month=month, by=books.by)


@pytest.mark.parametrize("role", ["agent", "lead", "treasurer", "auditor"])
def test_others_open_no_periods(books: Books, role: str) -> None:
    by = factories.actor(factories.person(role, books.entity))
    with pytest.raises(FinanceRefused, match="Opening periods of"):
        periods.open_period(entity=books.entity, year=2026, month=10, by=by)
