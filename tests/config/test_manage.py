"""`manage.py` brings the local server along, or ends with a sentence."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

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


def test_migrate_without_the_owner_names_the_variable_and_touches_nothing(settings: Any) -> None:
    settings.OWNER_DATABASE = None
    # No database is open to this test: reaching for one would be another error.
    with pytest.raises(CommandError, match="Set MIGRATE_DATABASE_URL, for example MIGRATE_DATA"):
        call_command("migrate")


@pytest.mark.django_db
def test_looking_at_migrations_needs_no_owner(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.OWNER_DATABASE = None
    call_command("migrate", "--check")
    call_command("migrate", "--plan")
    assert "No planned migration operations" in capsys.readouterr().out
