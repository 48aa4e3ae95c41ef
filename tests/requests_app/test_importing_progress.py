"""The progress line and the reject file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from requests_app.importing.progress import Progress, duration, sentence
from requests_app.importing.source.reading import SourceError
from requests_app.importing.source.rejects import Rejects


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def test_the_sentence_says_how_far_how_fast_and_how_long() -> None:
    assert (
        sentence(12_000, 101_045, 3_100.0) == "[12,000/101,045] 11 % 3,100 rows/s, about 28s left"
    )
    assert sentence(0, 10, 0.0) == "[0/10] 0 % 0 rows/s"


@pytest.mark.parametrize(("seconds", "text"), [(29.9, "29s"), (190, "3m10s"), (7_500, "2h05m")])
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_terminal_has_one_living_line() -> None:
    out, clock = Terminal(), Clock()
    progress = Progress(out, clock)
    progress.begins(1_000)
    for clock.now, done in ((0.1, 50), (0.5, 500), (1.0, 1_000)):
        progress.reached(done)
    progress.close()
    first = "[500/1,000] 50 % 1,000 rows/s, about 0s left"
    last = "[1,000/1,000] 100 % 1,000 rows/s, about 0s left"
    assert out.getvalue() == f"\r{first}\r{last}\n"


def test_elsewhere_a_line_comes_each_half_minute() -> None:
    out, clock = io.StringIO(), Clock()
    progress = Progress(out, clock)
    progress.begins(1_000)
    for second in range(1, 70):
        clock.now = float(second)
        progress.reached(second * 10)
    progress.close()
    assert out.getvalue().splitlines() == [
        "[300/1,000] 30 % 10 rows/s, about 1m10s left",
        "[600/1,000] 60 % 10 rows/s, about 40s left",
    ]


def test_the_rate_is_that_of_the_last_seconds() -> None:
    out, clock = Terminal(), Clock()
    progress = Progress(out, clock)
    progress.begins(1_000_000)
    for second in range(1, 101):
        clock.now = float(second)
        progress.reached(min(second, 50) * 10_000 + max(second - 50, 0) * 100)
    assert out.getvalue().endswith("[505,000/1,000,000] 50 % 100 rows/s, about 1h22m left")


def test_rejected_rows_are_kept_with_line_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with Rejects(path) as rejects:
        rejects.add(7, "priority is “x”", 'INC1,"a, b"')
    assert table(path) == [
        ["line", "reason", "row"],
        ["7", "priority is “x”", 'INC1,"a, b"'],
    ]
    assert rejects.first == [{"line": 7, "reason": "priority is “x”"}]


def test_a_rejected_row_cannot_run_as_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with Rejects(path) as rejects:
        rejects.add(7, "bad", "=cmd|' /C calc'!A0,\0")
    assert table(path)[1][2] == "'=cmd|' /C calc'!A0,\\x00"


def test_without_rejects_no_file_is_made(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.csv"):
        pass
    assert not (tmp_path / "rejects.csv").exists()


def test_our_own_reject_file_is_replaced_and_nobody_elses_is(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    for _ in range(2):
        with Rejects(path) as rejects:
            rejects.add(7, "bad", "row")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    path.write_text("precious", encoding="utf-8")
    with pytest.raises(SourceError, match="is not a reject file"):
        Rejects(path)
