"""The application starts only where every change would be recorded."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from audit import roles
from config import health


@pytest.mark.django_db
def test_a_whole_trail_starts() -> None:
    assert health.refuse_weak_trail() is None


def test_a_weak_trail_does_not_start_and_says_what_is_wrong(own_database: str) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_write ON requests_app_user")
    with pytest.raises(
        ImproperlyConfigured,
        match=r"requests_app_user lacks the trigger audit_write\n.*manage.py migrate",
    ):
        health.refuse_weak_trail()


def test_a_database_that_is_not_there_yet_does_not_stop_the_start(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", f"{own_database}_not_there_yet")

    assert health.refuse_weak_trail() is None
