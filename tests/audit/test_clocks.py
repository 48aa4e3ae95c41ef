"""A clock that went back between two events is found by the hourly check and said on the page."""

from __future__ import annotations

import pytest
from django.db import connection

from audit import clocks, roles, tasks
from audit.models import Event
from config import overview
from requests_app import services
from requests_app.models import SupportRequest
from tests import factories
from tests.pages import signed_in, text


def moved(event: Event, by: str) -> None:
    """As if the clock had said something else: no rights of the application reach this."""
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_guard")
        cursor.execute(
            "UPDATE audit_event SET recorded_at = recorded_at + %s::interval WHERE id = %s",
            [by, event.pk],
        )
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_guard")


def of(opened: SupportRequest) -> list[Event]:
    return list(Event.objects.of_support_request(opened.pk))


def test_a_clock_that_went_back_is_told_by_the_check_and_on_the_page(own_database: str) -> None:
    entity = factories.entity(code="US")
    opened, other = (factories.support_request(entity=entity) for _ in range(2))
    services.note(support_request=opened, body="Later", by=factories.TESTER)
    first, second = of(opened)
    assert clocks.steps() == []

    moved(first, "3 seconds")
    moved(of(other)[0], "1 hour")  # of another trail: it follows nothing here

    [step] = clocks.steps()
    assert (step.earlier_id, step.later_id) == (first.pk, second.pk)
    assert 2 < step.by.total_seconds() <= 3
    tasks.check_trail(None, timestamp=1_700_000_000)
    checked = Event.objects.latest("id")
    assert checked.outcome == "done"
    assert checked.detail["clock_went_back"] == [str(step)]
    item = next(item for item in overview.look().items if item.name == "Recorder")
    assert item.state == overview.WARN
    assert f"E-{first.pk} and E-{second.pk}" in item.told
    client = signed_in(factories.person("auditor", entity))
    assert f"went back {step}" in text(client.get(f"/events/{second.pk}/"))
    assert "went back" not in text(client.get(f"/events/{first.pk}/"))


@pytest.mark.django_db
def test_milliseconds_between_two_connections_are_no_step() -> None:
    opened = factories.support_request()
    [event] = of(opened)
    later = Event(pk=event.pk + 1, recorded_at=event.recorded_at - clocks.TOLERATED)

    assert clocks.between(event, later) is None
    assert clocks.between(None, event) is None
    assert "clock_went_back" not in checked_detail()


def checked_detail() -> dict[str, object]:
    tasks.check_trail(None, timestamp=1_700_000_000)
    detail: dict[str, object] = Event.objects.latest("id").detail
    return detail
