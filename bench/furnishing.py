"""What pages show beside requests, and make_dataset does not write: who reads the trail, approvals,
adjustments, mails, exports, refusals, saved views; and the index of changed fields."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import islice

from django.db import transaction
from django.utils import timezone

from audit import actors, exporting, fields
from audit.actors import Actor
from audit.models import TrailExport
from audit.recording import recording
from bench.report import IS_QUICK
from finance.models import FinancialAdjustment
from requests_app import looking, people, saved_views, services
from requests_app.mail import dismissing, mailboxes, receiving, sending
from requests_app.models import (
    Approval,
    Customer,
    Entity,
    InboundMail,
    OutboundMail,
    Role,
    RoleGrant,
    SupportRequest,
    User,
)

BY = actors.command("bench")
READERS = {Role.AUDITOR: "Bench Auditor", Role.ADMINISTRATOR: "Bench Administrator"}
GRANTED = 200 if IS_QUICK else 10_000
MAILS, UNDELIVERED = (60, 20) if IS_QUICK else (2_000, 500)
EXPORTS = 60  # more than their lists show
REFUSED, DOUBLES, VIEWS = 500, 20, 10
FAULT = sending.Fault("550 5.1.1 There is no such user here", is_final=True)
MAIL = (
    "From: Shop news <news{n}@shop.example>\r\nTo: {to}\r\nSubject: Offers of week {n}\r\n"
    "Message-ID: <{n}@shop.example>\r\nList-Id: <news.shop.example>\r\n\r\n"
    "You get this because you are a valued partner.\r\n"
)


def furnish() -> None:
    """Each part once, whatever an earlier run has left."""
    for role, name in READERS.items():
        if not RoleGrant.objects.filter(role=role).exists():
            hire(role, name)
    if not FinancialAdjustment.objects.exists():
        grant(worked_on()[:GRANTED])
    if not InboundMail.objects.exists():
        receive()
        fail_to_deliver(islice(worked_on().filter(status="in_progress"), UNDELIVERED))
    if not TrailExport.objects.exists():
        export()
        look_elsewhere()
        add_doubles()
        keep_views()
    index_fields()


def hire(role: Role, name: str) -> None:
    """One who has this role in every entity, and cannot sign in: they have no password."""
    username = name.lower().replace(" ", ".")
    person = people.add_person(by=BY, username=username, display_name=name)
    for entity in Entity.objects.all():
        people.grant_role(by=BY, person=person, entity=entity, role=role)


def holder(role: Role) -> User:
    return User.objects.filter(grants__role=role).order_by("pk")[0]


def worked_on() -> Iterable[SupportRequest]:
    held = SupportRequest.objects.filter(assignee__isnull=False)
    return held.select_related("entity", "assignee", "customer").order_by("-pk")


def at_desk(person: User) -> Actor:
    return actors.user(person).through("demo")


@transaction.atomic
def grant(requests: Iterable[SupportRequest]) -> None:
    """An approval that was given, and then what it allows."""
    for opened in requests:
        by, entity = at_desk(opened.assignee), opened.entity
        money = {"amount": opened.claimed_amount or Decimal(25), "currency": entity.currency}
        approval = Approval(
            entity=entity, support_request=opened, required_role=Role.LEAD, content_hash="0" * 64,
            **money,
        )  # fmt: skip
        adjustment = FinancialAdjustment(
            entity=entity, support_request=opened, number=f"{entity.code}-A-{opened.pk}",
            kind="refund", reason_code="duplicate", reason="Paid twice", drafted_by=by.person,
            **money,
        )  # fmt: skip
        for row in (approval, adjustment):
            with recording("record.created", by=by, subject=row):
                row.save()
        approval.decision, approval.approver = "approved", by.person
        approval.decided_at, adjustment.status = timezone.now(), "approved"
        for row in (approval, adjustment):
            with recording("record.changed", by=by, subject=row, reason="Proof is complete"):
                row.save()


def receive() -> None:
    """Mail that a machine wrote: it opens no request, and waits until somebody dismisses it."""
    for entity in Entity.objects.all():
        address, by = f"help@{entity.code.lower()}.example", at_desk(people.workers(entity)[0])
        mailbox = mailboxes.add(entity=entity, address=address, by=BY)
        for number in range(MAILS):
            raw = MAIL.format(n=number, to=address).encode()
            mail = receiving.receive(raw=raw, mailbox=mailbox, by=BY)
            if number % 3 == 0:
                dismissing.dismiss(mail=mail, by=by, reason="An offer that nobody asked for.")


def fail_to_deliver(requests: Iterable[SupportRequest]) -> None:
    for opened in requests:
        services.reply(
            support_request=opened, body="It is on its way.", by=at_desk(opened.assignee)
        )
        for mail in OutboundMail.objects.filter(support_request=opened, state="queued"):
            sending.note_fault(mail, FAULT, BY)


def export() -> None:
    agent, auditor = (at_desk(holder(role)) for role in (Role.AGENT, Role.AUDITOR))
    for _ in range(EXPORTS):
        exporting.ask(by=auditor, query="kind=request.resolved", zone="UTC", format="csv")
        looking.exported(agent, conditions={}, rows=1, columns=["number"], sha256="0" * 64)


def look_elsewhere() -> None:
    """At requests of another entity."""
    agent = holder(Role.AGENT)
    others = SupportRequest.objects.exclude(entity__in=people.entity_ids(agent)).order_by("pk")
    for number in others.values_list("number", flat=True)[:REFUSED]:
        looking.refused(number, at_desk(agent))


def add_doubles() -> None:
    [entity, *_] = people.entities_of(holder(Role.AGENT))
    for customer in Customer.objects.filter(entity=entity).order_by("pk")[:DOUBLES]:
        services.add_customer(entity=entity, name=customer.name, email=customer.email, by=BY)


def keep_views() -> None:
    by = at_desk(holder(Role.AGENT))
    for number in range(VIEWS):
        saved_views.keep(by=by, page="requests", name=f"Orders of {number}", query=f"q={number}")


def index_fields() -> None:
    """As the job does it every minute: the first time it only notes how far it may go."""
    fields.catch_up()
    while fields.catch_up():
        pass
