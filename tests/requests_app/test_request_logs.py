"""The named logs of a request: what each holds, as a page and as a file, and who may take it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from audit import actors
from audit.models import Event
from audit.recording import recording
from finance.models import FinancialAdjustment
from requests_app import logs, services
from requests_app.mail import mailboxes, receiving
from requests_app.models import Approval, Entity, SupportRequest, User
from tests import factories
from tests.mail.letters import letter_with_file
from tests.markup import main_of
from tests.pages import address, body, signed_in, text

pytestmark = pytest.mark.django_db

NAMES = ("creation", "actions", "approvals", "adjustments", "closure")


@pytest.fixture
def opened(entity: Entity) -> SupportRequest:
    return factories.support_request(
        entity=entity, subject="Wet linen", claimed_amount=Decimal(25000), claimed_currency="USD",
        invoice_reference="INV-7",
    )  # fmt: skip


@pytest.fixture
def auditor(entity: Entity) -> User:
    return factories.person("auditor", entity)


@pytest.fixture
def ended_twice(opened: SupportRequest, agent: User) -> SupportRequest:
    by = factories.actor(agent)
    services.take(support_request=opened, by=by)
    services.resolve(support_request=opened, resolution="refunded", note="Paid back", by=by)
    services.close(support_request=opened, by=by, reason="Nothing more came")
    services.reopen(support_request=opened, by=by, reason="The card was closed")
    services.resolve(support_request=opened, resolution="credited", note="A credit note", by=by)
    return opened


def records(client: Client, support_request: SupportRequest, name: str) -> list[dict[str, str]]:
    content = body(client.get(f"{address(support_request)}{name}.csv")).decode()
    return list(csv.DictReader(io.StringIO(content)))


def cells(rows: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_there_are_five_and_each_page_leads_to_the_others(
    opened: SupportRequest, auditor: User
) -> None:
    assert tuple(log.name for log in logs.all_of()) == NAMES == logs.ORDER
    client = signed_in(auditor)
    for name in ("", *(f"{name}/" for name in NAMES)):
        html = client.get(f"{address(opened)}{name}").content.decode()
        for other in NAMES:
            assert f'href="{address(opened)}{other}/"' in html


def test_the_creation_log_holds_what_was_recorded_first_beside_what_it_says_now(
    opened: SupportRequest, auditor: User, agent: User
) -> None:
    services.take(support_request=opened, by=factories.actor(agent))
    services.change_priority(support_request=opened, priority="high", by=factories.actor(agent))
    rows = {row["field"]: row for row in records(signed_in(auditor), opened, "creation")}
    first = Event.objects.of_support_request(opened.pk).first()
    assert first is not None
    facts = {
        "event": first.public_id, "number": opened.number, "subject": "Wet linen",
        "claimed_amount": "USD 25,000.00", "invoice_reference": "INV-7", "channel": "Mail",
        "actor": "tests", "requests_app.rawintake.size": "14",
        "requests_app.rawintake.sha256": hashlib.sha256(b"What happened.").hexdigest(),
    }  # fmt: skip
    assert {key: rows[key]["recorded"] for key in facts} == facts
    assert {key: row["now"] for key, row in rows.items() if row["now"]} == {
        "priority": "High", "status": "In progress", "assignee_id": "Ana Reyes",
    }  # fmt: skip
    assert rows["assignee_id"]["recorded"] == "not set"


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FACTS = ("name", "sha256", "size", "content_type", "claimed_type")


def files_of(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """What the creation log says of each file, in the order in which they stand there."""
    told = {
        fact: [row["recorded"] for row in rows if row["field"] == f"requests_app.attachment.{fact}"]
        for fact in FACTS
    }
    return list(zip(*told.values(), strict=True))


def facts_of(name: str, content: bytes, found: str, claimed: str) -> tuple[str, ...]:
    return (name, hashlib.sha256(content).hexdigest(), str(len(content)), found, claimed)


def test_the_creation_log_holds_the_files_of_the_mail_that_opened_it_and_none_that_came_later(
    entity: Entity, auditor: User
) -> None:
    mailbox = mailboxes.add(entity=entity, address="support@us.example", by=factories.TESTER)
    mail = receiving.receive(
        raw=letter_with_file("receipt.pdf", PDF), mailbox=mailbox, by=actors.job("fetch", 1)
    )
    opened = mail.support_request
    assert opened is not None
    services.attach(support_request=opened, name="later.txt", content=b"later", by=factories.TESTER)
    rows = records(signed_in(auditor), opened, "creation")
    assert files_of(rows) == [facts_of("receipt.pdf", PDF, "application/pdf", "application/pdf")]
    event = Event.objects.filter(kind="request.file_attached").earliest("pk")
    assert ("requests_app.attachment.event", event.public_id) in cells(rows, "field", "recorded")
    shown = text(signed_in(auditor).get(f"{address(opened)}creation/"))
    assert hashlib.sha256(PDF).hexdigest() in shown
    assert "File 1, SHA-256" in shown


def test_the_creation_log_holds_the_files_that_were_put_into_the_form_of_a_new_request(
    entity: Entity, agent: User, auditor: User
) -> None:
    typed = {
        "entity": "US", "channel": "phone", "subject": "Wet linen", "priority": "normal",
        "description": "Four cartons were wet.",
        "files": [
            SimpleUploadedFile("receipt.pdf", PDF, content_type="image/png"),
            SimpleUploadedFile("list.txt", b"four", content_type="text/plain"),
        ],
    }  # fmt: skip
    assert signed_in(agent).post("/requests/new/", typed).status_code == 302
    opened = SupportRequest.objects.get()
    rows = records(signed_in(auditor), opened, "creation")
    assert files_of(rows) == [
        facts_of("receipt.pdf", PDF, "application/pdf", "image/png"),
        facts_of("list.txt", b"four", "text/plain", "text/plain"),
    ]
    assert Event.objects.of_support_request(opened.pk).filter(outcome="done").first() == (
        Event.objects.get(kind="request.opened")
    )
    assert not Event.objects.filter(kind="request.file_attached").exists()


def test_the_actions_log_has_one_record_for_each_event_with_its_status_and_its_length(
    ended_twice: SupportRequest, auditor: User, agent: User
) -> None:
    with pytest.raises(services.RequestRefused):
        services.take(support_request=ended_twice, by=factories.actor(auditor))
    rows = records(signed_in(auditor), ended_twice, "actions")
    events = Event.objects.of_support_request(ended_twice.pk).exclude(kind="request.log_exported")
    assert cells(rows, "event", "kind") == [(str(e.pk), e.kind) for e in events]
    assert cells(rows, "from_status", "to_status") == [
        ("", "New"), ("New", "In progress"), ("In progress", "Resolved"), ("Resolved", "Closed"),
        ("Closed", "In progress"), ("In progress", "Resolved"), ("", ""),
    ]  # fmt: skip
    assert rows[-1]["outcome"] == "denied"
    assert "needs the role agent or lead there" in rows[-1]["refusal"]
    assert all(row["status_lasted_seconds"].isdigit() for row in rows[1:-1])
    assert cells(rows[4:5], "reason", "actor", "role") == [
        ("The card was closed", "Ana Reyes", "Agent")
    ]


def test_the_closure_log_keeps_each_ending_and_what_a_reopening_undid(
    ended_twice: SupportRequest, auditor: User
) -> None:
    rows = records(signed_in(auditor), ended_twice, "closure")
    assert cells(rows, "what", "resolution", "note", "reason") == [
        ("Resolved", "Refunded", "Paid back", ""),
        ("Closed", "Refunded", "Paid back", "Nothing more came"),
        ("Reopened", "", "", "The card was closed"),
        ("Resolved", "Credited", "A credit note", ""),
    ]
    assert [row["earlier"] for row in rows] == ["", rows[0]["event"], rows[1]["event"], ""]


def test_an_ending_that_an_import_brought_is_in_the_closure_log_too(
    opened: SupportRequest, auditor: User
) -> None:
    with recording("request.updated", by=factories.TESTER, subject=opened):
        opened.status = "closed"
        opened.save()
    assert cells(records(signed_in(auditor), opened, "closure"), "what", "from_status") == [
        ("Closed", "New")
    ]


def test_approvals_and_adjustments_say_there_are_none_until_there_are(
    opened: SupportRequest, auditor: User, agent: User
) -> None:
    client = signed_in(auditor)
    assert "No approval was asked for" in text(client.get(f"{address(opened)}approvals/"))
    assert "No adjustment is recorded" in text(client.get(f"{address(opened)}adjustments/"))
    common = {"entity": opened.entity, "support_request": opened, "currency": "USD"}
    with recording("record.created", by=factories.TESTER, subject=opened) as event:
        approval = Approval.objects.create(
            required_role="lead", amount=Decimal("12.5"), content_hash="0" * 64, **common
        )
        FinancialAdjustment.objects.create(
            number="A-1", kind="refund", amount=Decimal("12.5"), reason_code="late", reason="Late",
            drafted_by=agent, payee="Harbor Light", **common,
        )  # fmt: skip
    with recording("record.changed", by=factories.actor(agent), subject=approval) as decision:
        approval.decision, approval.approver = "approved", agent
        approval.decided_at, approval.reason = timezone.now(), "Proof is complete"
        approval.save()
    [row] = records(client, opened, "approvals")
    assert cells(
        [row], "step", "required_role", "decision", "approver", "amount", "currency",
        "content_hash", "reason", "opened_event", "decided_event",
    ) == [
        ("1", "Lead", "Approved", "Ana Reyes", "12.50", "USD", "0" * 64, "Proof is complete",
         str(event.id), str(decision.id)),
    ]  # fmt: skip
    assert row["decided_at"].endswith("Z")
    [row] = records(client, opened, "adjustments")
    assert cells([row], "number", "kind", "status", "amount", "payee", "first_event") == [
        ("A-1", "Refund", "Draft", "12.50", "Harbor Light", str(event.id)),
    ]
    assert "Proof is complete" in text(client.get(f"{address(opened)}approvals/"))


@pytest.mark.parametrize("name", NAMES)
def test_page_and_file_hold_the_same_records(
    name: str, ended_twice: SupportRequest, auditor: User
) -> None:
    client = signed_in(auditor)
    client.get(address(ended_twice))
    shown = client.get(f"{address(ended_twice)}{name}/").context["rows"]
    assert len(records(client, ended_twice, name)) == len(shown)


def test_what_was_taken_away_is_on_record_with_the_hash_of_the_file(
    opened: SupportRequest, auditor: User
) -> None:
    response = signed_in(auditor).get(f"{address(opened)}actions.csv")
    event = Event.objects.get(kind="request.log_exported")
    assert (event.support_request_id, event.actor_id) == (opened.pk, str(auditor.pk))
    assert event.detail["log"] == "actions"
    assert event.detail["file_sha256"] == hashlib.sha256(body(response)).hexdigest()
    assert event.detail["rows"] == 1


def test_a_file_that_cannot_be_put_on_record_is_not_given(
    opened: SupportRequest, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(auditor)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("nothing can be recorded")

    monkeypatch.setattr("requests_app.looking.record", fail)
    assert client.get(f"{address(opened)}actions.csv").status_code == 500


@pytest.mark.parametrize("path", [f"{name}{end}" for name in NAMES for end in ("/", ".csv")])
def test_a_stranger_gets_no_log_and_the_refused_look_is_recorded(
    path: str, opened: SupportRequest
) -> None:
    stranger = signed_in(factories.person("auditor", factories.entity()))
    assert stranger.get(f"{address(opened)}{path}").status_code == 404
    assert Event.objects.filter(kind="request.view_denied").count() == 1
    assert stranger.post(f"{address(opened)}{path}").status_code == 405


def test_a_log_nobody_knows_is_not_found(opened: SupportRequest, auditor: User) -> None:
    client = signed_in(auditor)
    for path in ("billing/", "billing.csv", "actions/?after=x"):
        assert client.get(address(opened) + path).status_code == 404


def test_a_long_log_goes_on_page_by_page_and_its_file_is_whole(
    opened: SupportRequest, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.request_page.views.ROWS", 5)
    monkeypatch.setattr("requests_app.logs.actions.CHUNK", 4)
    for number in range(12):
        services.note(support_request=opened, body=str(number), by=factories.TESTER)
    client, shown, query = signed_in(auditor), [], ""
    client.get(address(opened))
    while query is not None:
        context: Mapping[str, Any] = client.get(f"{address(opened)}actions/{query}").context
        shown += [row["event"] for row in context["rows"]]
        query = f"?after={context['next']}" if context["next"] else None
    assert len(shown) == len(set(shown)) == 14
    assert [row["event"] for row in records(client, opened, "actions")] == list(map(str, shown))


@pytest.mark.parametrize("name", NAMES)
def test_a_log_says_how_many_rows_its_files_have(
    name: str, ended_twice: SupportRequest, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.request_page.views.ROWS", 2)
    client = signed_in(auditor)
    client.get(address(ended_twice))  # the look is a row as well

    shown = client.get(f"{address(ended_twice)}{name}/")
    main = main_of(shown.content.decode())
    links = {at.text: at.link() or "" for at in main.inside() if "CSV" in at.text and at.link()}
    plain = body(client.get(links["CSV of this log"]))
    excel = body(client.get(links["CSV for Excel"]))

    count = len(list(csv.reader(io.StringIO(plain.decode())))) - 1
    assert f"{count} row" in main.text
    assert excel.startswith(b"\xef\xbb\xbf")
    assert not plain.startswith(b"\xef\xbb\xbf")
    if name != "actions":  # which has the first export by the second
        assert excel.removeprefix(b"\xef\xbb\xbf") == plain


def test_no_cell_of_a_file_is_a_formula(opened: SupportRequest, auditor: User) -> None:
    services.note(support_request=opened, body="x", by=factories.TESTER)
    with recording(
        "record.changed", by=factories.TESTER, subject=opened, reason='=HYPERLINK("http://x","y")'
    ):
        opened.category = "x"
        opened.save()
    rows = records(signed_in(auditor), opened, "actions")
    assert rows[-1]["reason"].startswith("'=HYPERLINK")


def test_a_log_takes_few_queries_however_much_it_holds(
    ended_twice: SupportRequest, auditor: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(auditor)
    client.get(address(ended_twice))
    # 9 of the page; the rest is the trail's own: changes, names, what is hidden or was redacted.
    for name in NAMES:
        with django_assert_max_num_queries(9 + 9):
            client.get(f"{address(ended_twice)}{name}/")
