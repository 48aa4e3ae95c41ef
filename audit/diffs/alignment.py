"""Which items of two sequences match, in bounded time whatever the sequences are.

Items that occur once on both sides anchor (patience); Myers' greedy search fills the gaps. Every
step is charged to a `Work` account. What the account cannot pay for counts as not matching: the
answer gets coarser, never wrong. The standard library's matcher has no such bound.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from math import isqrt
from typing import TypeVar

Item = TypeVar("Item")
Run = tuple[int, int, int]  # start in the old sequence, start in the new one, length

WORK_STEPS = 200_000  # 50 to 100 ms of one idle core
SEARCH_STEPS = 60_000  # of them for one gap, so that one hard gap does not starve the rest
ANCHOR_DEPTH = 8


class Work:
    """An account of comparing steps, shared by all texts of one page. Never refilled."""

    def __init__(self, limit: int = WORK_STEPS) -> None:
        self.limit = limit
        self.spent = 0
        self.refusals = 0

    @property
    def left(self) -> int:
        return max(0, self.limit - self.spent)

    def spend(self, steps: int) -> bool:
        """False, and nothing is taken, where the account cannot pay for these steps."""
        if steps > self.left:
            self.refusals += 1
            return False
        self.spent += steps
        return True


def interned(old: Iterable[str], new: Iterable[str]) -> tuple[list[int], list[int]]:
    """Numbers in place of texts, so that one comparison costs the same however long they are."""
    known: dict[str, int] = {}
    numbers = [[known.setdefault(text, len(known)) for text in side] for side in (old, new)]
    return numbers[0], numbers[1]


def align(
    old: Sequence[int], new: Sequence[int], work: Work, depth: int = ANCHOR_DEPTH
) -> list[Run]:
    """Runs that match, in order. Where `work` cannot pay, fewer runs or none: never wrong ones."""
    if not old or not new or not work.spend(len(old) + len(new)):
        return []
    start, end = common_ends(old, new)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    runs: list[Run] = [(0, 0, start)] if start else []
    for i, j, length in _align_middle(middle_old, middle_new, work, depth):
        runs.append((i + start, j + start, length))
    if end:
        runs.append((len(old) - end, len(new) - end, end))
    return runs


def _align_middle(old: Sequence[int], new: Sequence[int], work: Work, depth: int) -> list[Run]:
    anchors = _anchors(old, new) if depth else []
    if not anchors:
        return _search(old, new, work)
    runs: list[Run] = []
    i = j = 0
    for next_i, next_j in [*anchors, (len(old), len(new))]:
        for a, b, length in align(old[i:next_i], new[j:next_j], work, depth - 1):
            runs.append((i + a, j + b, length))
        if next_i < len(old):
            runs.append((next_i, next_j, 1))
        i, j = next_i + 1, next_j + 1
    return runs


def common_ends(old: Sequence[Item], new: Sequence[Item]) -> tuple[int, int]:
    """How many items are equal at the start, and how many of the others at the end."""
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _anchors(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of positions of items that occur once on both sides, in the longest common order."""
    once_old, once_new = _positions_of_unique(old), _positions_of_unique(new)
    pairs = [(i, once_new[item]) for item, i in once_old.items() if item in once_new]
    tops: list[int] = []  # lowest position in new that ends an increasing row of each length
    ends: list[int] = []  # the pair that stands there
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tops, j)
        previous.append(ends[length - 1] if length else -1)
        tops[length : length + 1] = [j]
        ends[length : length + 1] = [index]
    found: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(pairs[index])
        index = previous[index]
    return found[::-1]


def _positions_of_unique(items: Sequence[int]) -> dict[int, int]:
    """In the order of the items."""
    counts = Counter(items)
    return {item: position for position, item in enumerate(items) if counts[item] == 1}


def _search(old: Sequence[int], new: Sequence[int], work: Work) -> list[Run]:
    """Myers' shortest edit, or nothing where it would take more steps than are allowed."""
    allowed = min(work.left, SEARCH_STEPS)
    rounds = min(len(old) + len(new), isqrt(2 * allowed))
    middle = rounds + 1
    reach = [0] * (2 * rounds + 3)  # by diagonal: how far into old the best path has come
    trail: list[list[int]] = []
    steps = 0
    for distance in range(rounds + 1):
        trail.append(reach[middle - distance - 1 : middle + distance + 2])
        for diagonal in range(-distance, distance + 1, 2):
            below, above = reach[middle + diagonal - 1], reach[middle + diagonal + 1]
            goes_down = diagonal == -distance or (diagonal != distance and below < above)
            i = above if goes_down else below + 1
            steps += 1 - i
            while i < len(old) and i - diagonal < len(new) and old[i] == new[i - diagonal]:
                i += 1
            steps += i
            reach[middle + diagonal] = i
            if i >= len(old) and i - diagonal >= len(new):
                work.spend(min(steps, work.left))
                return _walked_back(trail, len(old), len(new))
        if steps > allowed:
            break
    work.spend(min(steps, work.left))
    work.refusals += 1
    return []


def _walked_back(trail: list[list[int]], i: int, j: int) -> list[Run]:
    """The matching runs of a search, from what each round had reached when it began."""
    runs: list[Run] = []
    for distance in range(len(trail) - 1, -1, -1):
        reach, middle = trail[distance], distance + 1
        diagonal = i - j
        below, above = reach[middle + diagonal - 1], reach[middle + diagonal + 1]
        goes_down = diagonal == -distance or (diagonal != distance and below < above)
        from_i = above if goes_down else below + 1
        if i > from_i:
            runs.append((from_i, from_i - diagonal, i - from_i))
        i = above if goes_down else below
        j = i - (diagonal + 1 if goes_down else diagonal - 1)
    return runs[::-1]
