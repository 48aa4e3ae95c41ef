"""The application starts only where every change would be recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from audit import roles
from config import health


@pytest.mark.django_db
def test_a_whole_trail_starts() -> None:
    assert health.refuse_weak_trail() is None


@pytest.fixture
def weak_trail(own_database: str) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_write ON requests_app_user")


def start_worker() -> None:
    call_command("procrastinate", "worker", "--one-shot")


@pytest.mark.usefixtures("weak_trail")
@pytest.mark.parametrize("start", [health.refuse_weak_trail, start_worker])
def test_a_weak_trail_does_not_start_and_says_what_is_wrong(start: Callable[[], None]) -> None:
    with pytest.raises(
        ImproperlyConfigured,
        match=r"requests_app_user lacks the trigger audit_write\n.*manage.py migrate",
    ):
        start()


def test_a_database_that_is_not_there_yet_does_not_stop_the_start(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", f"{own_database}_not_there_yet")

    assert health.refuse_weak_trail() is None
