"""How old the newest backup is, by the file that the backup touches as its last step.

The desk makes no backups and looks into none: it is told, or it says that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from config.items import GOOD, UNKNOWN, WARN, Item

# Every night, and two hours for a night that takes longer.
OLD = timedelta(hours=26)
# Clocks of two machines may differ by this much.
AHEAD = timedelta(minutes=5)
NAME, RUNBOOK = "Backup", "the-backup-is-old"


def made_at() -> datetime | None:
    """None where nobody tells, or where nothing was told yet; raises OSError."""
    if not settings.BACKUP_STAMP:
        return None
    try:
        touched = Path(settings.BACKUP_STAMP).stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(touched, UTC)


def age() -> timedelta | None:
    """Of what can be believed; None otherwise."""
    try:
        made = made_at()
    except OSError:
        return None
    past = timezone.now() - made if made is not None else None
    return max(past, timedelta(0)) if past is not None and past >= -AHEAD else None


def item(_given: Mapping[str, Any]) -> Item:
    if not settings.BACKUP_STAMP:
        told = "Is not told: BACKUP_STAMP is not set, so nobody here knows of any."
        return Item(NAME, UNKNOWN, told, RUNBOOK)
    try:
        made = made_at()
    except OSError as error:
        told = f"The file of BACKUP_STAMP cannot be looked at: {error.strerror}."
        return Item(NAME, UNKNOWN, told, RUNBOOK)
    if made is None:
        return Item(NAME, WARN, "None has been told of yet.", RUNBOOK)
    past = age()
    if past is None:
        told = "The newest lies ahead of this clock, so its age is not known."
        return Item(NAME, UNKNOWN, told, RUNBOOK, made)
    told = f"The newest is {hours(past)} old."
    return Item(NAME, WARN if past > OLD else GOOD, told, RUNBOOK, made)


def hours(past: timedelta) -> str:
    count = int(past.total_seconds()) // 3600
    if count < 1:
        return "less than an hour"
    return "1 hour" if count == 1 else f"{count} hours"
