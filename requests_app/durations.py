"""Pure: spans of working time as people write them, such as "2 h 30 min"."""

from __future__ import annotations

import re

HOUR = 60
WRITTEN = re.compile(r"(?:([0-9]{1,5}) *h(?:ours?)?)? *(?:([0-9]{1,6}) *m(?:in(?:utes?)?)?)?")


def words(minutes: int) -> str:
    hours, rest = divmod(minutes, HOUR)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(filter(None, parts))


def parsed(text: str) -> int | None:
    """Minutes; None where it cannot be read."""
    found = WRITTEN.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        return None
    return int(found[1] or 0) * HOUR + int(found[2] or 0)
