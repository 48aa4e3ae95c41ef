"""An entity with a row of everything that has a page, all of them marked, for tests that visit
every address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from audit import actors, exporting
from audit.models import Event
from finance.models import Invoice
from finance.services.invoices import MOVES as INVOICE_MOVES
from finance.services.periods import MOVES
from requests_app import people_verbs as person_verbs
from requests_app import saved_views, services
from requests_app.accounts import tasks as account_tasks
from requests_app.attachments import Upload
from requests_app.customers import verbs as customer_verbs
from requests_app.filters import asked
from requests_app.mail import mailboxes, receiving
from requests_app.models import Customer, Entity, OutboundMail, Role, SupportRequest, User
from requests_app.policy_pages import views as policy_views
from requests_app.queue import exporting as queue_exporting
from requests_app.verbs import VERBS
from tests import factories, promises
from tests.finance import books
from tests.mail.letters import letter
from tests.requests_app import matrix

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")
ELSEWHERE = ("admin/",)  # with rows for each of its models: tests/audit/test_admin_crawl.py


@dataclass(frozen=True)
class World:
    """``mark`` stands in every text; ``ids`` are by the name of a route and of its parameter, or of
    the parameter alone."""

    entity: Entity
    mark: str
    people: dict[str, User]
    support_request: SupportRequest
    ids: dict[str, str]

    def addresses(self) -> list[tuple[str, str]]:
        """Every address with the name of its route."""
        return [(filled(route, name, self.ids), name) for route, name in routes()]


def routes() -> list[tuple[str, str]]:
    """Every route, with one for each verb and each part where it stands for several."""
    found = []
    for route, name in walk(get_resolver().url_patterns):
        if not route.startswith(ELSEWHERE):
            choices = SEVERAL.get(name)
            slugs = choices() if choices is not None else [""]
            found += [(route.replace("<slug:slug>", slug), name) for slug in slugs]
    return found


def walk(nodes: list[Any], prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    for node in nodes:
        route = prefix + str(node.pattern)
        if isinstance(node, URLResolver):
            inner = f"{namespace}{node.namespace}:" if node.namespace else namespace
            yield from walk(node.url_patterns, route, inner)
        elif isinstance(node, URLPattern):
            yield route, namespace + (node.name or "")


def filled(route: str, name: str, ids: dict[str, str]) -> str:
    """A parameter that nothing here stands for fails: a new page is visited from its first day."""
    return "/" + PLACEHOLDER.sub(
        lambda found: ids.get(f"{name} {found[1]}") or ids[found[1]], route
    )


SEVERAL = {
    "books:period-move": lambda: list(MOVES),
    "policies:policy-decide": lambda: list(policy_views.DECISIONS),
    "policies:rule-move": lambda: list(policy_views.MOVES),
    "invoices:invoice-move": lambda: list(INVOICE_MOVES),
    "requests:request-act": lambda: list(VERBS),
    "customers:customer-act": lambda: list(customer_verbs.VERBS),
    "people:person-act": lambda: list(person_verbs.ACTS),
}


def marked(code: str, mark: str) -> World:
    entity = factories.entity(code=code, name=f"{mark} company")
    people = {
        role: factories.person(
            role, entity, display_name=f"{mark} {role}", username=f"{role}.{code.lower()}",
            email=f"{role}@{code.lower()}.example",
        )
        for role in Role.values
    }  # fmt: skip
    promises.office(entity)
    rule = promises.rule(entity, "close_after_silence", days=7, name=f"{mark} rule")
    by = factories.actor(people["agent"])
    customer = factories.customer(
        entity=entity, name=f"{mark} Harbor", email=f"{mark.lower()}@x.example"
    )
    opened = worked_on(entity, mark, customer, by)
    return World(entity, mark, people, opened, ids_of(entity, mark, people, opened, rule.pk))


def worked_on(entity: Entity, mark: str, customer: Customer, by: actors.Actor) -> SupportRequest:
    opened = factories.support_request(
        entity=entity, customer=customer, subject=f"{mark} subject", description=f"{mark} text"
    )
    services.take(support_request=opened, by=by)
    mailboxes.add(entity=entity, address=address_of(entity), by=factories.TESTER)
    services.reply(
        support_request=opened, body=f"{mark} reply", by=by, files=[Upload(f"{mark}.txt", b"words")]
    )
    services.change_priority(support_request=opened, priority="high", by=by, reason=f"{mark} why")
    return opened


def ids_of(
    entity: Entity, mark: str, people: dict[str, User], opened: SupportRequest, rule_id: int
) -> dict[str, str]:
    """The key of a row for each parameter; those of a route of its own where they differ."""
    agent, auditor = factories.actor(people["agent"]), factories.actor(people["auditor"])
    event = Event.objects.of_support_request(opened.pk).latest("id")
    received = receiving.receive(
        raw=letter(f"{mark} writes.", sender=f"{mark} <other@y.example>", to=address_of(entity)),
        mailbox=entity.mailboxes.get(), by=factories.TESTER,
    )  # fmt: skip
    unrouted = receiving.receive(
        raw=letter(f"{mark} news.", to=address_of(entity), List_Id="<news.example>"),
        mailbox=entity.mailboxes.get(), by=factories.TESTER,
    )  # fmt: skip
    sent = OutboundMail.objects.get(entity=entity)
    view = saved_views.keep(by=agent, page="requests", name=f"{mark} view", query="status=open")
    export = exporting.ask(by=auditor, query="", zone="UTC", format="csv")
    entry = books.with_an_entry(entity)
    invoice = Invoice.objects.get(entity=entity)
    job = queue_exporting.ask(asked("", people["agent"]), "", by=agent, rows=1)
    failed = account_tasks.send_link.defer(person_id=0, kind="password_link")
    return {name: str(value) for name, value in {
        "number": opened.number, "event_id": event.pk, "model": "requests_app.supportrequest",
        "row_id": opened.pk, "version_id": opened.history.latest().pk, "log": "actions",
        "attachment_id": opened.attachments.get().pk,
        "message_id": opened.messages.earliest("pk").pk,
        "mail_id": received.pk, "direction": "received",
        "mail:mail-sent mail_id": sent.pk,
        "mail:mail-again mail_id": sent.pk,
        **{f"mail:mail-{act} mail_id": unrouted.pk for act in ("open", "dismiss", "restore")},
        "customer_id": opened.customer_id, "code": entity.code, "part": "closing",
        "arranged_id": rule_id, "view_id": view.pk, "person_id": people["agent"].pk,
        "job_id": job.pk, "job-retry job_id": failed, "export_id": export.pk, "kind": "user",
        "actor_id": people["agent"].pk, "uidb36": "1", "key": "a-b", "period_id": entry.period_id,
        "books:entry-show number": entry.number, "books:entry-reverse number": entry.number,
        "invoice_id": invoice.pk, "payment_id": invoice.payments.get().pk,
        "books:part-add part": "account", "books:part-change part": "account",
        "books:part-change row_id": entry.lines.earliest("pk").account_id,
        **matrix.ids_of_powers(entity, mark, people),
    }.items()}  # fmt: skip


def address_of(entity: Entity) -> str:
    return f"help@{entity.code.lower()}.example"
