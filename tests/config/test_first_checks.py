"""A worker's first start makes the first of each check; a later start repeats none."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from audit import tasks as of_the_trail
from config import first_checks, items, overview, tasks

pytestmark = pytest.mark.django_db
NAMES = ["audit.check_trail", "config.measure_clock", "config.measure_storage"]


def queued() -> list[str]:
    return sorted(ProcrastinateJob.objects.values_list("task_name", flat=True))


def test_what_never_ran_is_put_into_the_queue_once() -> None:
    assert sorted(first_checks.defer()) == NAMES
    assert first_checks.defer() == []  # the worker was killed before it came to them
    assert queued() == NAMES


def test_what_ran_once_waits_for_its_hour() -> None:
    of_the_trail.check_trail(None, 0)
    tasks.measure_clock(None, 0)
    tasks.measure_storage(None, 0)
    assert first_checks.defer() == []
    assert queued() == []


def test_until_then_the_management_page_says_that_it_is_under_way() -> None:
    assert "never been checked" in overview.recorder({"heartbeat": None}).told
    item = overview.recorder({"heartbeat": 3})
    assert (item.state, item.told) == (
        items.UNKNOWN, "The first check is under way. The worker makes it when it starts.",
    )  # fmt: skip
