"""States of pages that no address alone leads to: forms that were not accepted, what is asked
before and told after an act, second steps of signing in, empty lists, and errors."""

from __future__ import annotations

import base64
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from audit import exporting
from finance.models import Invoice
from finance.services import invoices, payments, periods, posting
from requests_app import logs, services
from requests_app.models import Role, User
from tests import accounts, factories
from tests.browser.desk import Desk
from tests.every_page import Look
from tests.finance import books
from tests.pages import address, signed_in

EMPTY = {
    "agent": ("/", "/requests/", "/mail/", "/customers/", "/due-dates/", "/views/",
              "/requests/exports/"),
    "auditor": ("/", "/trail/", "/trail/exports/", "/customers/"),
    "administrator": ("/", "/people/", "/admin/audit/event/?outcome=failed"),
}  # fmt: skip
ABSENT = "1" * 20


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


# As config.urls, with two addresses that fail as no page of the product should.
urlpatterns = [
    path("forbidden/", forbidden),
    path("broken/", broken),
    path("", include("config.urls")),
]
handler429 = "requests_app.accounts.throttling.answer"


def of_desk(desk: Desk) -> list[Look]:
    """A request with a story as those who work on it and those who audit it see it."""
    looks = []
    for person in (desk.agent, desk.auditor):
        client = signed_in(person)
        for name, where in desk.pages().items():
            if person == desk.agent and where == "/trail/":
                continue  # not for who works on requests
            looks.append(Look(f"{name}, {person.username}", client, where, status_of(where)))
    here, auditor = address(desk.support_request), signed_in(desk.auditor)
    looks += [Look(f"{log} log", auditor, f"{here}{log}/") for log in logs.ORDER]
    return [*looks, *of_trail(desk, auditor)]


def status_of(where: str) -> int:
    return 404 if where == "/nowhere/" else 200


def of_trail(desk: Desk, auditor: Client) -> list[Look]:
    by = factories.actor(desk.auditor)
    export = exporting.ask(by=by, query="outcome=denied", zone="UTC", format="csv")
    exporting.make(export=export, by=by)
    compared = f"/compare/requests_app.supportrequest/{desk.support_request.pk}/"
    row = f"/admin/requests_app/supportrequest/{desk.support_request.pk}"
    return [
        Look("trail of one field", auditor, "/trail/?field=requests_app.supportrequest.priority"),
        Look("trail, a mistake", auditor, "/trail/?least=ten"),
        Look("trail, nothing found", auditor, "/trail/?q=nothing-like-this"),
        Look("export asked for", auditor, "/trail/export/?outcome=denied"),
        Look("export finished", auditor, f"/trail/exports/{export.pk}/"),
        Look("two columns", auditor, f"{compared}?view=split"),
        Look("all fields", auditor, f"{compared}?fields=all"),
        Look("change history", auditor, f"{row}/history/"),
        Look("admin list, nothing found", auditor, "/admin/audit/event/?q=nothing-like-this"),
    ]


def of_forms(desk: Desk) -> list[Look]:
    """What was not accepted, and what an act on many asks and tells."""
    agent, here = signed_in(desk.agent), address(desk.support_request)
    lead = signed_in(factories.person(Role.LEAD, desk.support_request.entity))
    stale = {"seen": "1-1", "body": "Crossed by another one."}
    administrator = signed_in(desk.administrator)
    return [
        Look("nothing filled in", agent, "/requests/new/", 422, {"subject": "Kept"}),
        Look("reply without words", agent, f"{here}reply/", 422, {"body": ""}),
        Look("resolved without a note", agent, f"{here}resolve/", 422, {"resolution": ""}),
        Look("reply that crosses another", lead, f"{here}reply/", 409, stale),
        Look("a moment that is none", agent, f"{here}?as_of=soon", 422),
        Look("person without a name", administrator, "/people/new/", 422, {}),
        Look("role without a reason", administrator, f"/people/{desk.agent.pk}/grant/", 422, {}),
        Look("e-mail that is none", agent, "/profile/e-mail/", 422, {"email": "none"}),
        *of_customers(desk, agent, lead),
        *of_books(desk),
        *of_invoices(desk),
        *of_many(agent),
    ]


