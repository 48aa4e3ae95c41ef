"""The shared cache keeps Django's promises, and asks the database once for each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from config import tasks
from tests import queries

pytestmark = pytest.mark.django_db


def keys() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM casetrail_cache ORDER BY 1")
        return [key.rpartition(":")[2] for (key,) in cursor.fetchall()]


@pytest.mark.parametrize("write", [cache.set, cache.add, cache.touch])
def test_each_way_of_writing_is_one_statement(write: Any) -> None:
    cache.set("known", 1, 60)
    with queries.asked() as asked:
        write("known", 2) if write != cache.touch else write("known")
    assert len(asked) == 1


def test_what_is_set_is_read_until_it_ends() -> None:
    cache.set("words", {"a": [1, "é"]}, 60)
    assert cache.get("words") == {"a": [1, "é"]}
    cache.set("words", "others", None)
    with time_machine.travel(timezone.now() + timedelta(days=900)):
        assert cache.get("words") == "others"
    cache.set("words", "for a minute", 60)
    with time_machine.travel(timezone.now() + timedelta(seconds=62)):
        assert cache.get("words") is None


def test_what_stands_is_not_added_until_it_has_ended() -> None:
    assert cache.add("lock", "first", 60) is True
    assert cache.add("lock", "second", 60) is False
    assert cache.get("lock") == "first"
    with time_machine.travel(timezone.now() + timedelta(seconds=62)):
        assert cache.add("lock", "third", 60) is True
        assert cache.get("lock") == "third"


def test_only_what_is_there_is_touched() -> None:
    assert cache.touch("nothing", 60) is False
    cache.set("known", 1, 60)
    assert cache.touch("known", 600) is True
    with time_machine.travel(timezone.now() + timedelta(seconds=300)):
        assert cache.get("known") == 1


def test_what_the_database_refuses_is_not_written_and_breaks_nothing() -> None:
    assert cache._base_set("set", "k" * 300, "x", 60) is False  # type: ignore[attr-defined]
    assert cache.add("short", "x", 60) is True
    assert keys() == ["short"]


def test_what_has_ended_is_removed_by_the_hourly_job_and_nothing_else() -> None:
    cache.set("short", 1, 60)
    cache.set("long", 1, 600)
    with time_machine.travel(timezone.now() + timedelta(seconds=120)):
        assert tasks.clear_cache(None, timestamp=1_700_000_000) == 1
        assert keys() == ["long"]
