"""`manage.py` brings the local server along, or ends with a sentence."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from config import local
from tests.config import processes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return processes.copy_of_project(tmp_path_factory.mktemp("a copy"))


def manage(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    child = processes.start("manage", folder, folder / "output", {}, *arguments)
    child.wait(120)
    return child


def test_before_setup_it_names_what_is_missing_and_starts_nothing(folder: Path) -> None:
    assert manage(folder, "check").returncode == 1
    output = (folder / "output").read_text()
    assert "DATABASE_URL is not set" in output
    assert "run make setup" in output
    assert "Traceback" not in output
    assert not (folder / ".local").exists()


@pytest.mark.slow
def test_after_setup_a_command_has_its_database_and_leaves_nothing_running(folder: Path) -> None:
    local.prepare(folder / ".local")
    assert manage(folder, "migrate", "--verbosity=0").returncode == 0
    assert manage(folder, "migrate", "--check").returncode == 0
    assert processes.left_in(folder) == []
