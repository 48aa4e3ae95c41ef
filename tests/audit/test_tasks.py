"""The hourly look at the recorder is itself on record, whatever it finds."""

from __future__ import annotations

import pytest
from django.db import connection

from audit import roles, tasks
from audit.models import Event


@pytest.mark.django_db
def test_a_healthy_recorder_is_recorded_as_checked() -> None:
    assert tasks.check_trail(None, timestamp=1_700_000_000) == []
    event = Event.objects.latest("id")
    assert (event.kind, event.outcome, event.actor_kind) == ("trail.checked", "done", "job")


def test_what_is_wrong_is_recorded_by_name(own_database: str) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_guard ON audit_event")
        cursor.execute("ALTER TABLE requests_app_supportrequest DISABLE TRIGGER audit_write")

    found = tasks.check_trail(None, timestamp=1_700_000_000)

    assert found == [
        "audit_event lacks the trigger audit_guard",
        "the trigger audit_write of requests_app_supportrequest does not always fire",
    ]
    event = Event.objects.latest("id")
    assert (event.kind, event.outcome) == ("trail.checked", "failed")
    assert event.detail == {"problems": found, "due_at": 1_700_000_000}