def of_books(desk: Desk) -> list[Look]:
    """The journal without a match and wrongly filtered, forms that were not accepted, a period that
    somebody else decides on, and an entry that was reversed."""
    entry = books.with_an_entry(desk.support_request.entity)
    entity, lines = entry.entity, list(entry.lines.all())
    asks, decides = (factories.person(role, entity) for role in (Role.ACCOUNTANT, Role.CONTROLLER))
    by, reader = factories.actor(asks), signed_in(decides)
    posting.reverse(entry=entry, posting_date=books.DAY, by=by, reason="Posted twice.")
    periods.move("ask-close", period=entry.period, by=by, reason="The month is complete.")
    period, new = f"/books/periods/{entry.period_id}/", f"/books/{entity.code}/account/new/"
    return [
        Look("journal, nothing found", reader, "/books/journal/?q=nothing-like-this"),
        Look("journal, a mistake", reader, "/books/journal/?period=9"),
        Look("entry that was reversed", reader, f"/books/journal/{entry.number}/"),
        Look("reversed without a reason", signed_in(asks),
             f"/books/journal/{entry.number}/reverse/", 422, {}),
        Look("period somebody else decides on", reader, period),
        Look("period one asked for oneself", signed_in(asks), period),
        Look("period closed without a reason", reader, f"{period}close/", 422, {"seen": "1-1"}),
        Look("account without a code", reader, new, 422, {"name": "Kept"}),
        Look("account changed by a stale form", reader,
             f"/books/account/{lines[0].account_id}/", 409,
             {"name": "Other", "reason": "Because.", "seen": "1-1"}),
    ]  # fmt: skip


def of_invoices(desk: Desk) -> list[Look]:
    """The list without a match and wrongly filtered, an invoice in each state, forms that were not
    accepted or were stale, and a file that is looked through."""
    invoice = Invoice.objects.filter(entity=desk.support_request.entity).latest("pk")
    entity, here = invoice.entity, f"/invoices/{invoice.pk}/"
    keeper = signed_in(factories.person(Role.ACCOUNTANT, entity))
    new, file = f"/invoices/{entity.code}/new/", f"/invoices/{entity.code}/import/"
    payment = invoice.payments.get()
    payments.reverse_payment(payment=payment, by=factories.TESTER, reason="Not theirs.")
    invoices.dispute(invoice=invoice, by=factories.TESTER, reason="Billed twice.")
    more = {"line-TOTAL_FORMS": "3", "line-INITIAL_FORMS": "0", "more": "1", "number": "Kept"}
    content = base64.b64encode(b"number").decode()
    return [
        Look("invoices, nothing found", keeper, "/invoices/?q=nothing-like-this"),
        Look("invoices, a mistake", keeper, "/invoices/?currency=usd"),
        Look("invoices of a customer", keeper, f"/invoices/?customer={invoice.customer_id}"),
        Look("invoice that is disputed", keeper, here),
        Look("payment without an amount", keeper, f"{here}pay/", 422, {"seen": "1-1"}),
        Look("payment by a stale form", keeper, f"{here}pay/", 409, {
            "seen": "1-1", "paid_on": "2026-09-15", "amount": "5", "kind": "cash"}),
        Look("reversed without a reason", keeper, f"{here}payments/{payment.pk}/reverse/", 422,
             {"seen": "1-1"}),
        Look("settled without a reason", keeper, f"{here}settle/", 422, {"seen": "1-1"}),
        Look("more lines", keeper, new, 200, more),
        Look("invoice without anything", keeper, new, 422,
             {name: value for name, value in more.items() if name != "more"}),
        Look("no file", keeper, file, 422, {"kind": "invoices"}),
        Look("a file that is none", keeper, file, 409,
             {"kind": "invoices", "name": "a.csv", "content": content}),
    ]  # fmt: skip


def of_customers(desk: Desk, agent: Client, lead: Client) -> list[Look]:
    entity, customer = desk.support_request.entity, desk.support_request.customer
    assert customer is not None
    double = factories.customer(entity=entity, name="Harbor Light", email=customer.email)
    merged = factories.customer(entity=entity, name="Harbor Lights")
    by = factories.actor(desk.agent)
    services.merge_customers(into=customer, customer=merged, by=factories.TESTER, reason="Same")
    services.reply(support_request=desk.support_request, body="As promised.", by=by)
    return [
        Look("customer with doubles", lead, f"/customers/{double.pk}/"),
        Look("address without a value", agent, f"/customers/{double.pk}/add-address/", 422, {}),
        Look("merge, side by side", lead, f"/customers/{double.pk}/merge/?into={customer.pk}"),
        Look("the merged record itself", lead, f"/customers/{merged.pk}/?own=1"),
        Look("undone without a reason", lead, f"/customers/{merged.pk}/unmerge/", 422, {}),
    ]


