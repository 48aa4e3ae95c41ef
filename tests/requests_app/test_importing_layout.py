"""A profile laid over a header: which rows are accepted, as what, and why others are not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from requests_app.importing.source import profiles
from requests_app.importing.source.layout import UNNAMED_ACTOR, Layout, Row, RowError
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT, Field, ProfileError
from requests_app.importing.source.reading import Record, SourceError
from tests.requests_app import importing_source as source


def layout(header: list[str] | None = None, zone: str = "UTC", **limits: int) -> Layout:
    return Layout(SERVICENOW_INCIDENT, header or list(source.ORDINARY), ZoneInfo(zone), limits)


def record(cells: Iterable[str]) -> Record:
    return Record(2, "raw", list(cells), "")


def read(zone: str = "UTC", **cells: str) -> Row:
    return layout(zone=zone).row(record(source.row(**cells).values()))


def test_an_ordinary_row_is_taken_as_it_stands() -> None:
    row = read()
    assert (row.number, row.actor, row.order) == ("INC1", "Updated by 21", 0)
    assert row.time.at == datetime(2016, 2, 29, 1, 23, tzinfo=UTC)
    assert row.received == datetime(2016, 2, 29, 1, 16, tzinfo=UTC)
    assert "Opened by  8" in row.cells


def test_the_event_facts_and_the_back_filled_columns_are_not_compared() -> None:
    compared = layout().compared
    assert compared[0] == "incident_state"
    assert not set(compared) & {"number", "sys_updated_by", "sys_updated_at", "sys_mod_count"}
    assert not set(compared) & {"resolved_by", "resolved_at", "closed_at", "closed_code"}
    assert read().back_filled == ("Resolved by 149", "29/2/2016 11:29", "5/3/2016 12:00", "code 5")


def test_unknown_is_kept_apart_from_every_value() -> None:
    found = layout()
    row = found.row(record(source.row(category="?", caller_id="?").values()))
    fields, custom = found.values(row, range(len(row.cells)))
    assert fields == {"status": "new", "priority": "normal", "category": "", "customer": None}
    assert custom == {
        "active": "true",
        "opened_by": "Opened by  8",
        "opened_at": "29/2/2016 01:16",
        "assigned_to": None,
    }


def test_an_unknown_time_of_receipt_stays_unknown() -> None:
    assert read(opened_at="?").received is None


def test_an_actor_the_source_does_not_name_is_said_to_be_unnamed() -> None:
    assert read(sys_updated_by="?").actor == UNNAMED_ACTOR


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"number": ""}, "number is missing"),
        ({"number": "?"}, "number is missing"),
        ({"sys_mod_count": "1.5"}, "sys_mod_count is “1.5”, not a whole number"),
        ({"sys_mod_count": "99999999999999999999"}, "not a whole number"),
        ({"sys_updated_at": "2016-02-29"}, "sys_updated_at is “2016-02-29”, not a time like"),
        ({"sys_updated_at": "30/2/2016 01:00"}, "not a time like"),
        ({"opened_at": "yesterday"}, "opened_at is “yesterday”"),
        (
            {"priority": "5 - Planning"},
            "priority is “5 - Planning”, which profile servicenow-incident",
        ),
        ({"incident_state": "new"}, "incident_state is “new”, which profile"),
        ({"category": ""}, "category is empty; write ? for unknown"),
        ({"caller_id": ""}, "caller_id is empty; write ? for unknown"),
    ],
)
def test_a_bad_row_says_which_column_and_why(cells: dict[str, str], reason: str) -> None:
    with pytest.raises(RowError, match=re.escape(reason)):
        read(**cells)


def test_a_text_longer_than_the_database_takes_is_a_bad_row() -> None:
    with pytest.raises(RowError, match="category has 11 characters, more than the 10 that fit"):
        layout(category=10).row(record(source.row().values()))


def test_wall_times_are_read_in_the_zone_they_were_written_in() -> None:
    assert read("America/New_York").time.at == datetime(2016, 2, 29, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [("27/3/2016 02:30", "skipped"), ("30/10/2016 02:30", "twice"), ("27/3/2016 03:30", "")],
)
def test_times_around_the_change_of_clocks_are_marked_as_doubtful(text: str, doubt: str) -> None:
    found = read("Europe/Berlin", sys_updated_at=text).time.doubt
    assert doubt in found
    assert bool(found) == bool(doubt)


def test_missing_columns_are_listed() -> None:
    header = [name for name in source.ORDINARY if name not in ("priority", "caller_id")]
    with pytest.raises(
        SourceError, match=r"it lacks caller_id, priority\. Its header has: number,"
    ):
        layout(header)


def test_a_column_named_twice_or_not_at_all_is_refused() -> None:
    with pytest.raises(SourceError, match=r"twice or not at all: \(no name\), active"):
        layout([*source.ORDINARY, "active", ""])


def test_an_export_without_the_back_filled_columns_can_be_read() -> None:
    header = [name for name in source.ORDINARY if name not in SERVICENOW_INCIDENT.back_filled]
    cells = source.row()
    assert layout(header).row(record(cells[name] for name in header)).back_filled == ()


def test_the_digest_does_not_depend_on_the_order_of_columns() -> None:
    header = sorted(source.ORDINARY)
    turned = layout(header).row(record(source.ORDINARY[name] for name in header))
    assert turned.digest == read().digest


def test_the_digest_does_not_depend_on_what_is_filled_in_later() -> None:
    assert read(resolved_by="?", closed_at="?").digest == read().digest
    added = layout([*source.ORDINARY, "vendor"]).row(record([*source.ORDINARY.values(), "?"]))
    assert added.digest == read().digest


def test_the_digest_tells_every_other_difference() -> None:
    digests = {
        read(**{name: "4"}).digest for name in ("number", "sys_updated_by", "active", "assigned_to")
    }
    assert len(digests | {read().digest}) == 5


def test_a_profile_that_maps_two_values_to_one_is_refused() -> None:
    with pytest.raises(ProfileError, match="several values of state become open"):
        profiles.Profile(
            **{
                name: getattr(SERVICENOW_INCIDENT, name)
                for name in SERVICENOW_INCIDENT.__dataclass_fields__
                if name != "fields"
            },
            fields=(Field("state", "status", {"New": "open", "Active": "open"}),),
        )


def test_an_unknown_profile_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        ProfileError, match=r"no profile 'jira'\. Known profiles: servicenow-incident"
    ):
        profiles.get("jira")
