"""One line of how the installation is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

GOOD, WARN, BAD, UNKNOWN = "good", "warn", "bad", "unknown"


@dataclass(frozen=True)
class Item:
    """What, how it is, in words, which section of the runbook helps or says what is looked at, and
    where the things stand that were counted."""

    name: str
    state: str
    told: str
    runbook: str = ""
    at: datetime | None = None
    link: str = ""
    link_words: str = ""
