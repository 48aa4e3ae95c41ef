"""Aligning finds true matches only, and never takes more steps than its account holds."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.diffs.alignment import SEARCH_STEPS, WORK_STEPS, Run, Work, align, interned

ITEMS = st.lists(st.integers(0, 5), max_size=60)


class Counted(int):
    """A number that counts how often it was compared: what the account cannot embellish."""

    comparisons = 0

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return int(self) == other

    __hash__ = int.__hash__


def hard_pairs() -> dict[str, tuple[list[int], list[int]]]:
    """Inputs on which common matchers take quadratic time or worse."""
    chance = random.Random(498)  # noqa: S311
    numbers = list(range(20_000))
    few = [chance.choices(range(4), k=20_000) for _ in range(2)]
    two = [chance.choices(range(2), k=1_900) for _ in range(2)]
    paired = [number // 2 for number in numbers]
    return {
        "small vocabulary": (few[0], few[1]),
        "two words": (two[0], two[1]),
        "nothing shared": (numbers, [-1 - number for number in numbers]),
        "reversed": (numbers, numbers[::-1]),
        "shuffled": (numbers, chance.sample(numbers, len(numbers))),
        "no unique item": (paired, paired[::-1]),
        "one long run, shifted": ([0] * 10_000 + [1], [1] + [0] * 10_000),
        "very unequal": ([0, 1] * 10, few[0]),
    }


def is_true(runs: list[Run], old: list[int], new: list[int]) -> bool:
    """Each run matches, and they follow each other on both sides without overlap."""
    i = j = 0
    for start_old, start_new, length in runs:
        if start_old < i or start_new < j or length < 1:
            return False
        i, j = start_old + length, start_new + length
        if i > len(old) or j > len(new) or old[start_old:i] != new[start_new:j]:
            return False
    return True


def longest_common(old: list[int], new: list[int]) -> int:
    """The length of the longest common subsequence, by the textbook table."""
    row = [0] * (len(new) + 1)
    for item in old:
        previous = row
        row = [0]
        for j, other in enumerate(new):
            row.append(previous[j] + 1 if item == other else max(row[j], previous[j + 1]))
    return row[-1]


@given(ITEMS, ITEMS, st.integers(0, 400))
@settings(deadline=None)
def test_matches_are_true_however_little_work_is_allowed(
    old: list[int], new: list[int], limit: int
) -> None:
    work = Work(limit)
    assert is_true(align(old, new, work), old, new)
    assert work.spent <= limit


@given(ITEMS, ITEMS)
@settings(deadline=None)
def test_without_anchors_the_shortest_edit_is_found(old: list[int], new: list[int]) -> None:
    runs = align(old, new, Work(), depth=0)
    assert sum(length for _, _, length in runs) == longest_common(old, new)


@given(ITEMS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=3))
@settings(deadline=None)
def test_a_few_edits_leave_nearly_everything_matched(
    old: list[int], edits: list[tuple[int, int]]
) -> None:
    numbered = [position * 10 + item for position, item in enumerate(old)]
    new = list(numbered)
    for position, item in edits:
        new.insert(min(position, len(new)), -item)
    runs = align(numbered, new, Work())
    assert sum(length for _, _, length in runs) == len(numbered)


@pytest.mark.parametrize("name", hard_pairs())
def test_hard_inputs_stay_within_the_account(name: str) -> None:
    old, new = hard_pairs()[name]
    work = Work()
    assert is_true(align(old, new, work), old, new)
    assert work.spent <= WORK_STEPS


@pytest.mark.parametrize("name", hard_pairs())
def test_comparisons_really_made_are_in_proportion_to_the_steps_charged(name: str) -> None:
    old, new = ([Counted(item) for item in side] for side in hard_pairs()[name])
    work = Work()
    Counted.comparisons = 0
    align(old, new, work)
    overshoot = min(len(old), len(new))  # the last run of a search that gives up
    assert Counted.comparisons <= 8 * work.spent + overshoot


def test_one_hard_gap_leaves_work_for_the_others() -> None:
    chance = random.Random(7)  # noqa: S311
    hard = [chance.choices(range(2), k=4_000) for _ in range(2)]
    old, new = [*hard[0], 9, 5, 6, 7], [*hard[1], 9, 5, 0, 7]
    work = Work()
    assert (4_000, 4_000, 1) in align(old, new, work)
    assert work.left > WORK_STEPS - 2 * SEARCH_STEPS


def test_an_empty_account_matches_nothing_and_notes_the_refusal() -> None:
    work = Work(0)
    assert align([1, 2], [1, 2], work) == []
    assert work.refusals == 1


def test_an_account_is_shared_until_it_is_empty() -> None:
    work = Work(10)
    assert (work.spend(6), work.spend(6), work.left) == (True, False, 4)


def test_texts_become_equal_numbers_only_when_equal() -> None:
    assert interned(["a", "b", "a"], ["b", "c"]) == ([0, 1, 0], [1, 2])
