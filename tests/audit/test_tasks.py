"""The hourly look at the recorder is itself on record, whatever it finds."""

from __future__ import annotations

from typing import Any

import pytest

from audit import checks, tasks
from audit.models import Event

pytestmark = pytest.mark.django_db


def test_a_healthy_recorder_is_recorded_as_checked() -> None:
    assert tasks.check_trail(None, timestamp=1_700_000_000) == []
    event = Event.objects.latest("id")
    assert (event.kind, event.outcome, event.actor_kind) == ("trail.checked", "done", "job")


def test_what_is_wrong_is_recorded_by_name(monkeypatch: Any) -> None:
    monkeypatch.setattr(checks, "problems", lambda connection: ["function audit_open is missing"])
    tasks.check_trail(None, timestamp=1_700_000_000)
    event = Event.objects.latest("id")
    assert event.outcome == "failed"
    assert event.detail["problems"] == ["function audit_open is missing"]
