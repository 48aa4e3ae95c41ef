"""Measures comparing the texts that cost most: what two versions may take of a page's time."""

from __future__ import annotations

import random
import statistics
import time

from audit.diffs import FieldSpec, changes
from bench.report import Target, heading, say

LIMIT, TURNS = 200.0, 5
NOTE = FieldSpec("note", "Note", "long_text")


def run() -> list[Target]:
    heading("Comparing two texts that share little, or look alike everywhere")
    figures = {name: milliseconds(*pair) for name, pair in pairs().items()}
    for name, figure in figures.items():
        say(f"{name:<44}{figure:8.1f} ms")
    return [Target("two texts compared, the slowest, in ms", max(figures.values()), LIMIT)]


def milliseconds(old: str, new: str) -> float:
    """The middle of a few turns."""
    spent = []
    for _ in range(TURNS):
        start = time.perf_counter()
        changes({"note": old}, {"note": new}, [NOTE])
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def pairs() -> dict[str, tuple[str, str]]:
    """Inputs on which common matchers take quadratic time or worse."""
    chance = random.Random(498)  # noqa: S311
    few = [" ".join(chance.choices("abcd", k=950)) for _ in range(2)]
    lines = [f"line {number} of the letter" for number in range(4_000)]
    mixed = chance.sample(lines, len(lines))
    again = [f"{line} again" for line in lines]
    return {
        "950 words out of four": (few[0], few[1]),
        "100,000 characters out of four words": (few[0] * 50, few[1] * 50),
        "4,000 lines in another order": ("\n".join(lines), "\n".join(mixed)),
        "4,000 lines, each a little longer": ("\n".join(lines), "\n".join(again)),
        "a megabyte against another": (few[0] * 500, few[1] * 500),
        "one line without a break, 500,000 long": ("x" * 500_000, "x" * 250_000 + "y" * 250_000),
    }
