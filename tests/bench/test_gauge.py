"""The gauge: what it tells of a command is that command's alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench import gauge

MEGABYTE = 2**20


def measured(folder: Path, code: str) -> tuple[int, dict[str, float]]:
    path = folder / "figures.json"
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run([sys.executable, "-S", gauge.__file__, str(path), *command])
    return done.returncode, json.loads(path.read_text())


def test_the_peak_is_the_commands_own(tmp_path: Path) -> None:
    _, small = measured(tmp_path, "pass")
    _, large = measured(tmp_path, f"b'x' * {64 * MEGABYTE}")
    assert 60 * MEGABYTE < large["peak"] - small["peak"] < 70 * MEGABYTE


def test_what_started_the_gauge_does_not_count(tmp_path: Path) -> None:
    held = bytearray(b"x") * (64 * MEGABYTE)
    _, small = measured(tmp_path, "pass")
    assert small["peak"] < len(held)


def test_the_seconds_are_the_commands(tmp_path: Path) -> None:
    _, figures = measured(tmp_path, "import time; time.sleep(0.3)")
    assert figures["seconds"] >= 0.3


def test_the_commands_exit_code_is_handed_on(tmp_path: Path) -> None:
    code, _ = measured(tmp_path, "raise SystemExit(3)")
    assert code == 3
