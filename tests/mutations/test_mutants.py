"""Whether the mutants still fit the source: it costs nothing, and catching them takes minutes."""

from __future__ import annotations

from pathlib import Path

from tests.mutations.mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]


def test_each_mutant_fits_its_file_and_names_tests_that_are_there() -> None:
    unfit = [
        mutant.name
        for mutant in MUTANTS
        if mutant.before not in (ROOT / mutant.file).read_text()
        or not all((ROOT / path.partition("::")[0]).exists() for path in mutant.caught_by)
    ]
    assert not unfit
