"""What must never be false is a constraint of the database: each refuses a bad row by its name,
also one that no form and no service has seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models
from django.utils import timezone

from audit.recording import recording
from requests_app.models import (
    Approval,
    Attachment,
    Customer,
    CustomerAddress,
    DueNotice,
    Entity,
    InboundMail,
    Mailbox,
    MailboxFetch,
    Message,
    NumberSeries,
    OutboundMail,
    RawIntake,
    RoleGrant,
    Rule,
    SavedView,
    ServiceLevel,
    SupportRequest,
    User,
    WorkCalendar,
)
from tests import factories
from tests.requests_app import test_policy_constraints

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Rows:
    """What a row may refer to."""

    entity: Entity
    person: User
    request: SupportRequest


@pytest.fixture
def rows() -> Rows:
    entity = factories.entity()
    return Rows(entity, factories.person(), factories.support_request(entity=entity))


Make = Callable[..., models.Model]


def request(rows: Rows, **values: Any) -> models.Model:
    return SupportRequest.objects.create(
        entity=rows.entity, number=f"{rows.request.number}-2", channel="mail", subject="x", **values
    )


def attachment(rows: Rows, *, size: int = 1, sha256: str = "0" * 64) -> models.Model:
    return Attachment.objects.create(
        support_request=rows.request, author_label="x", name="x", content_type="text/plain",
        size=size, sha256=sha256, storage_key=f"key {size} {sha256}", verdict="not_scanned",
    )  # fmt: skip


def imported_twice(rows: Rows, *, source_number: str) -> models.Model:
    common = {"entity": rows.entity, "channel": "import", "subject": "x", "source": "log"}
    for number in ("first", "second"):
        made = SupportRequest.objects.create(number=number, source_number=source_number, **common)
    return made


def intake(rows: Rows, **values: Any) -> models.Model:
    made = RawIntake.of(b"what was delivered", "text/plain", rows.entity)
    for name, value in values.items():
        setattr(made, name, value)
    made.save()
    return made


def grant(rows: Rows, **values: Any) -> models.Model:
    return RoleGrant.objects.create(
        person=rows.person, entity=rows.entity, role="agent", starts_on=date(2026, 3, 2), **values
    )


def approval(rows: Rows, *, by: bool = False, at: bool = False, decision: str) -> models.Model:
    return Approval.objects.create(
        entity=rows.entity, support_request=rows.request, required_role="lead", amount=5,
        currency="USD", content_hash="0" * 64, decision=decision,
        approver=rows.person if by else None, decided_at=timezone.now() if at else None,
    )  # fmt: skip


def series(rows: Rows, *, years: tuple[int, ...]) -> models.Model:
    for year in years:
        made = NumberSeries.objects.create(entity=rows.entity, series="Z", year=year)
    return made


def merged_into_itself(rows: Rows) -> models.Model:
    made = Customer.objects.create(entity=rows.entity, name="x")
    made.merged_into = made
    made.save()
    return made


def addresses(rows: Rows, *, values: tuple[str, ...]) -> models.Model:
    customer = Customer.objects.create(entity=rows.entity, name="x")
    for value in values:
        made = CustomerAddress.objects.create(
            entity=rows.entity, customer=customer, kind="email", value=value
        )
    return made


def calendars(rows: Rows, *, in_use: tuple[bool, ...]) -> models.Model:
    for is_active in in_use:
        made = WorkCalendar.objects.create(
            entity=rows.entity, name="x", time_zone="UTC", is_active=is_active
        )
    return made


def levels(rows: Rows, *, minutes: tuple[int, int, int] = (1, 1, 0), **values: Any) -> models.Model:
    first, most, warning = minutes
    for priority in values.get("priorities", ("high",)):
        made = ServiceLevel.objects.create(
            entity=rows.entity, priority=priority, first_response_minutes=first,
            resolution_minutes=most, warn_minutes=warning,
        )  # fmt: skip
    return made


def notices(rows: Rows, *, kinds: tuple[str, ...]) -> models.Model:
    due_at = timezone.now()
    for kind in kinds:
        made = DueNotice.objects.create(support_request=rows.request, kind=kind, due_at=due_at)
    return made


def rules(
    rows: Rows, *, categories: tuple[str, ...] = ("",), kind: str = "close_after_silence",
    days: int | None = 7, has_assignee: bool = False,
) -> models.Model:  # fmt: skip
    for category in categories:
        made = Rule.objects.create(
            entity=rows.entity, kind=kind, name="x", category=category, days=days,
            assignee=rows.person if has_assignee else None,
        )  # fmt: skip
    return made


def mailboxes(rows: Rows, *, addresses: tuple[str, ...]) -> models.Model:
    for address in addresses:
        made = Mailbox.objects.create(entity=rows.entity, address=address)
    return made


def received(rows: Rows, *, fingerprints: tuple[str, ...], **values: Any) -> models.Model:
    mailbox = mailboxes(rows, addresses=("a@x.example",))
    for fingerprint in fingerprints:
        made = InboundMail.objects.create(
            entity=rows.entity, mailbox=mailbox, intake=intake(rows), outcome="set_aside",
            fingerprint=fingerprint, received_at=timezone.now(), **values,
        )  # fmt: skip
    return made


def dismissed_on_request(rows: Rows) -> models.Model:
    return received(
        rows, fingerprints=("1",), support_request=rows.request, dismissed_at=timezone.now()
    )


def fetched(rows: Rows, **values: Any) -> models.Model:
    mailbox = mailboxes(rows, addresses=("a@x.example",))
    return MailboxFetch.objects.create(mailbox=mailbox, **values)


def mailed(
    rows: Rows, *, state: str, waits: bool = False, left: bool = False, is_dismissed: bool = False
) -> models.Model:
    message = Message.objects.create(
        support_request=rows.request, kind="reply", author_label="x", body="x"
    )
    return OutboundMail.objects.create(
        entity=rows.entity, support_request=rows.request, message=message, header_id="<1@x>",
        mailbox=mailboxes(rows, addresses=("a@x.example",)), original=intake(rows), state=state,
        next_attempt_at=timezone.now() if waits else None,
        sent_at=timezone.now() if left else None,
        dismissed_at=timezone.now() if is_dismissed else None,
    )  # fmt: skip


def views(rows: Rows, *, names: tuple[str, ...], **values: Any) -> models.Model:
    for name in names:
        made = SavedView.objects.create(owner=rows.person, page="requests", name=name, **values)
    return made


def people(rows: Rows, **values: str) -> models.Model:
    common = {"display_name": "x", "email": "ana@x.example", "username": "ana"}
    User.objects.create(**common)
    return User.objects.create(**common | values)


BAD: list[tuple[str, Make, dict[str, Any]]] = [
    ("claimed_amount_is_positive", request, {"claimed_amount": 0, "claimed_currency": "USD"}),
    ("claimed_amount_is_positive", request, {"claimed_amount": -1, "claimed_currency": "USD"}),
    ("claimed_amount_has_currency", request, {"claimed_amount": 5}),
    ("support_request_once_per_source", imported_twice, {"source_number": "INC1"}),
    ("raw_intake_hash_is_of_its_content", intake, {"sha256": "0" * 64}),
    ("raw_intake_hash_is_of_its_content", intake, {"content": b"what was delivered."}),
    ("attachment_is_not_empty", attachment, {"size": 0}),
    ("attachment_has_a_hash", attachment, {"sha256": "A" * 64}),
    ("role_grant_ends_after_start", grant, {"ends_on": date(2026, 3, 1)}),
    ("approval_decided_has_person_and_time", approval, {"decision": "approved"}),
    ("approval_decided_has_person_and_time", approval, {"decision": "rejected", "by": True}),
    ("approval_decided_has_person_and_time", approval, {"decision": "returned", "at": True}),
    ("approval_decided_has_person_and_time", approval, {"decision": "pending", "by": True}),
    ("approval_decided_has_person_and_time", approval, {"decision": "pending", "at": True}),
    ("number_series_once_per_year", series, {"years": (2026, 2026)}),
    ("customer_is_not_merged_into_itself", merged_into_itself, {}),
    ("customer_address_in_use_once", addresses, {"values": ("a@x.example", "A@x.example")}),
    ("customer_address_is_not_empty", addresses, {"values": ("",)}),
    ("one_calendar_in_use", calendars, {"in_use": (True, True)}),
    ("one_service_level_in_use_per_priority", levels, {"priorities": ("high", "high")}),
    ("service_level_answers_before_it_ends", levels, {"minutes": (0, 1, 0)}),
    ("service_level_answers_before_it_ends", levels, {"minutes": (2, 1, 0)}),
    ("service_level_answers_before_it_ends", levels, {"minutes": (1, 1, 1)}),
    ("one_notice_per_due_date", notices, {"kinds": ("due_soon", "due_soon")}),
    ("one_rule_in_use_per_category", rules, {
        "kind": "assign_by_category", "has_assignee": True, "days": None,
        "categories": ("Billing", "billing"),
    }),
    ("rule_says_what_it_does", rules, {"days": 0}),
    ("rule_says_what_it_does", rules, {"days": None}),
    ("rule_says_what_it_does", rules, {"has_assignee": True}),
    ("rule_says_what_it_does", rules, {"kind": "assign_by_category", "days": None,
                                       "has_assignee": True}),
    ("rule_says_what_it_does", rules, {"kind": "assign_by_category", "days": None,
                                       "categories": ("Billing",)}),
    ("rule_says_what_it_does", rules, {"kind": "assign_by_category", "has_assignee": True,
                                       "categories": ("Billing",)}),
    ("mailbox_once_per_address", mailboxes, {"addresses": ("a@x.example", "A@x.example")}),
    ("inbound_mail_once_per_entity", received, {"fingerprints": ("1", "1")}),
    ("outbound_mail_sent_has_time", mailed, {"state": "sent"}),
    ("outbound_mail_sent_has_time", mailed, {"state": "returned"}),
    ("outbound_mail_dismissed_did_not_arrive", mailed,
     {"state": "queued", "waits": True, "is_dismissed": True}),
    ("inbound_mail_dismissed_is_on_no_request", dismissed_on_request, {}),
    ("mailbox_fetch_fails_for_a_cause", fetched, {"cause": "tls"}),
    ("mailbox_fetch_fails_for_a_cause", fetched, {"failing_since": timezone.now()}),
    ("outbound_mail_waits_for_a_moment", mailed, {"state": "queued"}),
    ("outbound_mail_waits_for_a_moment", mailed, {"state": "failed", "waits": True}),
    ("saved_view_name_once_per_owner", views, {"names": ("Mine", "mine")}),
    ("person_username_in_any_case", people, {"username": "Ana", "email": ""}),
    ("person_email_is_one_persons", people, {"username": "ben", "email": "Ana@x.example"}),
]  # fmt: skip
GOOD: list[tuple[Make, dict[str, Any]]] = [
    (attachment, {}),
    (request, {"claimed_amount": "0.0001", "claimed_currency": "USD"}),
    (request, {}),
    (imported_twice, {"source_number": ""}),
    (intake, {}),
    (grant, {"ends_on": date(2026, 3, 2)}),
    (grant, {}),
    (approval, {"decision": "pending"}),
    (approval, {"decision": "approved", "by": True, "at": True}),
    (series, {"years": (2026, 2027)}),
    (addresses, {"values": ("a@x.example", "b@x.example")}),
    (calendars, {"in_use": (True, False, False)}),
    (levels, {"priorities": ("high", "low"), "minutes": (1, 1, 0)}),
    (notices, {"kinds": ("due_soon", "due_breached")}),
    (rules, {"days": 1}),
    (rules, {"kind": "assign_by_category", "has_assignee": True, "days": None,
             "categories": ("Billing", "Transport")}),
    (mailboxes, {"addresses": ("a@x.example", "b@x.example")}),
    (received, {"fingerprints": ("1", "2")}),
    (mailed, {"state": "queued", "waits": True}),
    (mailed, {"state": "failed"}),
    (mailed, {"state": "failed", "is_dismissed": True}),
    (received, {"fingerprints": ("1",), "dismissed_at": timezone.now()}),
    (fetched, {"cause": "tls", "failing_since": timezone.now()}),
    (mailed, {"state": "returned", "left": True}),
    (views, {"names": ("Mine", "Yours")}),
    (views, {"names": ("Mine", "Mine"), "is_ended": True}),
    (people, {"username": "ben", "email": "ben@x.example"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "values"), BAD)
def test_a_bad_row_is_refused_by_the_constraint_of_this_name(
    name: str, make: Make, values: dict[str, Any], rows: Rows
) -> None:
    with (
        pytest.raises(IntegrityError, match=name),
        recording("request.updated", by=factories.TESTER),
    ):
        make(rows, **values)


@pytest.mark.parametrize(("make", "values"), GOOD)
def test_a_row_at_the_edge_of_what_is_right_is_accepted(
    make: Make, values: dict[str, Any], rows: Rows
) -> None:
    with recording("request.updated", by=factories.TESTER):
        assert make(rows, **values).pk


def test_every_constraint_of_these_models_is_tried() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("requests_app").get_models()
        for constraint in model._meta.constraints
    }
    assert named == {name for name, *_ in (*BAD, *test_policy_constraints.BAD)}
