"""Source files for the tests of the import: small generated ones, and the shared real log."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
DEMO = SHARED / "uci498_demo_300.csv.xz"
FULL = SHARED / "uci498_dev.csv.xz"

needs_demo = pytest.mark.skipif(not DEMO.exists(), reason=f"needs the real log at {DEMO}")
needs_full = pytest.mark.skipif(not FULL.exists(), reason=f"needs the real log at {FULL}")

# What the description of the log says of it.
WHOLE_LOG = {
    "requests": 17_136,
    "rows": 101_045,
    "updates": 83_909,
    "field_changes": 131_014,
    "updates_without_change": 21_310,
    "gaps": 11_291,
    "updates_lost": 37_307,
    "order_backward": 4,
    "order_repeated": 1,
    "time_backward": 1,
    "unlogged_creations": 6_260,
    "actors": 654,
    "doubtful_times": 0,
}

ORDINARY = {
    "number": "INC1",
    "incident_state": "New",
    "active": "true",
    "sys_mod_count": "0",
    "caller_id": "Caller 7",
    "opened_by": "Opened by  8",
    "opened_at": "29/2/2016 01:16",
    "sys_updated_by": "Updated by 21",
    "sys_updated_at": "29/2/2016 01:23",
    "category": "Category 55",
    "priority": "3 - Moderate",
    "assigned_to": "?",
    "closed_code": "code 5",
    "resolved_by": "Resolved by 149",
    "resolved_at": "29/2/2016 11:29",
    "closed_at": "5/3/2016 12:00",
}


def row(**cells: str) -> dict[str, str]:
    return ORDINARY | cells


def text(*rows: Mapping[str, str], columns: Iterable[str] = tuple(ORDINARY)) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, tuple(columns), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, *rows: Mapping[str, str]) -> Path:
    path.write_text(text(*rows), encoding="utf-8")
    return path
