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

from audit.tasks import check_trail
from config import lifetimes, overview
from config.tasks import measure_clock, measure_storage

FIRST: tuple[tuple[Any, Callable[[], object]], ...] = (
    (check_trail, overview.last_check),
    (measure_clock, lifetimes.last_clock),
    (measure_storage, overview.last_measure),
)


def defer() -> list[str]:
    """Puts what never ran into the queue, where it does not wait already; returns the names."""
    found = []
    for task, last in FIRST:
        if last() is None:
            with suppress(AlreadyEnqueued), transaction.atomic():
                task.defer(timestamp=int(timezone.now().timestamp()))
                found.append(task.name)
    return found
