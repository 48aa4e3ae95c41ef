"""A target: on which side of its limit a figure must lie, and that it survives its way by file."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bench.report import Target, at_least, read_targets, write_targets


@pytest.mark.parametrize(("figure", "is_met"), [(0.84, True), (0.85, True), (0.86, False)])
def test_a_figure_must_not_exceed_its_limit(figure: float, is_met: bool) -> None:
    assert Target("update", figure, 0.85).is_met is is_met


@pytest.mark.parametrize(("figure", "is_met"), [(1_499, False), (1_500, True), (1_501, True)])
def test_a_rate_must_reach_its_limit(figure: float, is_met: bool) -> None:
    assert at_least("rows/s", figure, 1_500).is_met is is_met


def test_a_figure_that_is_no_number_meets_nothing() -> None:
    assert not Target("update", math.nan, 0.85).is_met
    assert not at_least("rows/s", math.nan, 1_500).is_met


def test_a_part_hands_its_targets_over_as_they_are(tmp_path: Path) -> None:
    targets = [Target("update", 0.9, 0.85, "(0.88 to 0.91)"), at_least("events", 9, 2_000_000)]
    write_targets(str(tmp_path / "targets.json"), targets)
    found = read_targets(tmp_path / "targets.json")
    assert found == targets
    assert [target.is_met for target in found] == [False, False]


def test_a_target_says_its_limit_in_full() -> None:
    assert str(at_least("events", 2_050_000, 2_000_000)).endswith("at least 2,000,000")
    assert str(Target("update", 0.9, 0.85)).endswith("at most 0.85")
