"""Nobody decides on a period blind: the page says who asked, why, and what is still open before."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from finance import deciding
from finance.models import Period
from finance.services import periods
from requests_app.models import User
from tests import factories
from tests.finance.books import Books, opened
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return opened()


def ask(books: Books, slug: str = "ask-close", why: str = "All of September is posted.") -> None:
    periods.move(slug, period=books.period, by=books.by, reason=why)


def page_of(books: Books, person: User) -> Any:
    return signed_in(person).get(reverse("books:period-show", args=[books.period.pk]))


def test_the_page_says_who_asked_when_and_why(books: Books) -> None:
    ask(books)
    shown = page_of(books, books.controller)
    told = f"{books.accountant} accountant asked to close the period"
    aside = text(shown).partition("Close ")[0]
    assert "asked to close the period" in aside, told
    assert "All of September is posted." in aside


def test_the_steps_of_a_period_stand_on_its_page_with_their_reasons(books: Books) -> None:
    ask(books, why="Month end.")
    decider = factories.actor(books.controller)
    periods.move("decline-close", period=books.period, by=decider, reason="One invoice is late.")
    shown = text(page_of(books, factories.person("lead", books.entity)))
    assert shown.index("One invoice is late.") < shown.index("Month end.")
    assert "What was done" in shown


def test_who_decides_finds_it_on_their_start_page_and_who_asked_does_not(books: Books) -> None:
    sentence = f"{books.accountant} asks that 2026-09 of {books.entity.code} be closed."
    elsewhere = factories.person("controller", factories.entity())
    assert "Waits for your decision" not in text(signed_in(books.controller).get("/"))
    ask(books)
    start = signed_in(books.controller).get("/")
    assert sentence in text(start)
    assert reverse("books:period-show", args=[books.period.pk]) in start.content.decode()
    for other in (books.accountant, elsewhere):
        assert "Waits for your decision" not in text(signed_in(other).get("/"))


def test_who_asked_themselves_has_nothing_to_decide(books: Books) -> None:
    own = factories.actor(books.controller)
    periods.move("ask-close", period=books.period, by=own, reason="Month end.")
    assert deciding.waiting_for(books.controller) == []


def test_closing_a_month_says_which_earlier_one_is_open(books: Books) -> None:
    client = signed_in(books.accountant)
    address = reverse("books:period-show", args=[books.period.pk])
    assert "still open" not in text(client.get(address))
    periods.open_period(entity=books.entity, year=2026, month=8, by=factories.TESTER)
    assert "2026-08 before it is still open." in text(client.get(address))


def test_a_later_month_is_no_reason_to_wait(books: Books) -> None:
    periods.open_period(entity=books.entity, year=2026, month=10, by=factories.TESTER)
    assert deciding.remark("ask-close", books.period) == ""
    assert deciding.remark("ask-reopen", books.period) == ""


def test_the_next_month_without_a_period_is_offered(books: Books) -> None:
    today = books.entity.today()
    assert deciding.next_month(books.entity) == f"{today:%Y-%m}" or Period.objects.filter(
        entity=books.entity, year=today.year, month=today.month
    )
    for _ in range(13):
        year, month = map(int, deciding.next_month(books.entity).split("-"))
        periods.open_period(entity=books.entity, year=year, month=month, by=factories.TESTER)
    page = signed_in(books.accountant).get(reverse("books:period-add", args=[books.entity.code]))
    offered = deciding.next_month(books.entity)
    assert f'value="{offered}"' in page.content.decode()
    assert "Open the period" in text(page)


def test_a_refusal_is_said_once(books: Books) -> None:
    reader = signed_in(factories.person("lead", books.entity))
    address = reverse("books:period-add", args=[books.entity.code])
    answer = reader.post(address, {"month": "2031-01"})
    assert text(answer).count("needs the role accountant or controller there") == 1


def test_a_step_that_was_refused_is_said_once(books: Books) -> None:
    ask(books)
    client = signed_in(books.accountant)
    own = reverse("books:period-move", args=[books.period.pk, "close"])
    page = page_of(books, books.controller)
    [*_, form] = page.context["moves"][0]
    answer = client.post(own, {"reason": "Done.", "seen": str(form["seen"].value())})
    assert answer.status_code == 409
    [(_, said), *_] = periods.refusals(books.period, factories.actor(books.accountant))
    assert text(answer).count(said) == 1
