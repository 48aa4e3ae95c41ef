"""Figures with their spread, and the targets they are held against."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

IS_QUICK = os.environ.get("QUICK", "") not in ("", "0")


@dataclass(frozen=True)
class Spread:
    """The median of some figures and their quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        if len(figures) == 1:
            return cls(figures[0], figures[0], figures[0])
        low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
        return cls(median, low, high)

    @property
    def quartiles(self) -> str:
        return f"({self.low:.2f} to {self.high:.2f})"

    def __str__(self) -> str:
        return f"{self.median:6.2f}  {self.quartiles}"


def ratios(figures: Sequence[float], to: Sequence[float]) -> Spread:
    """Round by round, so that what slowed a whole round cancels out."""
    return Spread.of([mine / theirs for mine, theirs in zip(figures, to, strict=True)])


class Bound(StrEnum):
    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Target:
    """A figure and the limit it must keep to. `spread` is the figure's, in words."""

    name: str
    figure: float
    limit: float
    spread: str = ""
    bound: Bound = Bound.AT_MOST

    @property
    def is_met(self) -> bool:
        if self.bound == Bound.AT_LEAST:
            return self.figure >= self.limit
        return self.figure <= self.limit

    def __str__(self) -> str:
        verdict = "PASS" if self.is_met else "MISS"
        figure = f"{self.figure:12,.2f} {self.spread}"
        return f"{verdict}  {self.name:<62}{figure:<32} {self.bound} {self.limit:,.10g}"


def at_least(name: str, figure: float, limit: float) -> Target:
    return Target(name, figure, limit, bound=Bound.AT_LEAST)


def heading(text: str) -> None:
    say(f"\n{text}\n{'-' * len(text)}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_targets(path: str, targets: Sequence[Target]) -> None:
    Path(path).write_text(json.dumps([asdict(target) for target in targets]))


def read_targets(path: Path) -> list[Target]:
    return [Target(**values) for values in json.loads(path.read_text())]
