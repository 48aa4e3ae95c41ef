"""Which neighbours on a page are shown as one: few rules, whatever the entries are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from audit.folding import GAP, Mark, belong_together, runs

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def mark(minutes: float, who: str = "ana", *, is_passive: bool = True) -> Mark:
    return Mark(who, NOON + timedelta(minutes=minutes), is_passive)


def lengths(*marks: Mark) -> list[int]:
    return [len(run) for run in runs(marks)]


MARKS = st.lists(
    st.builds(
        Mark,
        st.sampled_from(["ana", "ben"]),
        st.integers(0, 2 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        st.booleans(),
    ),
    max_size=60,
)


@given(MARKS)
def test_every_entry_is_in_one_run_and_the_order_stays(marks: list[Mark]) -> None:
    assert [place for run in runs(marks) for place in run] == list(range(len(marks)))


@given(MARKS)
def test_whoever_shares_a_run_is_passive_alike_and_close(marks: list[Mark]) -> None:
    for run in runs(marks):
        for one, other in pairwise(marks[place] for place in run):
            assert one.is_passive
            assert other.is_passive
            assert one.who == other.who
            assert abs(one.at - other.at) <= GAP
            assert one.at.date() == other.at.date()


@given(MARKS)
def test_no_two_runs_could_be_one(marks: list[Mark]) -> None:
    for one, other in pairwise(runs(marks)):
        assert not belong_together(marks[one[-1]], marks[other[0]])


@given(MARKS)
def test_turned_around_the_same_entries_stand_together(marks: list[Mark]) -> None:
    assert [len(run) for run in runs(marks[::-1])] == [len(run) for run in runs(marks)][::-1]


def test_a_gap_of_ten_minutes_holds_together_and_a_longer_one_does_not() -> None:
    assert lengths(mark(0), mark(10), mark(20)) == [3]
    assert lengths(mark(0), mark(10.01)) == [1, 1]


def test_midnight_of_the_page_parts_what_happened_around_it() -> None:
    late = mark(12 * 60 - 1)
    assert lengths(late, mark(12 * 60 + 1)) == [1, 1]


def test_somebody_else_in_between_parts_a_run() -> None:
    assert lengths(mark(0), mark(1, "ben"), mark(2)) == [1, 1, 1]


def test_what_is_not_passive_stands_by_itself() -> None:
    assert lengths(mark(0), mark(1, is_passive=False), mark(2), mark(3)) == [1, 1, 2]


def test_of_nothing_there_are_no_runs() -> None:
    assert lengths() == []
