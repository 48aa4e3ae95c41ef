"""The bypass matrix on the product's own tables: what is true of the models made for tests is true
of requests, people, approvals and money."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat

from audit import triggers
from audit.actors import Actor
from audit.recording import recording
from audit.triggers import Pair
from requests_app.models import SupportRequest
from tests import factories
from tests.audit import sessions, ways
from tests.audit.desk import new_desk
from tests.audit.ways import run
from tests.audit.witness import outcome
from tests.world import marked

KIND = "request.updated"
LIVE = "requests_app_supportrequest"
Way = Callable[[SupportRequest], object]


def save(request: SupportRequest) -> None:
    request.subject = "saved"
    request.save()


def save_of_some_fields_with_others_dirty(request: SupportRequest) -> None:
    request.status = "closed"
    request.subject = "saved"
    request.save(update_fields=["subject"])


def create(request: SupportRequest) -> None:
    SupportRequest.objects.create(
        entity=request.entity, number=f"{request.number}-C", channel="mail", subject="created"
    )


def update(request: SupportRequest) -> None:
    SupportRequest.objects.filter(pk=request.pk).update(
        subject=Concat(F("subject"), Value(" and updated"))
    )


def bulk_update(request: SupportRequest) -> None:
    request.subject = "in bulk"
    SupportRequest.objects.bulk_update([request], ["subject"])


def upsert(request: SupportRequest) -> None:
    common = {"entity": request.entity, "channel": "mail", "subject": "upserted"}
    SupportRequest.objects.bulk_create(
        [
            SupportRequest(number=request.number, **common),
            SupportRequest(number=f"{request.number}-U", **common),
        ],
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["subject"],
    )


def raw_update(request: SupportRequest) -> None:
    run(f"UPDATE {LIVE} SET claimed_amount = 5, claimed_currency = 'USD' WHERE id = %s", request.pk)


def copy_from(request: SupportRequest) -> None:
    ways.open_before_copy()
    row = {
        "entity_id": request.entity_id, "number": f"{request.number}-P", "source": "",
        "source_number": "", "channel": "mail", "subject": "copied", "description": "",
        "status": "new", "priority": "normal", "category": "", "invoice_reference": "",
        "claimed_currency": "", "received_at": request.received_at, "resolution": "",
        "resolution_note": "", "custom": "{}",
    }  # fmt: skip
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {LIVE} ({', '.join(row)}) FROM STDIN") as copy,
    ):
        copy.write_row(tuple(row.values()))


def merge(request: SupportRequest) -> None:
    run(
        f"MERGE INTO {LIVE} AS r USING (SELECT %s::bigint AS id) AS source ON r.id = source.id"
        " WHEN MATCHED THEN UPDATE SET subject = 'merged'",
        request.pk,
    )


WAYS: tuple[Way, ...] = (
    save, save_of_some_fields_with_others_dirty, create, update, bulk_update, upsert, raw_update,
    copy_from, merge,
)  # fmt: skip
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)

# What an UPDATE may change in each table, and what it changes where no update is allowed at all.
CHANGES = {
    "requests_app_user": "display_name = display_name || '!'",
    "requests_app_entity": "name = name || '!'",
    "requests_app_customer": "name = name || '!'",
    "requests_app_rolegrant": "role = CASE role WHEN 'lead' THEN 'agent' ELSE 'lead' END",
    "requests_app_rawintake": "media_type = media_type || '!'",
    LIVE: "subject = subject || '!'",
    "requests_app_message": "body = body || '!'",
    "requests_app_attachment": "size = size + 1",
    "requests_app_approval": "amount = amount + 1",
    "requests_app_importrun": "rows = rows + 1",
    "requests_app_customeraddress": "value = value || '!'",
    "requests_app_workcalendar": "name = name || '!'",
    "requests_app_servicelevel": "warn_minutes = warn_minutes + 1",
    "requests_app_rule": "name = name || '!'",
    "requests_app_duenotice": "due_at = due_at + interval '1 minute'",
    "requests_app_mailbox": "display_name = display_name || '!'",
    "requests_app_inboundmail": "remark = remark || '!'",
    "requests_app_outboundmail": "error = error || '!'",
    "requests_app_savedview": "name = name || '!'",
    "audit_trailexport": "query = query || '!'",
    "finance_financialadjustment": "amount = amount + 1",
    "finance_account": "name = name || '!'",
    "finance_costcentre": "name = name || '!'",
    "finance_taxcode": "name = name || '!'",
    "finance_period": "year = year - 1",
    "finance_exchangerate": "rate = rate + 1",
    "finance_journalentry": "text = text || '!'",
    "finance_journalline": "project = project || '!'",
    "finance_invoice": "status = CASE status WHEN 'issued' THEN 'disputed' ELSE 'issued' END",
    "finance_invoiceline": "project = project || '!'",
    "finance_invoicepayment": "reference = reference || '!'",
    "requests_app_approvalpolicy": "edits = edits + 1",
    "requests_app_policyrule": "name = name || '!'",
    "requests_app_policystep": "hours = coalesce(hours, 1) + 1",
    "requests_app_approvallimit": "ends_on = starts_on + 1",
    "requests_app_delegation": "revoked_at = now(), revoked_by_id = created_by_id",
    "finance_invoiceimport": "name = name || '!'",
}
PRODUCT = [pair for pair in triggers.pairs() if not pair.live.startswith("recorder_models_")]
each_table = pytest.mark.parametrize("pair", PRODUCT, ids=lambda pair: pair.live)


@pytest.fixture
def request_row(committed: str) -> SupportRequest:
    return factories.support_request(subject="as it was")


@pytest.fixture(scope="module")
def one_of_each(committed: str) -> None:
    """A row in every versioned table of the product."""
    new_desk()
    marked("BY", "Bypassed")


@each_way
def test_a_write_to_a_request_inside_a_recording_is_recorded_with_its_actor(
    way: Way, request_row: SupportRequest, ana: Actor
) -> None:
    def act() -> None:
        with recording(KIND, by=ana, subject=request_row, reason="so it shall be"):
            way(request_row)

    found = outcome(act)

    assert found.is_recorded(by=ana)
    assert {change.table for change in found.changes} == {LIVE}
    assert {event["reason"] for event in found.events} == {"so it shall be"}


@each_way
def test_the_same_write_to_a_request_without_a_recording_is_refused(
    way: Way, request_row: SupportRequest
) -> None:
    assert outcome(lambda: way(request_row)).is_refused()


def rename_in(session: psycopg.Connection, request: SupportRequest) -> None:
    session.execute(f"UPDATE {LIVE} SET subject = 'elsewhere' WHERE id = %s", [request.pk])


def test_a_session_of_the_application_without_an_event_is_refused(
    request_row: SupportRequest,
) -> None:
    def act() -> None:
        with sessions.open("app", application_name="casetrail") as session:
            rename_in(session, request_row)

    assert outcome(act).is_refused()


def test_another_session_is_not_inside_the_recording_of_this_one(
    request_row: SupportRequest, ana: Actor
) -> None:
    def act() -> None:
        with (
            recording(KIND, by=ana),
            sessions.open("app", application_name="casetrail") as session,
        ):
            rename_in(session, request_row)

    assert outcome(act).is_refused()


def test_a_session_of_the_application_that_opens_an_event_is_recorded_under_it(
    request_row: SupportRequest, ana: Actor
) -> None:
    def act() -> None:
        with sessions.open("app", application_name="casetrail") as session:
            session.execute(
                "SELECT audit_open(%s, %s, actor_kind => 'user', actor_id => %s)",
                [KIND, ana.label, ana.id],
            )
            rename_in(session, request_row)

    assert outcome(act).is_recorded(by=ana)


def test_every_table_of_the_product_is_tried() -> None:
    assert {pair.live for pair in PRODUCT} == set(CHANGES)


@each_table
@pytest.mark.usefixtures("one_of_each")
def test_an_update_of_any_table_is_recorded_or_not_allowed_at_all(pair: Pair, ana: Actor) -> None:
    def act() -> None:
        with recording(KIND, by=ana):
            run(f"UPDATE {pair.live} SET {CHANGES[pair.live]}")

    found = outcome(act)

    if "update" in pair.allow:
        assert found.is_recorded(by=ana)
    else:
        assert found.is_refused()
        assert "permission denied" in str(found.error)


@each_table
@pytest.mark.usefixtures("one_of_each")
def test_an_update_of_any_table_without_a_recording_is_refused(pair: Pair) -> None:
    assert outcome(lambda: run(f"UPDATE {pair.live} SET {CHANGES[pair.live]}")).is_refused()
