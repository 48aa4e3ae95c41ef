"""Exports with their manifests, and those that are too large to wait for."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import Event
from audit.recording import recording
from requests_app import exports
from requests_app.accounts.tasks import send_export_link
from requests_app.models import Entity, ExportJob, SupportRequest, User
from requests_app.queue import exporting
from requests_app.queue.tasks import end_killed_exports, write_export
from tests import factories
from tests.pages import body, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def some(entity: Entity) -> list[SupportRequest]:
    return [factories.support_request(entity=entity, channel="phone") for _ in range(3)]


@pytest.fixture
def _little_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)


def numbers(file: bytes) -> list[str]:
    return [row["number"] for row in csv.DictReader(io.StringIO(file.decode(), newline=""))]


def test_the_file_is_in_the_order_of_the_list(some: list[SupportRequest], agent: User) -> None:
    client = signed_in(agent)
    oldest = numbers(body(client.get("/requests/export.csv?sort=oldest&channel=phone")))
    assert oldest == [each.number for each in some]
    by_change = numbers(body(client.get("/requests/export.csv?sort=-changed&q=subject")))
    assert by_change == oldest[::-1]


def test_a_manifest_tells_who_exported_which_rows_by_which_filter(
    some: list[SupportRequest], agent: User
) -> None:
    client = signed_in(agent)
    response = client.get("/requests/export.csv?channel=phone&sort=oldest")
    file = body(response)
    event = Event.objects.get(kind="request.list_exported")
    told = json.loads(client.get(f"/requests/exports/{event.pk}/manifest.json").content)
    assert told["filter"] == {"channel": "phone", "sort": "oldest"}
    assert (told["rows"], told["exported_by"], told["event"]) == (3, "Ana Reyes", f"E-{event.pk}")
    assert told["sha256"] == hashlib.sha256(file).hexdigest()
    assert response.headers["X-Content-SHA256"] == told["sha256"]
    assert told["sha256"] in text(client.get("/requests/exports/"))


def test_a_manifest_is_for_its_maker_and_for_who_reads_the_trail(
    some: list[SupportRequest], agent: User, entity: Entity
) -> None:
    body(signed_in(agent).get("/requests/export.csv"))
    address = f"/requests/exports/{Event.objects.latest('id').pk}/manifest.json"
    assert signed_in(factories.person("auditor", entity)).get(address).status_code == 200
    assert signed_in(factories.person("lead", entity)).get(address).status_code == 404


@pytest.mark.usefixtures("_little_at_once")
def test_a_large_export_is_counted_first_and_then_written_by_the_worker(
    some: list[SupportRequest], agent: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(agent)
    response = client.get("/requests/export.csv?channel=phone")
    assert response.headers["Location"] == "/requests/exports/new/?channel=phone"
    shown = text(client.get(response.headers["Location"]))
    assert "Export 3 requests" in shown
    assert "More than 2 rows are written by the worker" in shown
    assert not Event.objects.filter(kind="request.list_exported").exists()

    assert client.post("/requests/exports/", {"query": "channel=phone"}).status_code == 302
    job = ExportJob.objects.get()
    assert Event.objects.get(kind="request.export_asked").detail == {"export": job.pk, "rows": 3}
    assert ProcrastinateJob.objects.get(task_name="requests.export").args == {"job_id": job.pk}
    assert "0 of 3 rows" in text(client.get("/requests/exports/"))
    assert client.get(f"/requests/exports/{job.pk}/requests.csv").status_code == 404

    write_export(job_id=job.pk)
    file = body(client.get(f"/requests/exports/{job.pk}/requests.csv"))
    assert numbers(file) == [each.number for each in some][::-1]
    event = Event.objects.get(kind="request.list_exported")
    assert (event.actor_label, event.cause_kind, event.channel) == ("Ana Reyes", "job", "job")
    assert event.detail["file_sha256"] == hashlib.sha256(file).hexdigest()
    assert Event.objects.filter(kind="request.export_taken").count() == 1
    assert "3 of 3 rows" in text(client.get("/requests/exports/"))


@pytest.mark.usefixtures("_little_at_once")
def test_a_file_of_the_worker_is_its_owners_alone(
    some: list[SupportRequest], agent: User, entity: Entity
) -> None:
    signed_in(agent).post("/requests/exports/", {"query": ""})
    job = ExportJob.objects.get()
    write_export(job_id=job.pk)
    lead = signed_in(factories.person("lead", entity))
    assert lead.get(f"/requests/exports/{job.pk}/requests.csv").status_code == 404
    assert "of 3 rows" not in text(lead.get("/requests/exports/"))


def test_an_export_in_several_parts_is_whole_and_writing_it_again_changes_nothing(
    some: list[SupportRequest], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART", 100)
    signed_in(agent).post("/requests/exports/", {"query": ""})
    job = ExportJob.objects.get()
    job.parts.create(content=b"of a worker that was killed")
    write_export(job_id=job.pk)
    assert job.parts.count() > 2
    job.refresh_from_db()
    assert hashlib.sha256(b"".join(exporting.parts_of(job))).hexdigest() == job.sha256
    write_export(job_id=job.pk)
    assert Event.objects.filter(kind="request.list_exported").count() == 1


def test_asking_twice_waits_for_the_first(some: list[SupportRequest], agent: User) -> None:
    for _ in range(2):
        signed_in(agent).post("/requests/exports/", {"query": "channel=phone"})
    assert ExportJob.objects.count() == 1
    for channel in ("mail", "portal"):
        signed_in(agent).post("/requests/exports/", {"query": f"channel={channel}"})
    response = signed_in(agent).post("/requests/exports/", {"query": "status=open"})
    assert response.status_code == 409
    assert "Three of your exports are being written." in text(response)


def test_an_export_that_fails_says_so(
    some: list[SupportRequest], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(agent).post("/requests/exports/", {"query": ""})
    job = ExportJob.objects.get()
    monkeypatch.setattr("requests_app.exports.lines", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_export(job_id=job.pk)
    client = signed_in(agent)
    shown = text(client.get("/requests/exports/"))
    assert "It could not be written. The worker could not write it (ZeroDivisionError)." in shown
    assert Event.objects.get(kind="request.export_failed").detail["export"] == job.pk
    monkeypatch.undo()
    assert client.post("/requests/exports/", {"query": job.query}).status_code == 302
    assert ExportJob.objects.filter(state="waiting").count() == 1


def left_by_killed_worker(job: ExportJob) -> None:
    """The state that a kill leaves: the job is underway, and its worker has gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'requests.export'"
        )
    ExportJob.objects.filter(pk=job.pk).update(state="running", rows_done=2)
    job.parts.create(content=b"half")


