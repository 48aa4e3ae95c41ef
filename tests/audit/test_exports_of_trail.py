"""Exports of the trail: exactly the filter, all pages, with a manifest, on record."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from audit import actors, export_files, exporting, roles, tasks
from audit.models import Event, TrailExport
from audit.recording import record, recording
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import body, signed_in, text

ASK = "/trail/export/"


@pytest.fixture
def entity(committed: str) -> Entity:
    """Each test has its own: an export holds what is committed, so nothing is rolled back here."""
    return factories.entity()


@pytest.fixture
def auditor(entity: Entity) -> User:
    return factories.person("auditor", entity, display_name="Otto Lind", time_zone="Asia/Tokyo")


@pytest.fixture
def noted(entity: Entity) -> SupportRequest:
    opened = factories.support_request(entity=entity, subject="=HYPERLINK(1)")
    services.change_priority(
        support_request=opened, priority="high", by=factories.TESTER, reason="Big, they say\nand so"
    )
    return opened


def exported(person: User, query: str = "kind=request.*", kind: str = "csv") -> TrailExport:
    response = signed_in(person).post(f"{ASK}?{query}", {"format": kind})
    assert response.status_code == 302, text(response)
    return TrailExport.objects.latest("id")


def archive_of(person: User, export: TrailExport) -> tuple[bytes, dict[str, Any]]:
    """The file and the manifest, as they are fetched."""
    response = signed_in(person).get(f"/trail/exports/{export.pk}/file/")
    with zipfile.ZipFile(io.BytesIO(body(response))) as archive:
        return archive.read(export.file_name), json.loads(archive.read("manifest.json"))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def newest(kind: str) -> Event:
    return Event.objects.filter(kind=kind).latest("id")


def waiting(person: User, query: str = "kind=request.*") -> TrailExport:
    by = factories.actor(person)
    return exporting.ask(by=by, query=query, zone="UTC", format="csv")


def test_the_count_and_the_filter_are_told_before_the_click(
    noted: SupportRequest, auditor: User
) -> None:
    shown = text(signed_in(auditor).get(f"{ASK}?kind=request.*&before=5"))
    assert "Export 2 events" in shown
    assert "Action All of request" in shown
    assert "It is made at once." in shown
    assert not TrailExport.objects.filter(person=auditor).exists()


def test_an_export_holds_exactly_what_the_filter_shows(
    noted: SupportRequest, auditor: User
) -> None:
    record("customer.added", by=factories.TESTER)
    rows = rows_of(archive_of(auditor, exported(auditor))[0])
    shown = signed_in(auditor).get("/trail/", {"kind": "request.*"}).context["page"].entries
    assert [int(row["id"]) for row in rows] == [entry.event.pk for entry in shown]
    assert rows[0]["kind"] == "request.priority_changed"
    assert rows[0]["action"] == "Priority changed"
    assert "Priority: Normal → High" in rows[0]["changes"]
    assert rows[0]["recorded_at"].endswith("Z")


def test_an_export_keeps_the_order_that_was_asked_for(noted: SupportRequest, auditor: User) -> None:
    content, manifest = archive_of(auditor, exported(auditor, "kind=request.*&order=oldest"))
    assert [row["kind"] for row in rows_of(content)] == [
        "request.opened", "request.priority_changed",
    ]  # fmt: skip
    assert manifest["order"] == "oldest first"


def test_all_pages_are_in_it(auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 3)
    for _ in range(8):
        record("demo.loaded", by=factories.actor(auditor))
    asked = f"kind=demo.loaded&actor_kind=user&actor_id={auditor.pk}"
    for order in ("", "&order=oldest"):
        content, _ = archive_of(auditor, exported(auditor, f"{asked}{order}"))
        ids = [int(row["id"]) for row in rows_of(content)]
        assert len(ids) == 8
        assert ids == sorted(ids, reverse=not order)


def test_the_manifest_says_what_when_by_whom_and_the_hash(
    noted: SupportRequest, auditor: User
) -> None:
    export = exported(auditor)
    content, manifest = archive_of(auditor, export)
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest() == export.sha256
    assert manifest["rows"] == 2
    assert manifest["bytes"] == len(content)
    assert manifest["filter"] == {"Action": "All of request"}
    assert manifest["asked_by"]["name"] == "Otto Lind"
    assert manifest["days_begin_in"] == "Asia/Tokyo"
    assert manifest["events_up_to"] == f"E-{export.events_up_to}"
    assert manifest["columns"] == list(export_files.COLUMNS)


def test_made_later_it_is_the_same_file(noted: SupportRequest, auditor: User) -> None:
    export = waiting(auditor)
    record("request.viewed", by=factories.TESTER, subject=noted)
    tasks.make_export(None, export.pk)
    assert len(rows_of(archive_of(auditor, export)[0])) == 2
    assert len(rows_of(archive_of(auditor, exported(auditor))[0])) == 3


def test_what_a_spreadsheet_would_run_is_neutralised(noted: SupportRequest, auditor: User) -> None:
    assert export_files.harmless("=1+1") == "'=1+1"
    assert export_files.harmless(" @x") == "' @x"
    assert export_files.harmless(-5) == -5
    content, _ = archive_of(auditor, exported(auditor))
    assert b'"Big, they say\nand so"' in content
    assert content.count(b"\r\n") == 3


def test_excel_gets_its_mark_and_others_do_not(noted: SupportRequest, auditor: User) -> None:
    plain, _ = archive_of(auditor, exported(auditor))
    marked, _ = archive_of(auditor, exported(auditor, kind="excel"))
    assert marked == b"\xef\xbb\xbf" + plain


def test_json_lines_hold_every_changed_field(noted: SupportRequest, auditor: User) -> None:
    content, _ = archive_of(auditor, exported(auditor, kind="jsonl"))
    newest = json.loads(content.decode().splitlines()[0])
    assert newest["event"]["kind"] == "request.priority_changed"
    assert "salt" not in newest["event"]
    [change] = [row for row in newest["changes"] if row["type"] == "changed"]
    assert change["fields"][0]["before"] == "Normal"


def test_exporting_and_fetching_are_on_record(noted: SupportRequest, auditor: User) -> None:
    export = exported(auditor)
    archive_of(auditor, export)
    made = newest("trail.exported")
    assert made.actor_id == str(auditor.pk)
    assert made.detail["rows"] == 2
    assert made.detail["file_sha256"] == export.sha256
    fetched = newest("trail.export_fetched")
    assert fetched.detail["file_sha256"] == export.sha256
    assert fetched.subject_id == str(export.pk)


def test_asking_for_an_export_is_on_record_under_its_number(
    noted: SupportRequest, auditor: User
) -> None:
    export = exported(auditor)
    event = newest("trail.export_asked")
    label = f"Export {export.pk} of the trail"
    assert (event.subject_id, event.subject_label) == (str(export.pk), label)


def test_a_large_export_waits_for_a_worker(
    noted: SupportRequest, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    export = exported(auditor)
    assert export.state == "waiting"
    address = f"/trail/exports/{export.pk}/"
    assert "0 events written so far" in text(signed_in(auditor).get(address))
    assert signed_in(auditor).get(f"{address}file/").status_code == 409
    tasks.make_export(None, export.pk)
    export.refresh_from_db()
    assert (export.state, export.rows) == ("finished", 2)
    assert export.progress.rows == 2
    event = newest("trail.exported")
    assert (event.actor_kind, event.on_behalf_of_label) == ("job", "Otto Lind")


def test_a_job_that_comes_twice_makes_one_file(noted: SupportRequest, auditor: User) -> None:
    export = waiting(auditor)
    before = Event.objects.filter(kind="trail.exported").count()
    for _ in range(2):
        tasks.make_export(None, export.pk)
    assert Event.objects.filter(kind="trail.exported").count() == before + 1


def test_what_goes_wrong_leaves_no_file_and_is_on_record(
    noted: SupportRequest, auditor: User
) -> None:
    export = waiting(auditor)
    with recording("record.changed", by=factories.TESTER, subject=auditor):
        auditor.is_active = False
        auditor.save()
    tasks.make_export(None, export.pk)
    export.refresh_from_db()
    assert export.state == "failed"
    assert not export.parts.exists()
    event = newest("trail.export_failed")
    assert event.detail["error"] == "Exporting the trail needs the role auditor or administrator."


def test_events_that_another_server_counted_are_in_it(noted: SupportRequest, auditor: User) -> None:
    """As after a dump was restored where fewer transactions have been: their numbers are higher
    than any of here, and must not be taken for those of what is still to come."""
    events = Event.objects.filter(support_request_id=noted.pk)
    with roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_guard")
        cursor.execute(
            "UPDATE audit_event SET txid = txid + 1000000000,"
            " recorded_at = recorded_at - interval '1 hour' WHERE id = ANY (%s)",
            [list(events.values_list("pk", flat=True))],
        )
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_guard")
    content, _ = archive_of(auditor, exported(auditor))
    assert len(rows_of(content)) == 2


def left_by_killed_worker(export: TrailExport) -> None:
    """The state that a kill leaves: it is being made by a job whose worker has gone."""
    tasks.make_export.defer(export_id=export.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'audit.make_export'"
            " AND (args->>'export_id')::bigint = %s", [export.pk],
        )  # fmt: skip
    with recording("trail.export_begun", by=factories.TESTER, subject=export):
        export.state = "running"
        export.save()


def test_one_whose_worker_was_killed_is_ended_and_made_again_of_the_same_events(
    noted: SupportRequest, auditor: User
) -> None:
    export = waiting(auditor)
    left_by_killed_worker(export)
    record("request.viewed", by=factories.TESTER, subject=noted)
    assert tasks.end_killed_exports(None, timestamp=1) == 1
    assert tasks.end_killed_exports(None, timestamp=2) == 0
    assert newest("trail.export_failed").detail["error"] == exporting.KILLED
    client, address = signed_in(auditor), f"/trail/exports/{export.pk}/"
    assert exporting.KILLED in text(client.get(address))
    assert client.get(f"{address}again/").status_code == 405
    assert client.post(f"{address}again/").headers["Location"] == address
    content, _ = archive_of(auditor, export)
    assert len(rows_of(content)) == 2
    refused = client.post(f"{address}again/", follow=True)
    assert "its file is there" in refused.content.decode()


def test_an_export_is_made_again_by_whoever_asked_for_it_alone(
    noted: SupportRequest, auditor: User, entity: Entity
) -> None:
    export = waiting(auditor)
    exporting.fail(export=export, by=factories.TESTER, why="Tried")
    other = signed_in(factories.person("auditor", entity))
    assert other.post(f"/trail/exports/{export.pk}/again/").status_code == 404
    export.refresh_from_db()
    assert export.state == "failed"


@override_settings(PUBLIC_URL="https://desk.example.com")
def test_who_waited_for_a_worker_gets_the_link_by_mail(
    noted: SupportRequest, auditor: User
) -> None:
    export = waiting(auditor)
    tasks.make_export(None, export.pk)
    jobs = ProcrastinateJob.objects.filter(task_name="accounts.send_export_link")
    assert jobs.latest("id").args == {
        "person_id": auditor.pk, "path": f"/trail/exports/{export.pk}/", "is_ready": True,
    }  # fmt: skip
    before = jobs.count()
    exported(auditor)
    assert jobs.count() == before


def test_the_file_expires_and_its_account_stays(noted: SupportRequest, auditor: User) -> None:
    export = exported(auditor)
    assert tasks.expire_exports(None, 0) == 0
    with recording("record.changed", by=factories.TESTER):
        TrailExport.objects.filter(pk=export.pk).update(expires_at=timezone.now())
    assert tasks.expire_exports(None, 0) == 1
    export.refresh_from_db()
    assert export.state == "expired"
    assert not export.parts.exists()
    page = signed_in(auditor).get(f"/trail/exports/{export.pk}/")
    assert export.sha256 in text(page)
    assert signed_in(auditor).get(f"/trail/exports/{export.pk}/file/").status_code == 409


def test_the_service_refuses_who_reads_no_trail(entity: Entity) -> None:
    agent = factories.person("agent", entity)
    with pytest.raises(exporting.ExportRefused, match="needs the role auditor"):
        waiting(agent)
    assert not TrailExport.objects.filter(person=agent).exists()


@pytest.mark.parametrize("role", ["agent", "lead", "controller"])
def test_who_reads_no_trail_exports_none(role: str, entity: Entity) -> None:
    client = signed_in(factories.person(role, entity))
    for path in (ASK, "/trail/exports/", "/trail/kinds/"):
        assert client.get(path).status_code == 404
    assert client.post(ASK, {"format": "csv"}).status_code == 404
    assert newest("trail.view_denied").detail == {"path": ASK}


def test_exports_of_others_answer_like_none_and_are_on_record(
    noted: SupportRequest, auditor: User, entity: Entity
) -> None:
    export = exported(auditor)
    other = signed_in(factories.person("administrator", entity))
    for path in (f"/trail/exports/{export.pk}/", f"/trail/exports/{export.pk}/file/"):
        assert other.get(path).status_code == 404
    assert newest("trail.view_denied").detail == {"path": f"/trail/exports/{export.pk}/file/"}
    assert other.get("/trail/exports/999999/").status_code == 404


def test_an_export_leaves_out_other_entities(noted: SupportRequest, auditor: User) -> None:
    factories.support_request(subject="Elsewhere")
    content, _ = archive_of(auditor, exported(auditor))
    assert b"Elsewhere" not in content


def test_that_somebody_exported_is_shown_to_those_alone_who_audit_as_much(
    noted: SupportRequest, auditor: User
) -> None:
    exported(auditor)
    stranger = factories.person("auditor", factories.entity())
    kinds = signed_in(stranger).get("/trail/").context["form"].known["kind"]
    assert "trail.exported" not in kinds


def test_a_format_that_is_none_is_explained(auditor: User) -> None:
    response = signed_in(auditor).post(ASK, {"format": "docx"})
    assert response.status_code == 422
    assert "This is not in the list." in text(response)


def test_a_filter_with_a_mistake_leads_back_to_it(auditor: User) -> None:
    response = signed_in(auditor).get(f"{ASK}?kind=no.such")
    assert response.headers["Location"] == "/trail/?kind=no.such"


def test_ones_exports_are_listed(noted: SupportRequest, auditor: User) -> None:
    client = signed_in(auditor)
    assert "You have not exported anything yet" in text(client.get("/trail/exports/"))
    export = exported(auditor)
    assert f"Export {export.pk} of the trail" in text(client.get("/trail/exports/"))


def test_an_actor_on_behalf_of_a_person_names_both(auditor: User) -> None:
    by = actors.job("x", "1").on_behalf_of(auditor)
    assert (by.label, by.on_behalf_of_label) == ("x", "Otto Lind")