def of_many(agent: Client) -> list[Look]:
    asked = {"act": "change-priority", "priority": "low", "everything": "1", "query": ""}
    page = agent.post("/requests/bulk/", asked).content.decode()
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
    told = {"act": "change-priority", "priority": "low", "chosen": chosen, "confirmed": "1"}
    result = agent.post("/requests/bulk/", told).headers["Location"]
    return [
        Look("asked before an act on many", agent, "/requests/bulk/", 200, asked),
        Look("nothing chosen", agent, "/requests/bulk/", 422, {"act": "assign", "assignee": ""}),
        Look("told after an act on many", agent, result),
    ]


def of_signing_in(person: User) -> list[Look]:
    """Each with a browser of its own, at one step of the way. ``person`` has no second step yet."""
    nobody, link = Client(), accounts.link_for(person)
    wrong = {"username": person.username, "password": "wrong"}
    before, after = accounts.at_desk(person), Client()
    client, _, _ = accounts.with_factor(factories.person(username="with.codes"))
    other = factories.person(username="with.app")
    accounts.with_factor(other)
    after.post("/sign-in/", {"username": other.username, "password": accounts.PASSWORD})
    return [
        Look("sign in", nobody, "/sign-in/"),
        Look("sign in, refused", nobody, "/sign-in/", 422, wrong),
        Look("help", nobody, "/sign-in/help/"),
        Look("help, on its way", nobody, "/sign-in/help/sent/"),
        Look("new password", *link_shown(link)),
        Look("link that is over", nobody, "/sign-in/new-password/1/a-b/"),
        Look("second step asked for", after, "/sign-in/code/"),
        Look("wrong code", after, "/sign-in/code/", 422, {"code": "000000"}),
        Look("who are you, again", before, "/profile/again/"),
        Look("who are you, with a code", client, "/profile/again/code/"),
        Look("app to set up", confirmed(before), "/profile/second-factor/app/"),
        Look("second steps, on", client, "/profile/second-factor/"),
        Look("recovery codes, seen", client, "/profile/second-factor/codes/"),
        Look("new recovery codes", client, "/profile/second-factor/codes/new/"),
        Look("second step off", client, "/profile/second-factor/off/"),
    ]


def link_shown(link: str) -> tuple[Client, str]:
    """The key goes into the session, and the address says no more than that there was one."""
    client = Client()
    return client, client.get(link).headers["Location"]


def confirmed(client: Client) -> Client:
    accounts.confirm(client)
    return client


def of_empty(code: str = "XX") -> list[Look]:
    """An entity on its first day."""
    entity = factories.entity(code=code)
    return [
        Look(f"empty {where}, {role}", client, where)
        for role, places in EMPTY.items()
        for client in [signed_in(factories.person(role, entity))]
        for where in places
    ]  # fmt: skip


def of_errors(person: User) -> list[Look]:
    """ROOT_URLCONF has to be this module."""
    client = signed_in(person)
    careful = Client(enforce_csrf_checks=True)
    return [
        Look("400", client, "/requests/?" + "a=&" * 1_001, 400),
        Look("403", client, "/forbidden/", 403),
        Look("403, a form from nowhere", careful, "/sign-in/", 403, {"csrfmiddlewaretoken": "0"}),
        Look("404", client, "/nowhere/", 404),
        Look("500", client, "/broken/", 500),
        Look("404 of an unknown request", client, f"/requests/{ABSENT}/", 404),
        throttled(),
    ]


def throttled() -> Look:
    """The sixth wrong password of one account."""
    person = factories.person(username="tried.often")
    wrong: dict[str, Any] = {"username": person.username, "password": "wrong"}
    for _ in range(5):
        Client().post("/sign-in/", wrong)
    return Look("429", Client(), "/sign-in/", 429, wrong)
