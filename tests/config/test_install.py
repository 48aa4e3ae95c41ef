"""`make setup` says in a sentence what the machine's Python lacks, and does nothing twice."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from config import install


def test_a_python_that_is_too_old_is_named_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(install, "OLDEST", (3, 99))
    refusal = install.main("run")
    assert "needs Python 3.99 or newer" in refusal
    assert sys.executable in refusal
    assert "PYTHON=" in refusal


def test_a_python_without_venv_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "PYTHON", str(tmp_path / "none"))
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "apt install python3-venv" in install.make_venv()


def test_a_lock_that_is_installed_is_not_installed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("pip was called")

    lock = Path(install.PROJECT) / install.LOCKS["run"]
    (tmp_path / "installed-run").write_text(hashlib.sha256(lock.read_bytes()).hexdigest())
    monkeypatch.setattr(install, "VENV", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", refuse)
    assert install.install("run") == ""


@pytest.mark.parametrize("name", sorted(install.LOCKS.values()))
def test_a_lock_pins_every_package_by_hash_and_names_no_index(name: str) -> None:
    text = (Path(install.PROJECT) / name).read_text()
    packages = [line for line in text.splitlines() if line[:1].isalpha()]
    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert text.count("--hash=sha256:") > len(packages)
    assert "://" not in text
    assert "--index-url" not in text
