"""`make bench`: starts the bench's own server, runs every part, and judges the targets."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench import server
from bench.report import Target, heading, read_targets, say
from config import local, programs
from config.embedded import Server

PARTS = [
    ("prepare", server.COMPARISON),
    ("writing", server.COMPARISON),
    ("reading", server.COMPARISON),
    ("texts", server.COMPARISON),
    ("pages", server.PRODUCT),
    ("felt", server.PRODUCT),
    ("dataset", server.EMPTY),
    ("importing", server.EMPTY),
]


def main() -> int | str:
    """0 if every target is met; 1 if one is missed; otherwise why nothing was measured."""
    try:
        with server.running() as running, tempfile.TemporaryDirectory() as folder:
            targets = measure(running, Path(folder))
    except programs.CannotStart as refusal:
        return str(refusal)
    return judge(targets)


def measure(running: Server, folder: Path) -> list[Target]:
    server.make_anew(running, server.COMPARISON)
    server.keep_or_make_anew(running, server.PRODUCT)
    targets = []
    for part, database in PARTS:
        if database == server.EMPTY:
            server.make_anew(running, database)
        targets += run_part(part, server.environment(running, database), folder)
    return targets


def run_part(name: str, environment: dict[str, str], folder: Path) -> list[Target]:
    """Each part has a process of its own, so that none measures what another left in memory."""
    path = folder / f"{name}.json"
    command = [sys.executable, "-m", "bench.part", name, str(path)]
    subprocess.run(command, cwd=local.PROJECT, env=environment, check=True)
    return read_targets(path)


def judge(targets: list[Target]) -> int:
    heading("Targets")
    for target in targets:
        say(str(target))
    missed = sum(not target.is_met for target in targets)
    say(f"\n{len(targets) - missed} of {len(targets)} targets met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
