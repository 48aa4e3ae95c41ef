"""Rows that come after later ones of their request: mended rejects never put it into its past."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audit import actors
from audit.models import Event
from requests_app import people
from requests_app.importing import running
from requests_app.importing.running import Result, Task, Watch
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.rejects import Rejects
from requests_app.models import Customer, Entity, SupportRequest
from tests.requests_app import importing_source as source
from tests.requests_app.importing_source import row

pytestmark = pytest.mark.django_db

BY = actors.command("import_requests")
NEW = row()
BROKEN = row(sys_mod_count="1", incident_state="In work")
MENDED = row(sys_mod_count="1", incident_state="Active")
CLOSED = row(sys_mod_count="2", incident_state="Closed")


@pytest.fixture
def entity() -> Entity:
    return people.add_entity(by=BY, code="US", name="Example Inc.", currency="USD")


def load(
    tmp_path: Path,
    entity: Entity,
    *rows: Mapping[str, str],
    batch_size: int = 1_000,
    watch: Watch | None = None,
) -> Result:
    path = source.write(tmp_path / "log.csv", *rows)
    zone = ZoneInfo("UTC")
    task = Task(path, SERVICENOW_INCIDENT, entity, zone, Rejects(None), batch_size)
    return running.import_file(task, by=BY, watch=watch)


def late_lines() -> list[Any]:
    late = Event.objects.filter(detail__arrived_late=True).order_by("pk")
    return list(late.values_list("detail__source_line", flat=True))


@pytest.mark.parametrize("batch_size", [1, 1_000])
def test_a_mended_row_is_an_event_and_does_not_reopen_its_request(
    tmp_path: Path, entity: Entity, batch_size: int
) -> None:
    load(tmp_path, entity, NEW, BROKEN, CLOSED)
    again = load(tmp_path, entity, NEW, MENDED, CLOSED, batch_size=batch_size)
    request = SupportRequest.objects.get()
    assert (again.report["imported"], again.report["skipped"]) == (1, 2)
    assert request.status == "closed"
    assert [each.status for each in request.history.order_by("pk")] == ["new", "closed"]
    event = Event.objects.filter(channel="import").latest("pk")
    assert (event.kind, event.detail["arrived_late"]) == ("request.updated", True)


def test_a_file_of_the_mended_row_alone_does_not_reopen_its_request(
    tmp_path: Path, entity: Entity
) -> None:
    load(tmp_path, entity, NEW, BROKEN, CLOSED)
    load(tmp_path, entity, MENDED)
    assert SupportRequest.objects.get().status == "closed"
    assert late_lines() == [2]


@pytest.mark.parametrize("batch_size", [1, 2, 1_000])
def test_the_file_tells_what_is_later_where_order_numbers_do_not(
    tmp_path: Path, entity: Entity, batch_size: int
) -> None:
    closed = CLOSED | {"sys_mod_count": "0"}
    load(tmp_path, entity, NEW, BROKEN, closed)
    load(tmp_path, entity, NEW, MENDED, closed, batch_size=batch_size)
    assert SupportRequest.objects.get().status == "closed"
    assert late_lines() == [3]


def test_a_mended_row_after_which_nothing_came_is_applied(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, NEW, BROKEN)
    load(tmp_path, entity, NEW, MENDED)
    assert SupportRequest.objects.get().status == "in_progress"
    assert late_lines() == []


def test_a_row_with_a_lower_order_number_is_not_late_after_an_interruption(
    tmp_path: Path, entity: Entity
) -> None:
    rows = [NEW, CLOSED, row(sys_mod_count="1", incident_state="Active")]
    load(tmp_path, entity, *rows, batch_size=2, watch=Watch(is_stopped=lambda: True))
    load(tmp_path, entity, *rows)
    assert SupportRequest.objects.get().status == "in_progress"
    assert late_lines() == []


@pytest.mark.parametrize("batch_size", [1, 1_000])
def test_the_first_row_that_follows_a_late_one_is_taken_whole(
    tmp_path: Path, entity: Entity, batch_size: int
) -> None:
    load(tmp_path, entity, NEW, CLOSED)
    reopened = MENDED | {"sys_mod_count": "3", "active": "false"}
    load(tmp_path, entity, MENDED, reopened, batch_size=batch_size)
    assert late_lines() == [2]
    assert SupportRequest.objects.get().status == "in_progress"


def test_a_late_row_makes_no_customer(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, NEW, BROKEN, CLOSED)
    load(tmp_path, entity, NEW, MENDED | {"caller_id": "Caller 9"}, CLOSED)
    assert list(Customer.objects.values_list("reference", flat=True)) == ["Caller 7"]