def test_an_export_whose_worker_was_killed_is_ended_with_a_sentence_and_begun_again(
    some: list[SupportRequest], agent: User
) -> None:
    client = signed_in(agent)
    client.post("/requests/exports/", {"query": "channel=phone"})
    job = ExportJob.objects.get()
    left_by_killed_worker(job)
    assert end_killed_exports(timestamp=1) == 1
    job.refresh_from_db()
    assert (job.state, job.failure, job.parts.count()) == ("failed", exporting.KILLED, 0)
    event = Event.objects.get(kind="request.export_failed")
    assert (event.detail["error"], event.actor_id) == (exporting.KILLED, str(agent.pk))
    ended = ProcrastinateJob.objects.get(task_name="requests.export")
    assert ended.status == "aborted"
    assert exporting.KILLED in text(client.get("/requests/exports/"))
    assert end_killed_exports(timestamp=2) == 0
    client.post("/requests/exports/", {"query": job.query})
    again = ExportJob.objects.get(state="waiting")
    write_export(job_id=again.pk)
    again.refresh_from_db()
    assert again.state == "ready"


def test_an_export_whose_worker_lives_is_left_to_it(
    some: list[SupportRequest], agent: User
) -> None:
    signed_in(agent).post("/requests/exports/", {"query": ""})
    left_by_killed_worker(ExportJob.objects.get())
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        cursor.execute(
            "UPDATE procrastinate_jobs SET worker_id = %s WHERE status = 'doing'", cursor.fetchone()
        )
    assert end_killed_exports(timestamp=1) == 0
    assert ExportJob.objects.get().state == "running"


@pytest.mark.parametrize("part", [1, exporting.PART])
def test_one_that_was_taken_for_killed_and_was_not_leaves_no_file(
    part: int, some: list[SupportRequest], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(agent).post("/requests/exports/", {"query": ""})
    job = ExportJob.objects.get()
    lines = exports.lines

    def ended_meanwhile(*given: Any, **options: Any) -> Any:
        first, *others = lines(*given, **options)
        yield first
        left_by_killed_worker(job)
        exporting.end_killed()
        yield from others

    monkeypatch.setattr(exporting, "PART", part)

    monkeypatch.setattr("requests_app.exports.lines", ended_meanwhile)
    write_export(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.event_id, job.parts.count()) == ("failed", None, 0)
    assert not Event.objects.filter(kind="request.list_exported").exists()


@override_settings(PUBLIC_URL="https://desk.example.com")
def test_who_asked_gets_the_link_by_mail_and_never_the_file(
    some: list[SupportRequest], agent: User
) -> None:
    with recording("person.email_changed", by=factories.TESTER, subject=agent):
        agent.email = "ana@us.example"
        agent.save()
    signed_in(agent).post("/requests/exports/", {"query": ""})
    write_export(job_id=ExportJob.objects.get().pk)
    job = ProcrastinateJob.objects.get(task_name="accounts.send_export_link")
    send_export_link(**job.args)
    [told] = mail.outbox
    assert (told.subject, told.to) == ("Your export is ready", ["ana@us.example"])
    assert "https://desk.example.com/requests/exports/\n" in str(told.body)
    assert not told.attachments
    assert some[0].number not in str(told.body)


def test_a_filter_with_a_mistake_is_not_exported(agent: User) -> None:
    response = signed_in(agent).post("/requests/exports/", {"query": "status=bogus"})
    assert response.status_code == 422
    assert "This is not in the list." in text(response)
    assert not ExportJob.objects.exists()
