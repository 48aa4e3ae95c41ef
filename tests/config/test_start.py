"""The application starts only where every change would be recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from audit import checks
from config import health


@pytest.mark.django_db
def test_a_whole_trail_starts() -> None:
    assert health.refuse_weak_trail() is None


@pytest.mark.django_db
def test_a_weak_trail_does_not_start_and_says_what_is_wrong(monkeypatch: Any) -> None:
    weak = ["requests_app_user lacks the trigger audit_write"]
    monkeypatch.setattr(checks, "problems", lambda connection: weak)
    with pytest.raises(ImproperlyConfigured, match=r"lacks the trigger.*\n.*manage.py migrate"):
        health.refuse_weak_trail()


def test_a_database_that_is_not_there_yet_does_not_stop_the_start(monkeypatch: Any) -> None:
    def unreachable(connection: object) -> list[str]:
        raise OperationalError("no answer")

    monkeypatch.setattr(checks, "problems", unreachable)
    assert health.refuse_weak_trail() is None
