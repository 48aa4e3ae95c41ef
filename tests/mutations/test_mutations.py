"""Breaks a copy of the project, one guarantee at a time, and expects its tests to fail.

A mutant that survives means a test that asserts less than it says.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.database import TEMPLATE, Databases
from tests.mutations.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".venv*", ".local", ".git", "__pycache__", ".*_cache", ".hypothesis", "docs"
)
TESTS_FAILED = 1

pytestmark = pytest.mark.mutation


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path / "project", ignore=LEFT_OUT))


@pytest.fixture(scope="session")
def template(databases: Databases, django_db_blocker: DjangoDbBlocker) -> str:
    with django_db_blocker.unblock():
        return databases.migrate_once()


def run_tests(
    project: Path, files: tuple[str, ...], template: str
) -> subprocess.CompletedProcess[str]:
    """The named tests of the copy, on the server of this very run and from its tables; the
    functions and triggers are those of the copy."""
    # What this run has set for itself would make the other skip its own beginning.
    own = {"DJANGO_SETTINGS_MODULE", "CASETRAIL_LOCAL"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    kept = {name: value for name, value in kept.items() if not name.startswith("PYTEST_")}
    kept |= {
        TEMPLATE: template,
        "PYTHONDONTWRITEBYTECODE": "1",
        "SECRET_KEY": secrets.token_urlsafe(64),
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *files],
        cwd=project, env=kept, text=True,
        capture_output=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_fault_is_noticed(mutant: Mutant, copy: Path, template: str) -> None:
    target = copy / mutant.file
    source = target.read_text()
    assert source.count(mutant.before) >= 1, "the mutant no longer fits the source: renew it"
    target.write_text(source.replace(mutant.before, mutant.after))
    ended = run_tests(copy, mutant.caught_by, template)
    assert ended.returncode == TESTS_FAILED, f"survived:\n{ended.stdout[-3000:]}"
    # A failure to even start would look like a catch.
    assert " failed" in ended.stdout, ended.stdout[-3000:] + ended.stderr[-3000:]
