"""The management page tells how the installation is; what is stale or unread is never good."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from audit import tasks as audit_tasks
from audit.models import Event
from audit.recording import ReasonMissing
from config import jobs, overview, post, runbook, tasks
from requests_app import services
from requests_app.accounts import tasks as account_tasks
from requests_app.mail import mailboxes, sending, watching
from requests_app.models import Entity, OutboundMail, User
from tests import factories, queries
from tests.markup import main_of
from tests.pages import signed_in, text, value_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return factories.person("administrator", factories.entity(code="US"))


def failed_job() -> int:
    job_id = int(account_tasks.send_link.defer(person_id=0, kind="password_link"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job_id])
    return job_id


def state_of(name: str) -> str:
    return next(item.state for item in overview.look().items if item.name == name)


def test_it_shows_versions_worker_queues_and_storage(ada: User) -> None:
    shown = text(signed_in(ada).get("/management/"))
    for words in ("PostgreSQL", "Casetrail 0.1.0", "No worker has ever started", "audit_event"):
        assert words in shown


def test_it_is_for_administrators_and_others_find_nothing() -> None:
    auditor = signed_in(factories.person("auditor", factories.entity()))
    for path in ("/management/", "/management/runbook/", "/management/jobs/"):
        assert auditor.get(path).status_code == 404
    assert Event.objects.filter(kind="trail.view_denied").count() == 3


def test_a_check_is_good_while_it_is_fresh_and_unknown_when_it_is_old() -> None:
    assert state_of("Recorder") == overview.UNKNOWN
    audit_tasks.check_trail(None, timestamp=1_700_000_000)
    assert state_of("Recorder") == overview.GOOD
    with time_machine.travel(timezone.now() + overview.CHECK_IS_STALE + timedelta(minutes=1)):
        assert state_of("Recorder") == overview.UNKNOWN


def test_what_the_check_found_is_bad_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.checks.problems", lambda connection: ["a trigger is gone"])
    audit_tasks.check_trail(None, timestamp=1_700_000_000)
    item = next(item for item in overview.look().items if item.name == "Recorder")
    assert (item.state, "a trigger is gone" in item.told) == (overview.BAD, True)


def test_what_cannot_be_read_is_unknown_and_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overview, "SIZES", "SELECT 1, 2 WHERE false")

    def broken(_given: overview.Numbers) -> overview.Item:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        raise AssertionError

    monkeypatch.setattr(overview, "READERS", (("Worker", "x", broken), *overview.READERS))
    found = overview.look()
    assert found.items[0].state == overview.UNKNOWN
    assert "ProgrammingError" in found.items[0].told
    assert {item.name for item in found.items[1:]} >= {"Worker", "Mailboxes", "Replies"}


def test_storage_is_measured_and_its_growth_told_after_a_week() -> None:
    assert state_of("Storage") == overview.WARN
    sizes = tasks.measure_storage(None, timestamp=1_700_000_000)
    assert sizes["audit_event"] > 0
    assert state_of("Storage") == overview.GOOD
    assert {table.growth for table in overview.tables()} == {None}
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        assert None not in {table.growth for table in overview.tables()}
        assert state_of("Storage") == overview.WARN


def test_the_numbers_of_the_queues_lead_to_their_jobs(ada: User) -> None:
    failed_job()
    for _ in range(2):
        account_tasks.send_link.defer(person_id=0, kind="password_link")
    client = signed_in(ada)
    every = list(main_of(client.get("/management/").content.decode()).inside())
    found = {each.link(): each.text for each in every if "count" in each.classes}
    queue = ProcrastinateJob.objects.latest("id").queue_name
    assert found[f"/management/jobs/?queue={queue}&status=todo"] == "2"
    assert "2 jobs" in text(client.get(f"/management/jobs/?queue={queue}&status=todo"))
    assert "accounts.send_link" in text(client.get("/management/jobs/?status=failed"))
    assert "Nothing was looked up" in text(client.get("/management/jobs/?status=lost"))


def test_a_failed_job_is_tried_again_with_a_reason_on_record(ada: User) -> None:
    job_id, client = failed_job(), signed_in(ada)
    assert state_of("Failed jobs") == overview.BAD
    assert "accounts.send_link" in text(client.get("/management/"))
    sent = client.post(f"/management/jobs/{job_id}/retry/", {"reason": "Mail server is back"})
    assert sent.headers["Location"] == "/management/"
    assert ProcrastinateJob.objects.get(pk=job_id).status == "todo"
    event = Event.objects.get(kind="job.retried")
    assert event.detail == {"job": job_id, "task": "accounts.send_link"}
    assert (event.actor_id, event.reason) == (str(ada.pk), "Mail server is back")


def test_trying_again_asks_why_and_keeps_what_was_typed(ada: User) -> None:
    job_id, client = failed_job(), signed_in(ada)
    assert client.post(f"/management/jobs/{job_id}/retry/", {"reason": ""}).status_code == 422
    client.post(f"/management/jobs/{job_id}/retry/", {"reason": "First"})
    other = failed_job()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = %s", [other])
    again = client.post(f"/management/jobs/{other}/retry/", {"reason": "Second"})
    assert again.status_code == 409
    assert "has not failed" in text(again)
    assert client.get(f"/management/jobs/{job_id}/retry/").status_code == 405


def test_the_service_refuses_who_is_no_administrator(ada: User) -> None:
    job_id = failed_job()
    agent = factories.actor(factories.person("agent", factories.entity()))
    with pytest.raises(jobs.JobRefused, match="needs the role administrator"):
        jobs.retry(job_id=job_id, by=agent, reason="Please")
    with pytest.raises(ReasonMissing):
        jobs.retry(job_id=job_id, by=factories.actor(ada), reason=" ")
    assert ProcrastinateJob.objects.get(pk=job_id).status == "failed"


def test_every_item_that_can_be_red_leads_to_a_section_of_the_runbook(ada: User) -> None:
    anchors = {block.anchor for block in runbook.blocks() if block.anchor}
    named = {anchor for _, anchor, _ in overview.READERS if anchor}
    named |= {post.MAILBOXES, post.REPLIES}
    assert len(named) > 5
    assert named <= anchors
    page = signed_in(ada).get("/management/runbook/").content.decode()
    assert all(f'id="{anchor}"' in page for anchor in named)
    assert "`" not in text(signed_in(ada).get("/management/runbook/")).replace("```", "")


def test_a_mailbox_says_who_set_it_up_and_who_changed_it_last(ada: User) -> None:
    entity = Entity.objects.get(code="US")
    ida = factories.person("administrator", entity, display_name="Ida Moor")
    mailbox = mailboxes.add(
        entity=entity, address="help@us.example", imap_host="imap.example", by=factories.TESTER
    )
    client = signed_in(ada)
    shown = text(client.get("/management/"))
    assert "Set up by tests (command), " in shown
    assert "last changed by" not in shown
    mailboxes.change(mailbox=mailbox, imap_port=1993, by=factories.actor(ida))
    watching.note(mailbox=mailbox, cause="tls", told="expired", by=factories.TESTER)
    with queries.asked() as asked:
        shown = text(client.get("/management/"))
    assert "; last changed by Ida Moor, " in shown
    assert len(asked) <= 15


def test_mailboxes_and_replies_are_those_the_person_may_see(ada: User) -> None:
    for code in ("US", "DE"):
        entity = Entity.objects.filter(code=code).first() or factories.entity(code=code)
        mailbox = mailboxes.add(
            entity=entity, address=f"help@{code.lower()}.example", imap_host="imap.example",
            by=factories.TESTER,
        )  # fmt: skip
        watching.note(mailbox=mailbox, cause="tls", told="expired", by=factories.TESTER)
        person = factories.person("agent", entity)
        customer = factories.customer(entity=entity, email=f"ana@{code.lower()}.example")
        opened = factories.support_request(entity=entity, customer=customer)
        services.reply(support_request=opened, body="Hello", by=factories.actor(person))
    for mail in OutboundMail.objects.all():
        sending.note_fault(mail, sending.Fault("550", is_final=True), factories.TESTER)
    response = signed_in(ada).get("/management/")
    shown = text(response)
    assert "1 of 1 cannot be fetched: help@us.example (the connection is not safe)." in shown
    assert "help@de.example" not in shown
    assert "1 not mailed, 0 came back." in shown
    assert 'href="/mail/undelivered/"' in response.content.decode()
    listed = signed_in(ada).get("/mail/undelivered/").content.decode()
    assert listed.count("/requests/US-R-") == 1
    assert post.undelivered_by_state() == {"failed": 2, "returned": 0}


def test_looking_changes_nothing(ada: User) -> None:
    client = signed_in(ada)
    before = Event.objects.count()
    client.get("/management/")
    assert Event.objects.count() == before


def test_the_page_asks_little_of_the_database(
    ada: User, django_assert_max_num_queries: object
) -> None:
    failed_job()
    client = signed_in(ada)
    # Two of them are the savepoint of the test's own transaction, one is of the failed job.
    with django_assert_max_num_queries(17 + 2 + 1):  # type: ignore[operator]
        shown = client.get("/management/")
    assert value_of(shown, f"job-{ProcrastinateJob.objects.latest('id').pk}-reason") == ""
