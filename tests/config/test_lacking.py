"""A test run on a machine that lacks a program says so in its last line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import local

# What this run has set for itself would make the other skip its own beginning.
OWN = ("DJANGO_SETTINGS_MODULE", "CASETRAIL_LOCAL", "PYTEST_")


def last_line(programs: Path, *arguments: str) -> str:
    """How a run ends that finds no other programs than these, spread over processes as by make."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "1", "-p", "no:cacheprovider", *arguments],
        cwd=local.PROJECT, env={**kept, "PATH": str(programs)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_without_chromium_it_counts_the_browser_tests_that_did_not_run(tmp_path: Path) -> None:
    line = last_line(tmp_path, "tests/browser")
    assert " BROWSER TESTS DID NOT RUN: no Chromium found" in line
    assert int(line.strip("= ").split()[0]) > 0


@pytest.mark.slow
def test_without_psql_it_says_what_ran_in_its_place(tmp_path: Path) -> None:
    line = last_line(tmp_path, "tests/audit/test_bypass_outside.py", "-k", "test_psql_without")
    assert "3 PSQL TESTS RAN THROUGH PSYCOPG INSTEAD: no psql found" in line
