"""What is counted over a file, on small files and on the real log."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from requests_app.importing.source import reading
from requests_app.importing.source.counting import Counts
from requests_app.importing.source.layout import Layout
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.reading import Records
from requests_app.importing.source.tracking import Step, Tracker, with_last
from tests.requests_app import importing_source as source
from tests.requests_app.importing_source import row


def steps_of(records: Records, at_hand: int = 2_000) -> tuple[Layout, list[Step]]:
    layout = Layout(SERVICENOW_INCIDENT, reading.header(records, "log.csv"), ZoneInfo("UTC"), {})
    tracker = Tracker(layout, at_hand)
    return layout, [tracker.step(layout.row(record)) for record in records]


def steps(*rows: Mapping[str, str], at_hand: int = 2_000) -> list[Step]:
    return steps_of(Records(io.BytesIO(source.text(*rows).encode()), ","), at_hand)[1]


def counted(*rows: Mapping[str, str]) -> dict[str, Any]:
    layout, found = steps_of(Records(io.BytesIO(source.text(*rows).encode()), ","))
    return report(layout, found)


def report(layout: Layout, found: Iterable[Step]) -> dict[str, Any]:
    counts = Counts(layout.compared)
    for step in found:
        counts.add(step)
    return counts.report()


def report_of(path: Path) -> dict[str, Any]:
    with reading.opened(path) as stream:
        return report(*steps_of(Records(stream, ",")))


def test_the_first_row_of_a_request_is_no_change() -> None:
    found = counted(row(), row(number="INC2", incident_state="Active"))
    assert (found["requests"], found["rows"], found["updates"], found["field_changes"]) == (
        2,
        2,
        0,
        0,
    )


def test_a_creation_that_was_not_logged_is_counted_and_not_invented() -> None:
    assert counted(row(), row(number="INC2", incident_state="Active"))["unlogged_creations"] == 1
    assert [
        step.logged_creation for step in steps(row(), row(number="INC2", incident_state="Active"))
    ] == [True, False]


def test_each_changed_column_counts_once_per_row() -> None:
    found = counted(
        row(), row(active="false", priority="2 - High", sys_mod_count="1"), row(sys_mod_count="2")
    )
    assert found["field_changes"] == 4
    assert found["changes"] == {"active": 2, "priority": 2}


def test_an_update_that_shows_nothing_is_kept_as_such() -> None:
    found = counted(row(), row(sys_mod_count="1", sys_updated_by="Updated by 5"))
    assert (found["updates"], found["updates_without_change"], found["actors"]) == (1, 1, 2)


def test_gaps_repeats_and_backward_steps_are_told_apart() -> None:
    found = counted(*[row(sys_mod_count=order) for order in ("0", "3", "4", "2", "2")])
    names = ("gaps", "updates_lost", "order_backward", "order_repeated", "time_backward")
    assert [found[name] for name in names] == [1, 2, 1, 1, 0]


def test_a_step_back_in_time_is_counted() -> None:
    assert counted(row(), row(sys_updated_at="29/2/2016 01:22"))["time_backward"] == 1


def test_every_count_is_there_even_when_it_is_zero() -> None:
    assert counted(row())["time_backward"] == 0
    assert counted(row())["changes"] == {}


def test_rows_alike_in_every_cell_are_two_rows() -> None:
    digests = [step.digest for step in steps(row(), row(), row())]
    assert len(set(digests)) == 3


def test_the_same_file_gives_the_same_digests() -> None:
    assert [step.digest for step in steps(row(), row())] == [
        step.digest for step in steps(row(), row())
    ]


def test_a_log_sorted_by_time_is_compared_request_by_request() -> None:
    numbers = [f"INC{number}" for number in range(9)]
    first = [row(number=number) for number in numbers]
    then = [row(number=number, active="false", sys_mod_count="2") for number in numbers]
    found = steps(*first, *then, *then, at_hand=3)
    assert [step.first for step in found] == [True] * 9 + [False] * 18
    assert [len(step.changed) for step in found[9:]] == [1] * 9 + [0] * 9
    assert [step.order_step for step in found[9:]] == [2] * 9 + [0] * 9
    assert len({step.digest for step in found}) == 27


def test_the_row_before_another_request_is_marked_as_last() -> None:
    found = with_last(steps(row(), row(sys_mod_count="1"), row(number="INC2"), row(number="INC3")))
    assert [step.last for step in found] == [False, True, True, True]


@source.needs_full
def test_the_real_log_counts_as_its_description_says() -> None:
    found = report_of(source.FULL)
    changes = found.pop("changes")
    assert found == source.WHOLE_LOG
    described = {
        "incident_state": 44_326,
        "reassignment_count": 17_645,
        "assignment_group": 17_565,
        "active": 17_150,
        "u_priority_confirmation": 11_711,
        "assigned_to": 9_248,
        "made_sla": 7_331,
        "priority": 296,
        "reopen_count": 243,
    }
    assert {name: changes[name] for name in described} == described
    assert sum(changes.values()) == 131_014
