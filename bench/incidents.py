"""A help desk's log of any length, made up, the same each time: ServiceNow's incident audit table.

Its shape is that of a busy desk. Hundreds of incidents are under way side by side, so their rows
lie mixed; each has about five, and one row in ten shows no change.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

BEGAN = datetime(2026, 1, 1)  # noqa: DTZ001 - the log tells wall clock times, without a zone
UNDER_WAY = 500
OPENED = {
    "incident_state": "New",
    "active": "true",
    "reassignment_count": "0",
    "reopen_count": "0",
    "sys_mod_count": "0",
    "made_sla": "true",
    "contact_type": "Phone",
    "cmdb_ci": "?",
    "impact": "2 - Medium",
    "urgency": "2 - Medium",
    "priority": "3 - Moderate",
    "knowledge": "true",
    "u_priority_confirmation": "false",
    "notify": "Do Not Notify",
    "problem_id": "?",
    "rfc": "?",
    "vendor": "?",
    "caused_by": "?",
}
# How many of each there are. Those of a low number turn up most.
NAMES = {
    "caller_id": ("Caller", 4_500),
    "opened_by": ("Opened by", 150),
    "sys_created_by": ("Created by", 140),
    "sys_updated_by": ("Updated by", 650),
    "location": ("Location", 200),
    "category": ("Category", 44),
    "subcategory": ("Subcategory", 220),
    "u_symptom": ("Symptom", 490),
    "assignment_group": ("Group", 70),
    "assigned_to": ("Resolver", 200),
    "resolved_by": ("Resolved by", 180),
    "closed_code": ("code", 17),
}
MOMENTS = ("opened_at", "sys_created_at", "sys_updated_at", "resolved_at", "closed_at")
COLUMNS = ("number", *OPENED, *NAMES, *MOMENTS)
NEXT = {
    "New": ("Active",),
    "Active": ("Resolved", "Resolved", "Resolved", "Awaiting User Info"),
    "Awaiting User Info": ("Active",),
    "Resolved": ("Closed",),
}

Row = dict[str, str]


def write(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows(count))


def rows(count: int) -> Iterator[Row]:
    """In the order of time, a minute between any two."""
    chance = random.Random(7)  # noqa: S311
    under_way: list[Row] = []
    opened = 0
    for minute in range(count):
        at = BEGAN + timedelta(minutes=minute)
        if len(under_way) < UNDER_WAY:
            opened += 1
            row = opening(chance, opened, at)
        else:
            row = following(chance, under_way.pop(chance.randrange(UNDER_WAY)), at)
        if row["incident_state"] != "Closed":
            under_way.append(row)
        yield row


def opening(chance: random.Random, opened: int, at: datetime) -> Row:
    names = {column: name(chance, column) for column in NAMES}
    moments = dict.fromkeys(MOMENTS, moment(at))
    # Back-filled by the source: known in the first row already.
    moments |= {"resolved_at": moment(at + timedelta(days=3))}
    moments |= {"closed_at": moment(at + timedelta(days=8))}
    return {"number": f"INC{opened:07d}", **OPENED, **names, **moments}


def following(chance: random.Random, before: Row, at: datetime) -> Row:
    """The row after: four times of five in another state, else with another team or unchanged."""
    row = before | {
        "sys_mod_count": str(int(before["sys_mod_count"]) + chance.choice((1, 1, 1, 2))),
        "sys_updated_by": name(chance, "sys_updated_by"),
        "sys_updated_at": moment(at),
    }
    if chance.random() < 0.8:
        row["incident_state"] = chance.choice(NEXT[before["incident_state"]])
        row["active"] = "false" if row["incident_state"] == "Closed" else "true"
    elif chance.random() < 0.5:
        row["reassignment_count"] = str(int(before["reassignment_count"]) + 1)
        row |= {column: name(chance, column) for column in ("assignment_group", "assigned_to")}
    return row


def name(chance: random.Random, column: str) -> str:
    word, many = NAMES[column]
    return f"{word} {1 + int(many * chance.random() * chance.random())}"


def moment(at: datetime) -> str:
    """29/2/2016 01:23"""
    return f"{at.day}/{at.month}/{at.year} {at:%H:%M}"
