"""Runs one part of the bench in a process of its own: python -m bench.part NAME TARGETS-FILE."""

from __future__ import annotations

import importlib
import sys

import django


def main(name: str, path: str) -> None:
    from bench.report import write_targets

    django.setup()
    write_targets(path, importlib.import_module(f"bench.{name}").run())


if __name__ == "__main__":
    main(*sys.argv[1:])
