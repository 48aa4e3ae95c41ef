"""Pure: the single days of a calendar, a line each: "2026-12-24 09:00-12:00 Christmas Eve"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from requests_app.working_time import Unreadable, words
from requests_app.working_time import parsed as spans

LONGEST_NAME = 100
# A date; then perhaps spans, with commas between; then a name.
LINE = re.compile(
    r"(\S+)((?:\s*,?\s*[0-9]{1,2}:[0-9]{2}\s*[-\u2013]\s*[0-9]{1,2}:[0-9]{2})*)\s*(.*)"
)

Days = dict[str, dict[str, str]]


def parsed(text: str) -> Days:
    """ISO date to name and hours, in the order of the days. Raises Unreadable."""
    found: Days = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, said = read(line)
        if day in found:
            raise Unreadable(f"{day} stands there twice. Write one line for it.")
        found[day] = said
    return dict(sorted(found.items()))


def read(line: str) -> tuple[str, dict[str, str]]:
    parts = LINE.fullmatch(line)
    assert parts is not None  # a line that is not empty begins with something
    try:
        day = date.fromisoformat(parts[1]).isoformat()
    except ValueError:
        raise Unreadable(f"“{parts[1]}” is no day. Write it like 2026-12-24.") from None
    if not parts[3] or len(parts[3]) > LONGEST_NAME:
        raise Unreadable(f"{day}: give it a name of up to {LONGEST_NAME} characters.")
    try:
        return day, {"name": parts[3], "hours": words(spans(parts[2]))}
    except Unreadable as error:
        raise Unreadable(f"{day}: {error}") from None


def written(days: Mapping[str, Mapping[str, str]]) -> str:
    lines = [(day, said["hours"], said["name"]) for day, said in sorted(days.items())]
    return "\n".join(" ".join(filter(None, line)) for line in lines)
