"""The first run of each hourly or nightly check, as soon as a worker starts.

Without it a new installation would say for an hour that nothing was checked, though all is well.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from audit.models import EventQuerySet
from audit.tasks import check_trail
from config import newest
from config.tasks import measure_clock, measure_storage

FIRST: tuple[tuple[Any, Callable[[], EventQuerySet]], ...] = (
    (check_trail, newest.checks),
    (measure_clock, newest.clocks),
    (measure_storage, newest.measures),
)


def defer() -> list[str]:
    """Puts what never ran into the queue, where it does not wait already; returns the names."""
    found = []
    for task, runs in FIRST:
        if not runs().exists():
            with suppress(AlreadyEnqueued), transaction.atomic():
                task.defer(timestamp=int(timezone.now().timestamp()))
                found.append(task.name)
    return found
