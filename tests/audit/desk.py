"""A desk with a row of everything the admin site shows, and a person of every role."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from audit.recording import recording
from finance.models import FinancialAdjustment
from requests_app import people, saved_views, services
from requests_app.mail import mailboxes, receiving
from requests_app.models import Approval, DueNotice, ImportRun, Role, SupportRequest, User
from tests import factories, promises
from tests.finance import books
from tests.mail.letters import letter
from tests.requests_app import matrix

LONG = "word " * 60 + "the end"


@dataclass(frozen=True)
class Desk:
    request: SupportRequest
    elsewhere: SupportRequest
    people: dict[str, User]


def new_desk() -> Desk:
    entity = factories.entity(code="US")
    people = {"nobody": factories.person()}
    people |= {role: factories.person(role, entity) for role in Role.values}
    customer = factories.customer(entity=entity, name="Old name")
    request = factories.support_request(entity=entity, subject="Short", customer=customer)
    agent = factories.actor(people[Role.AGENT])
    services.take(support_request=request, by=agent)
    with recording("request.updated", by=agent, subject=request, reason="It was too short"):
        request.description = LONG
        request.save()
    services.add_address(customer=customer, kind="postal", value="Quay 1", by=agent)
    others(request, people[Role.AGENT])
    return Desk(request, factories.support_request(), people)


def others(request: SupportRequest, person: User) -> None:
    """A row of every other model that the site shows."""
    mailed(request)
    services.reply(support_request=request, body="We look into it.", by=factories.actor(person))
    services.attach(
        support_request=request, name="a.txt", content=b"words", by=factories.actor(person)
    )
    saved_views.keep(
        by=factories.actor(person), page="requests", name=f"Open in {request.entity.code}",
        query="status=open", shared_with=request.entity,
    )  # fmt: skip
    promises.office(request.entity)
    promises.rule(request.entity, "close_after_silence", days=7)
    common = {"entity": request.entity, "support_request": request, "currency": "USD", "amount": 5}
    with recording("parent.changed", by=factories.TESTER, subject=request):
        DueNotice.objects.create(
            support_request=request, kind="due_soon", due_at=request.received_at
        )
        Approval.objects.create(required_role="lead", content_hash="0" * 64, **common)
        FinancialAdjustment.objects.create(
            number=f"A-{request.number}",
            kind="refund",
            reason_code="x",
            reason="y",
            drafted_by=person,
            **common,
        )
        ImportRun.objects.create(
            entity=request.entity, profile="p", profile_version="1", file_name="f", file_digest="0"
        )

    books.with_an_entry(request.entity)
    roles = ("executive", "lead", "agent")
    matrix.ids_of_powers(
        request.entity, "Its", {role: factories.person(role, request.entity) for role in roles}
    )


def mailed(request: SupportRequest) -> None:
    """A mailbox, from which replies are mailed from now on, and a mail that came to it."""
    address = f"desk@{request.entity.code.lower()}.example"
    mailbox = mailboxes.add(entity=request.entity, address=address, by=factories.TESTER)
    receiving.receive(raw=letter(to=address), mailbox=mailbox, by=factories.TESTER)


def add_one_of_everything(desk: Desk) -> None:
    """In an entity of its own, which the auditor and the administrator may see as well."""
    entity = factories.entity()
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        people.grant_role(by=factories.TESTER, person=desk.people[role], entity=entity, role=role)
    person = factories.person(Role.AGENT, entity)
    customer = factories.customer(entity=entity)
    request = factories.support_request(entity=entity, customer=customer)
    services.take(support_request=request, by=factories.actor(person))
    by = factories.actor(person)
    services.add_address(customer=customer, kind="postal", value="Quay 2", by=by)
    others(request, person)


def show_customers(desk: Desk) -> None:
    """The auditor is an agent, too, and so reads names of customers instead of pseudonyms."""
    person, entity = desk.people[Role.AUDITOR], desk.request.entity
    people.grant_role(by=factories.TESTER, person=person, entity=entity, role=Role.AGENT)


def as_role(desk: Desk, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(desk.people[role])
    return client
