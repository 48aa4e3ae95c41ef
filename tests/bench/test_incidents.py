"""The made-up log is the same each time, and one that the importer takes whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from audit import actors
from bench import incidents
from requests_app import people
from requests_app.importing import running
from requests_app.importing.running import Task
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.rejects import Rejects

ROWS = 3_000


def test_the_log_is_the_same_each_time() -> None:
    assert list(incidents.rows(ROWS)) == list(incidents.rows(ROWS))


def test_a_shorter_log_is_the_beginning_of_a_longer_one() -> None:
    assert list(incidents.rows(ROWS))[:700] == list(incidents.rows(700))


def test_rows_of_different_requests_lie_mixed() -> None:
    numbers = [row["number"] for row in incidents.rows(ROWS)]
    assert sum(one == other for one, other in pairwise(numbers)) < ROWS / 100


def test_it_has_every_column_the_profile_knows() -> None:
    profile = SERVICENOW_INCIDENT
    assert {*profile.required, *profile.back_filled} <= set(incidents.COLUMNS)
    assert all(row.keys() == set(incidents.COLUMNS) for row in incidents.rows(ROWS))


@pytest.mark.django_db
def test_the_importer_takes_every_row(tmp_path: Path) -> None:
    by = actors.command("test")
    entity = people.add_entity(by=by, code="US", name="Example Inc.", currency="USD")
    incidents.write(tmp_path / "log.csv", ROWS)
    task = Task(tmp_path / "log.csv", SERVICENOW_INCIDENT, entity, ZoneInfo("UTC"), Rejects(None))
    report = running.rehearse(task).report
    counts = report["counts"]
    assert (report["imported"], report["rejected"]) == (ROWS, 0)
    assert counts["unlogged_creations"] == counts["order_backward"] == counts["time_backward"] == 0
    assert 0 < counts["updates_without_change"] < counts["updates"] / 5
    assert 0 < counts["gaps"] < counts["updates"] / 2
