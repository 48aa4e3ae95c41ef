"""What an import leaves behind: requests, events, versions, and nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audit import actors, timeline, versions
from audit.models import Event
from audit.recording import recording
from requests_app import people
from requests_app.importing import running
from requests_app.importing.running import Result, Task, Watch
from requests_app.importing.source.ahead import Place, Places
from requests_app.importing.source.layout import Layout
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.reading import Record, SourceError
from requests_app.importing.source.rejects import Rejects
from requests_app.importing.source.tracking import Tracker
from requests_app.importing.writing import Writer
from requests_app.models import Customer, Entity, ImportRun, SupportRequest
from tests.requests_app import importing_source as source
from tests.requests_app.importing_source import row

pytestmark = pytest.mark.django_db

BY = actors.command("import_requests")


@pytest.fixture
def entity() -> Entity:
    return people.add_entity(by=BY, code="US", name="Example Inc.", currency="USD")


def task(path: Path, entity: Entity, batch_size: int = 1_000, zone: str = "UTC") -> Task:
    return Task(path, SERVICENOW_INCIDENT, entity, ZoneInfo(zone), Rejects(None), batch_size)


def load(tmp_path: Path, entity: Entity, *rows: Mapping[str, str], **options: Any) -> Result:
    path = source.write(tmp_path / "log.csv", *rows)
    return running.import_file(task(path, entity, **options), by=BY)


def only() -> SupportRequest:
    return SupportRequest.objects.get()


def events() -> list[Event]:
    return list(Event.objects.filter(channel="import"))


def test_a_first_row_in_the_opening_state_opens_a_request(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, row())
    request = only()
    assert request.number == f"US-R-{datetime.now(tz=UTC).year}-000001"
    assert (request.source, request.source_number) == ("servicenow-incident", "INC1")
    assert (request.status, request.priority, request.category) == ("new", "normal", "Category 55")
    assert request.received_at == datetime(2016, 2, 29, 1, 16, tzinfo=UTC)
    assert request.custom == {
        "active": "true",
        "assigned_to": None,
        "opened_at": "29/2/2016 01:16",
        "opened_by": "Opened by  8",
    }


def test_the_event_names_the_claimed_actor_and_time_and_its_run(
    tmp_path: Path, entity: Entity
) -> None:
    before = datetime.now(tz=UTC)
    run = load(tmp_path, entity, row()).run
    event = events()[0]
    assert run is not None
    assert event.kind == "request.opened"
    assert (event.actor_kind, event.actor_id) == ("import", "Updated by 21")
    assert event.actor_label == "Updated by 21"
    assert (event.cause_kind, event.cause_id) == ("import", str(run.pk))
    assert event.occurred_at == datetime(2016, 2, 29, 1, 23, tzinfo=UTC)
    assert event.recorded_at >= before
    assert (event.support_request_id, event.entity_id) == (only().pk, entity.pk)
    assert event.detail["source_line"] == 2


def test_a_first_row_in_another_state_invents_no_creation(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, row(incident_state="Active"))
    assert [event.kind for event in events()] == ["request.first_seen"]
    assert only().status == "in_progress"


def test_a_customer_is_recorded_under_the_event_that_first_names_it(
    tmp_path: Path, entity: Entity
) -> None:
    load(
        tmp_path,
        entity,
        row(),
        row(number="INC2"),
        row(number="INC2", caller_id="Caller 9", sys_mod_count="1"),
        row(number="INC3", caller_id="?"),
    )
    by_reference = {each.reference: each for each in Customer.objects.all()}
    assert sorted(by_reference) == ["Caller 7", "Caller 9"]
    first, second, third, _ = events()
    assert by_reference["Caller 7"].history.get().event_id == first.pk
    assert by_reference["Caller 9"].history.get().event_id == third.pk
    assert second.support_request_id == third.support_request_id
    customers = [each.customer for each in SupportRequest.objects.order_by("source_number")]
    assert customers == [by_reference["Caller 7"], by_reference["Caller 9"], None]


def test_the_timeline_names_a_customer_that_came_with_the_row(
    tmp_path: Path, entity: Entity
) -> None:
    load(tmp_path, entity, row(), row(sys_mod_count="1", caller_id="Caller 9"))
    trail = timeline.page(Event.objects.filter(channel="import"), newest_first=False)
    shown = [
        (change.before, change.after)
        for entry in trail.entries
        for changed in entry.rows
        for change in changed.changes
        if change.field == "customer_id"
    ]
    assert [after for _, after in shown] == ["Caller 7", "Caller 9"]
    assert shown[1][0] == "Caller 7"


def test_whenever_a_request_stood_its_customer_stood_too(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, row(), row(sys_mod_count="1", caller_id="Caller 9"))
    for version in SupportRequest.history.all():
        customers = versions.as_of(Customer, version.history_date, id=version.customer_id)
        assert [each.id for each in customers] == [version.customer_id]


def test_each_row_is_an_event_and_each_change_a_version(tmp_path: Path, entity: Entity) -> None:
    load(
        tmp_path,
        entity,
        row(),
        row(sys_mod_count="1", incident_state="Active", assigned_to="Resolver 6"),
        row(sys_mod_count="2", incident_state="Active", assigned_to="Resolver 6"),
        row(sys_mod_count="3", incident_state="Active", priority="2 - High"),
    )
    found = events()
    assert [event.kind for event in found[1:]] == ["request.updated"] * 3
    made = list(only().history.order_by("history_id"))
    assert [version.event_id for version in made] == [found[place].pk for place in (0, 1, 3)]
    assert [version.custom["assigned_to"] for version in made] == [None, "Resolver 6", None]
    assert [version.priority for version in made] == ["normal", "normal", "high"]


def test_what_is_odd_about_a_row_stands_with_its_event(tmp_path: Path, entity: Entity) -> None:
    load(
        tmp_path,
        entity,
        row(),
        row(sys_mod_count="3"),
        row(sys_mod_count="3", active="false"),
        row(sys_mod_count="1", sys_updated_at="29/2/2016 01:00"),
    )
    plain = {"row_digest", "source_line", "source_order"}
    odd = [
        {name: value for name, value in event.detail.items() if name not in plain}
        for event in events()
    ]
    assert odd[:3] == [{}, {"updates_lost_before": 2}, {"order_repeated": True}]
    assert odd[3].pop("claimed_at_the_end") == {
        "closed_at": "5/3/2016 12:00",
        "closed_code": "code 5",
        "resolved_at": "29/2/2016 11:29",
        "resolved_by": "Resolved by 149",
    }
    assert odd[3] == {"order_backward": True, "time_backward": True}


def test_what_is_filled_in_afterwards_stands_in_no_version(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, row(), row(sys_mod_count="1"))
    assert "claimed_at_the_end" not in events()[0].detail
    assert not set(only().custom) & set(SERVICENOW_INCIDENT.back_filled)


def test_an_unknown_time_of_receipt_is_taken_from_the_first_row_and_said(
    tmp_path: Path, entity: Entity
) -> None:
    load(tmp_path, entity, row(opened_at="?"))
    assert only().received_at == datetime(2016, 2, 29, 1, 23, tzinfo=UTC)
    assert events()[0].detail["received_at_from"] == "sys_updated_at"


def test_numbers_follow_the_file_without_gaps(tmp_path: Path, entity: Entity) -> None:
    rows = [row(number=f"INC{number}") for number in (5, 3, 9, 1)]
    load(tmp_path, entity, *rows, batch_size=3)
    numbers = SupportRequest.objects.order_by("number").values_list("source_number", "number")
    assert [name for name, _ in numbers] == ["INC5", "INC3", "INC9", "INC1"]
    assert [number[-6:] for _, number in numbers] == ["000001", "000002", "000003", "000004"]


def test_the_same_file_twice_adds_nothing(tmp_path: Path, entity: Entity) -> None:
    rows = [row(), row(), row(sys_mod_count="1", active="false"), row(number="INC2")]
    load(tmp_path, entity, *rows)
    before = len(events()), SupportRequest.history.count(), Customer.history.count()
    again = load(tmp_path, entity, *rows)
    assert (len(events()), SupportRequest.history.count(), Customer.history.count()) == before
    assert (again.report["imported"], again.report["skipped"]) == (0, 4)


def test_a_longer_file_adds_only_what_is_new(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, row(), row(number="INC2"))
    longer = load(
        tmp_path,
        entity,
        row(closed_code="code 9"),
        row(sys_mod_count="1", active="false"),
        row(number="INC2"),
        row(number="INC3"),
    )
    assert (longer.report["imported"], longer.report["skipped"]) == (2, 2)
    request = SupportRequest.objects.get(source_number="INC1")
    assert [version.custom["active"] for version in request.history.order_by("pk")] == [
        "true",
        "false",
    ]


def test_a_file_of_later_rows_alone_goes_on_with_the_request(
    tmp_path: Path, entity: Entity
) -> None:
    load(tmp_path, entity, row())
    load(tmp_path, entity, row(sys_mod_count="1", incident_state="Resolved"))
    assert [event.kind for event in events()] == ["request.opened", "request.updated"]
    assert only().status == "resolved"
    assert only().history.count() == 2


def test_an_interrupted_import_goes_on_where_it_ended(tmp_path: Path, entity: Entity) -> None:
    rows = [row(sys_mod_count=str(order), assigned_to=f"Resolver {order}") for order in range(7)]
    path = source.write(tmp_path / "log.csv", *rows)
    stop = Watch(is_stopped=lambda: True)
    stopped = running.import_file(task(path, entity, batch_size=3), by=BY, watch=stop)
    assert (stopped.report["state"], len(events())) == ("stopped", 3)
    resumed = load(tmp_path, entity, *rows, batch_size=2)
    assert (resumed.report["imported"], resumed.report["skipped"]) == (4, 3)
    assert [event.detail["source_order"] for event in events()] == list(range(7))
    assert only().history.count() == 7


def test_what_people_changed_here_stays_unless_the_source_changes_it(
    tmp_path: Path, entity: Entity
) -> None:
    load(tmp_path, entity, row())
    request = only()
    with recording("request.priority_changed", by=BY, subject=request):
        request.priority, request.category = "low", "Ours"
        request.save()
    load(tmp_path, entity, row(), row(sys_mod_count="1", category="Category 9", active="false"))
    request.refresh_from_db()
    assert (request.priority, request.category) == ("low", "Category 9")
    assert request.custom["active"] == "false"


def test_the_same_number_in_another_entity_is_another_request(
    tmp_path: Path, entity: Entity
) -> None:
    other = people.add_entity(by=BY, code="DE", name="Beispiel GmbH", currency="EUR")
    load(tmp_path, entity, row())
    load(tmp_path, other, row())
    assert SupportRequest.objects.count() == 2
    assert Customer.objects.count() == 2


def never_read() -> list[Place]:
    raise AssertionError("a first import needs no look at what lies ahead")


def test_a_row_the_database_refuses_is_rejected_and_the_others_are_written(
    entity: Entity,
) -> None:
    rows = [
        row(),
        row(sys_mod_count="1", active="false", category="x" * 101),
        row(sys_mod_count="2", active="false"),
        row(number="INC2"),
    ]
    run = ImportRun(entity=entity, profile=SERVICENOW_INCIDENT.name, profile_version="1")
    with recording("import.started", by=BY, subject=run):
        run.save(force_insert=True)
    # Without the limits of the columns the reader lets through what is too long for one.
    layout = Layout(SERVICENOW_INCIDENT, list(source.ORDINARY), ZoneInfo("UTC"), {})
    tracker = Tracker(layout)
    steps = [
        tracker.step(layout.row(Record(line, "raw", list(cells.values()), "")))
        for line, cells in enumerate(rows, start=2)
    ]
    written = Writer(run, layout, Places(never_read)).write(steps)
    tracker.close()
    assert (written.imported, written.skipped) == (3, 0)
    assert [(step.row.line, reason[:26]) for step, reason in written.rejected] == [
        (3, "the database refused it: v")
    ]
    found = SupportRequest.objects.get(source_number="INC1")
    assert (found.category, found.custom["active"]) == ("Category 55", "false")


def test_a_time_before_all_calendars_is_a_bad_row(tmp_path: Path, entity: Entity) -> None:
    path = source.write(tmp_path / "log.csv", row(sys_updated_at="1/1/0001 00:10"))
    result = running.import_file(task(path, entity, zone="Asia/Tokyo"), by=BY)
    assert (result.report["imported"], result.report["rejected"]) == (0, 1)


def test_hostile_text_is_kept_as_it_stands(tmp_path: Path, entity: Entity) -> None:
    hostile = "<script>alert(1)</script> \u202eevil \U0001f600 =1+1 %s {0} '; DROP TABLE x; --"
    load(
        tmp_path, entity, row(assigned_to=hostile, sys_updated_by=hostile, opened_by="x" * 100_000)
    )
    assert only().custom["assigned_to"] == hostile
    assert events()[0].actor_label == hostile
    assert len(only().custom["opened_by"]) == 100_000


def test_bad_rows_stop_nothing(tmp_path: Path, entity: Entity) -> None:
    path = tmp_path / "log.csv"
    lines = source.text(row(), row(number="INC2", priority="9"), row(number="INC3")).splitlines()
    path.write_text("\n".join([*lines, "too,short"]), encoding="utf-8")
    result = running.import_file(task(path, entity), by=BY)
    assert (result.report["imported"], result.report["rejected"]) == (2, 2)
    assert [each["line"] for each in result.report["first_rejected"]] == [3, 5]


def test_the_run_keeps_its_report(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, row(), row(sys_mod_count="5"))
    run = ImportRun.objects.get()
    assert (run.state, run.rows, run.imported) == ("finished", 2, 2)
    assert run.file_digest == run.report["file"]["sha256"]
    assert run.report["counts"]["gaps"] == 1
    kinds = Event.objects.filter(subject_type="requests_app.importrun").values_list(
        "kind", flat=True
    )
    assert list(kinds) == ["import.started", "import.finished"]


def test_a_file_whose_name_is_no_text_can_be_imported(tmp_path: Path, entity: Entity) -> None:
    path = source.write(tmp_path / "log.csv", row()).rename(tmp_path / "l\udcffg.csv")
    running.import_file(task(path, entity), by=BY)
    assert ImportRun.objects.get().file_name == "l\ufffdg.csv"


def test_a_run_that_was_killed_is_closed_by_the_next_one(tmp_path: Path, entity: Entity) -> None:
    killed = ImportRun(
        entity=entity, profile=SERVICENOW_INCIDENT.name, profile_version="1", file_name="log.csv"
    )
    with recording("import.started", by=BY, subject=killed):
        killed.save(force_insert=True)
    load(tmp_path, entity, row())
    killed.refresh_from_db()
    assert killed.state == "failed"
    assert Event.objects.get(kind="import.failed").reason.startswith("It ended without a word")


def test_a_file_that_changes_meanwhile_fails_the_run(tmp_path: Path, entity: Entity) -> None:
    path = source.write(tmp_path / "log.csv", row(), row(sys_mod_count="1"))

    def append(rows: int) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")

    with pytest.raises(SourceError, match="changed while it was read"):
        running.import_file(task(path, entity, batch_size=1), by=BY, watch=Watch(reached=append))
    run = ImportRun.objects.get()
    assert (run.state, run.imported) == ("failed", 2)
    assert "changed while" in Event.objects.get(kind="import.failed").reason


def test_a_file_that_does_not_fit_writes_nothing(tmp_path: Path, entity: Entity) -> None:
    path = tmp_path / "log.csv"
    path.write_text("number,priority\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="it lacks sys_updated_by"):
        running.import_file(task(path, entity), by=BY)
    assert not ImportRun.objects.exists()


def test_a_rehearsal_tells_the_same_and_writes_nothing(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity, row())
    before = Event.objects.count()
    path = source.write(tmp_path / "log.csv", row(), row(sys_mod_count="1"), row(number="INC2"))
    result = running.rehearse(task(path, entity))
    assert (result.report["imported"], result.report["skipped"]) == (2, 1)
    assert result.report["counts"]["updates_without_change"] == 1
    assert (Event.objects.count(), SupportRequest.objects.count()) == (before, 1)
