"""The export is exactly the filtered list, harmless in a spreadsheet, and on record."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from audit.recording import recording
from requests_app import exports, services
from requests_app.models import Entity, User
from tests import factories
from tests.pages import body, signed_in

pytestmark = pytest.mark.django_db

EXPORT = "/requests/export.csv"


def rows(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response).decode(), newline="")))


def test_all_pages_of_the_filter_are_exported_and_nothing_else(entity: Entity, agent: User) -> None:
    wanted = [factories.support_request(entity=entity, channel="phone") for _ in range(52)]
    factories.support_request(entity=entity, channel="mail")
    factories.support_request(channel="phone")
    exported = rows(signed_in(agent).get(f"{EXPORT}?channel=phone"))
    assert [row["number"] for row in exported] == [opened.number for opened in wanted][::-1]


def test_codes_words_amounts_and_moments_are_exact(entity: Entity, agent: User) -> None:
    opened = factories.support_request(
        entity=entity, subject='A "quoted", subject\nin Zürich 😀',
        claimed_amount=Decimal("7.5"), claimed_currency="KWD",
    )  # fmt: skip
    [row] = rows(signed_in(agent).get(EXPORT))
    assert row["subject"] == opened.subject
    assert (row["status"], row["status_label"]) == ("new", "New")
    assert (row["claimed_amount"], row["claimed_currency"]) == ("7.500", "KWD")
    assert row["received_at"] == f"{opened.received_at:%Y-%m-%dT%H:%M:%S.%fZ}"


def test_promised_dates_come_along_and_what_never_was_is_empty(entity: Entity, agent: User) -> None:
    due_at = datetime(2027, 1, 18, 10, tzinfo=UTC)
    services.change_due_date(
        support_request=factories.support_request(entity=entity), due_at=due_at,
        by=factories.actor(agent), reason="Agreed",
    )  # fmt: skip
    [row] = rows(signed_in(agent).get(EXPORT))
    assert row["due_at"] == "2027-01-18T10:00:00.000000Z"
    assert [row["first_response_due_at"], row["first_responded_at"], row["ended_at"]] == [""] * 3


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "\uff1d1", "=cmd|' /C calc'!A0"]
)
def test_what_a_spreadsheet_would_run_is_made_plain_text(
    evil: str, entity: Entity, agent: User
) -> None:
    factories.support_request(entity=entity, subject=evil)
    [row] = rows(signed_in(agent).get(EXPORT))
    assert row["subject"] == f"'{evil}"


# Columns whose text people or another system write, and where it stands in the database.
WRITTEN = {
    "source": ("request", "source"),
    "source_number": ("request", "source_number"),
    "subject": ("request", "subject"),
    "category": ("request", "category"),
    "contact_name": ("request", "contact_name"),
    "contact_address": ("request", "contact_address"),
    "invoice_reference": ("request", "invoice_reference"),
    "contract_reference": ("request", "contract_reference"),
    "customer": ("customer", "name"),
    "assignee": ("person", "display_name"),
}
# Keys, codes of a list, amounts and moments: what stands there is ours alone.
OURS = {
    "id", "number", "entity", "status", "status_label", "priority", "channel", "customer_id",
    "assignee_id", "claimed_amount", "claimed_currency", "received_at",
    "first_response_due_at", "first_responded_at", "due_at", "ended_at", "requested_remedy",
    "resolution", "root_cause", "customer_confirmation",
}  # fmt: skip


def test_every_column_is_known_as_text_of_others_or_as_ours() -> None:
    assert set(exports.COLUMNS) == WRITTEN.keys() | OURS
    assert not WRITTEN.keys() & OURS


def write_everywhere(text: str, entity: Entity) -> None:
    """One request with the text in every column that takes any."""
    customer, person = factories.customer(entity=entity), factories.person()
    support_request = factories.support_request(entity=entity, customer=customer)
    support_request.assignee = person
    rows = {"request": support_request, "customer": customer, "person": person}
    with recording("record.changed", by=factories.TESTER, subject=support_request):
        for row, field in WRITTEN.values():
            setattr(rows[row], field, text)
        for row in rows.values():
            row.save()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  ="])
def test_a_formula_is_made_plain_text_in_every_column_that_takes_text(
    start: str, entity: Entity, agent: User
) -> None:
    write_everywhere(f"{start}1+1", entity)
    [row] = rows(signed_in(agent).get(EXPORT))
    assert {name: row[name] for name in WRITTEN} == dict.fromkeys(WRITTEN, f"'{start}1+1")


def test_text_that_is_no_formula_stays_as_it_is_in_every_column(
    entity: Entity, agent: User
) -> None:
    write_everywhere("7 - 2 = 5 @ home", entity)
    [row] = rows(signed_in(agent).get(EXPORT))
    assert {name: row[name] for name in WRITTEN} == dict.fromkeys(WRITTEN, "7 - 2 = 5 @ home")


def test_the_export_is_on_record_with_its_filter_and_the_hash_of_the_file(
    entity: Entity, agent: User
) -> None:
    factories.support_request(entity=entity, channel="phone")
    file = body(signed_in(agent).get(f"{EXPORT}?channel=phone"))
    event = Event.objects.get(kind="request.list_exported")
    assert event.detail["filter"] == {"channel": "phone"}
    assert event.detail["rows"] == 1
    assert event.detail["columns"] == list(exports.COLUMNS)
    assert event.detail["file_sha256"] == hashlib.sha256(file).hexdigest()


def test_the_export_is_utf_8_and_has_a_mark_only_for_excel(entity: Entity, agent: User) -> None:
    client = signed_in(agent)
    plain, marked = client.get(EXPORT), client.get(f"{EXPORT}?for=excel")
    assert plain.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert body(plain).startswith(b"id,number,")
    assert body(marked).startswith(b"\xef\xbb\xbfid,number,")


def test_an_unclear_filter_exports_nothing(entity: Entity, agent: User) -> None:
    response = signed_in(agent).get(f"{EXPORT}?status=bogus")
    assert response.headers["Location"] == "/requests/?status=bogus"
    assert not Event.objects.filter(kind="request.list_exported").exists()
