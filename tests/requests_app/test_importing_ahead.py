"""Where the rows of a file stand: found when first asked for, and then kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from requests_app.importing.source import reading
from requests_app.importing.source.ahead import Place, Places, places_in
from requests_app.importing.source.layout import Layout
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.reading import Records
from requests_app.importing.source.tracking import Tracker
from tests.requests_app import importing_source as source
from tests.requests_app.importing_source import row

LAYOUT = Layout(SERVICENOW_INCIDENT, list(source.ORDINARY), ZoneInfo("UTC"), {})


def test_rows_are_found_under_the_digests_that_the_import_gives_them(tmp_path: Path) -> None:
    path = source.write(tmp_path / "log.csv", row(), row(number="INC2"), row())
    with reading.opened(path) as stream, closing(Tracker(LAYOUT)) as tracker:
        records = Records(stream, ",")
        reading.header(records, path.name)
        steps = [tracker.step(LAYOUT.row(record)) for record in records]

    assert list(places_in(path, LAYOUT)) == [(step.digest, step.row.line) for step in steps]
    assert len({step.digest for step in steps}) == 3


def test_rows_that_cannot_be_read_stand_nowhere(tmp_path: Path) -> None:
    path = source.write(tmp_path / "log.csv", row(), row(incident_state="No such"), row())
    with path.open("a") as file:
        file.write("too,few,cells\n")

    assert [line for _, line in places_in(path, LAYOUT)] == [2, 4]


def test_the_last_of_some_rows_is_told_and_none_is_nowhere() -> None:
    with closing(Places(lambda: [("a", 2), ("b", 3), ("c", 4)])) as places:
        assert places.last({"a", "b", "elsewhere"}) == 3
        assert places.last({"elsewhere"}) == 0
        assert places.last([]) == 0


def test_the_file_is_read_once_and_only_if_it_must_be() -> None:
    readings = []

    def read() -> Iterator[Place]:
        readings.append("read")
        yield "a", 2

    with closing(Places(read)) as places:
        assert readings == []
        assert (places.last(["a"]), places.last(["a"])) == (2, 2)
    assert readings == ["read"]
