"""Every page of the product, found from its addresses, as those who open it would see it.

A route is looked at as the first role that it shows a page to, and as the roles of ALSO; a route
that shows nobody a page is named in NO_PAGES with the reason. The states of a page that an address
alone does not lead to stand in tests/every_state.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests import world
from tests.audit import test_admin_crawl as admin
from tests.audit.desk import Desk
from tests.pages import body, signed_in
from tests.world import World

DOWNLOAD, ACT, REDIRECT = "a file", "POST alone", "leads to another page"
STATE = "needs a state: tests/every_state.py"
NO_PAGES = {
    "livez": "a word for probes", "readyz": "JSON for probes", "metrics": "text for Prometheus",
    "job-retry": ACT, "requests:request-start": REDIRECT, "requests:request-export": DOWNLOAD,
    "requests:export-file": DOWNLOAD, "requests:export-manifest": DOWNLOAD,
    "requests:bulk-act": STATE, "requests:bulk-result": STATE,
    "requests:file-download": DOWNLOAD, "requests:request-original": DOWNLOAD,
    "requests:request-event": REDIRECT, "requests:typed-forget": ACT,
    "requests:request-log-export": DOWNLOAD, "requests:request-act": STATE,
    "mail:mail-received": DOWNLOAD, "mail:mail-open": ACT, "mail:mail-sent": DOWNLOAD,
    "mail:mail-again": ACT, "mail:mail-restore": ACT, "audit:export-again": ACT,
    "customers:customer-unmerge": STATE, "customers:customer-hide": ACT,
    "customers:customer-act": STATE, "view-rename": ACT, "view-share": ACT, "view-end": ACT,
    "people:person-act": STATE, "sign-in": STATE, "account_login": STATE,
    "mfa_authenticate": STATE, "sign-out": ACT, "account_logout": ACT,
    "profile-email": STATE, "mfa_reauthenticate": STATE, "mfa_activate_totp": STATE,
    "mfa_deactivate_totp": STATE, "mfa_view_recovery_codes": STATE,
    "mfa_generate_recovery_codes": STATE, "mfa_download_recovery_codes": DOWNLOAD,
    "audit:export-fetch": DOWNLOAD, "audit:event-take": DOWNLOAD,
    "audit:comparison-text": DOWNLOAD, "audit:comparison-json": DOWNLOAD,
    "audit:version-bytes": DOWNLOAD, "audit:display-set": ACT,
    "books:period-move": STATE, "books:entry-reverse": STATE,
    "policies:policy-decide": STATE, "policies:rule-move": ACT,
    "invoices:invoice-pay": STATE, "invoices:payment-reverse": STATE,
    "invoices:invoice-move": STATE,
    "news-list": "a number", "news-request": "a number",
}  # fmt: skip
# Who is shown more, or something else, than the first who may look.
ALSO = {
    "home": ("lead", "auditor", "administrator", "privacy_officer", "controller"),
    "requests:request-list": ("auditor",),
    "requests:request-show": ("auditor", "privacy_officer"),
    "requests:request-redact": ("privacy_officer",),
    "requests:contact-redact": ("privacy_officer",),
    "requests:message-redact": ("privacy_officer",),
    "requests:file-redact": ("privacy_officer",),
    "customers:customer-list": ("auditor",),
    "customers:customer-show": ("auditor", "lead"),
    "customers:customer-merge": ("lead",),
    "due:overview": ("lead",),
    "due:part-add": ("lead",),
    "due:part-change": ("lead",),
    "due:part-end": ("lead",),
    "books:overview": ("accountant", "auditor", "administrator"),
    "books:period-show": ("accountant",),
    "books:entry-show": ("accountant", "auditor"),
    **dict.fromkeys(
        (
            "policies:overview",
            "policies:policy-show",
            "policies:policy-draft",
            "policies:policy-change",
            "policies:rule-add",
            "policies:rule-change",
            "policies:limit-list",
            "policies:limit-add",
            "policies:limit-end",
        ),
        ("executive", "auditor"),
    ),
    **dict.fromkeys(
        ("policies:delegation-list", "policies:delegation-add", "policies:delegation-revoke"),
        ("lead",),
    ),
    "invoices:invoice-list": ("accountant", "auditor"),
    "invoices:invoice-show": ("accountant", "auditor"),
    "invoices:invoice-trail": ("accountant", "auditor"),
    "invoices:invoice-add": ("accountant",),
    "invoices:invoice-import": ("accountant",),
    "people:person-list": ("administrator",),
    "people:person-add": ("administrator",),
    "people:person-show": ("administrator",),
}
HTML = "text/html"


@dataclass(frozen=True)
class Look:
    """One page: whose browser, where, what its form sends, and the status it answers."""

    name: str
    client: Client
    path: str
    status: int = 200
    sent: Mapping[str, str] | None = field(default=None)

    def answer(self) -> Any:
        """The page as the test client reads it."""
        if self.sent is None:
            return self.client.get(self.path)
        return self.client.post(self.path, dict(self.sent))


def clients_of(here: World) -> dict[str, Client]:
    return {role: signed_in(person) for role, person in here.people.items()}


def found(here: World) -> tuple[list[Look], list[str]]:
    """Every page of every route, and the names of the routes that show nobody a page."""
    clients, looks, without = clients_of(here), [], []
    for path, name in here.addresses():
        if name == "readyz":  # it looks at the whole installation
            without.append(name)
            continue
        shown = next((role for role in clients if is_page(clients[role], path)), None)
        if shown is None:
            without.append(name)
            continue
        roles = dict.fromkeys((shown, *ALSO.get(name, ())))
        looks += [Look(f"{name}, {role}", clients[role], path) for role in roles]
    return looks, without


def is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    body(answer)
    return answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith(HTML)


def routes() -> set[str]:
    return {name for _, name in world.routes()}


def of_admin(desk: Desk) -> Iterator[Look]:
    """Every page of the admin site; its edits as the administrator, the rest as the auditor."""
    auditor, administrator = (signed_in(desk.people[r]) for r in ("auditor", "administrator"))
    for path in admin.addresses():
        client = administrator if admin.is_edit(path) else auditor
        if is_page(client, path):
            yield Look(path, client, path)
