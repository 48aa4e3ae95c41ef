"""The journal under real commits: many who post at once, a period closed meanwhile, and the owner
of the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import connection, connections

from finance.models import JournalEntry
from finance.roles import FinanceRefused
from finance.services import periods
from tests import factories
from tests.audit import sessions
from tests.finance.books import Books, opened

pytestmark = pytest.mark.usefixtures("own_database")
WORKERS = 6


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs each in a thread with a connection of its own, from the same moment; what one raised is
    its result."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            gate.wait(10)
            return act()
        except FinanceRefused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def books() -> Books:
    made = opened()
    assert made.accountant  # there before the threads begin
    return made


def sequences() -> list[int]:
    return list(JournalEntry.objects.order_by("sequence").values_list("sequence", flat=True))


def test_who_posts_at_once_gets_numbers_without_a_gap(books: Books) -> None:
    at_once(*(lambda key=f"k{n}": books.post(key=key) for n in range(WORKERS)))  # type: ignore[misc]

    assert sequences() == list(range(1, WORKERS + 1))


def test_one_key_sent_many_times_at_once_posts_once(books: Books) -> None:
    posted = at_once(*[books.post] * WORKERS)

    assert len({entry.pk for entry in posted}) == 1  # type: ignore[attr-defined]
    assert sequences() == [1]


def test_a_period_closed_meanwhile_takes_no_entry_after_it_is_closed(books: Books) -> None:
    """Whoever comes first, no entry is younger than the close."""
    periods.move("ask-close", period=books.period, by=books.by, reason="Done.")
    decides = factories.actor(books.controller)

    def close() -> object:
        return periods.move("close", period=books.period, by=decides, reason="Checked.")

    at_once(close, *(lambda key=f"k{n}": books.post(key=key) for n in range(4)))  # type: ignore[misc]

    closed = books.period.history.filter(status="closed").get()
    assert not JournalEntry.history.filter(event_id__gt=closed.event_id).exists()
    assert sequences() == list(range(1, len(sequences()) + 1))


@pytest.mark.parametrize("statement", [
    "UPDATE finance_journalline SET project = 'other'",
    "UPDATE finance_journalentry SET text = 'other'",
    "DELETE FROM finance_journalline",
])  # fmt: skip
def test_even_the_owner_changes_nothing_that_was_posted(books: Books, statement: str) -> None:
    books.post()

    with (
        pytest.raises(psycopg.errors.CheckViolation) as refused,
        sessions.open("owner", connection.settings_dict["NAME"]) as session,
    ):
        session.execute(statement)

    assert refused.value.diag.constraint_name == "journal_is_never_changed"
