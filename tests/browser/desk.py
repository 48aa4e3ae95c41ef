"""A small desk to look at: one request with a story, and the people around it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.models import SupportRequest, User
from tests import factories
from tests.pages import address

LONG_ADDRESS = "accounts.payable@harborlighthotels.example"
LETTER = "\n".join(
    f"Room {number} of the block booking was paid on arrival, and again with the invoice."
    for number in range(101, 121)
)
CHECKED_LETTER = LETTER.replace("Room 102 of the block booking was paid", "Room 102 was paid twice")


@dataclass
class Desk:
    """One request with a story, the people around it, and the pages worth looking at."""

    url: str
    support_request: SupportRequest
    agent: User
    auditor: User
    administrator: User
    complaints: list[str] = field(default_factory=list)

    def pages(self) -> dict[str, str]:
        event = Event.objects.get(kind="request.priority_changed")
        here = address(self.support_request)
        return {
            "start": "/",
            "list": "/requests/",
            "list, searched": "/requests/?q=booking&sort=-amount&until=2030-01-01",
            "views": "/views/",
            "exports": "/requests/exports/",
            "export": "/requests/exports/new/?status=open",
            "nothing found": "/requests/?q=nothing&status=open",
            "new request": "/requests/new/",
            "request": here,
            "request, everything": f"{here}?show=everything",
            "request, an entry of a fold": f"{here}?event={self.folded.pk}",
            "request as it was": f"{here}?as_of=E-{event.pk}",
            "request before it was": f"{here}?as_of=2001-01-01T00:00:00",
            "creation log": f"{here}creation/",
            "actions log": f"{here}actions/",
            "approvals log": f"{here}approvals/",
            "event": f"/events/{event.pk}/",
            "event with a long text": f"/events/{self.updated.pk}/",
            "comparison": f"/compare/requests_app.supportrequest/{self.support_request.pk}/",
            "trail": "/trail/",
            "people": "/people/",
            "person": f"/people/{self.agent.pk}/",
            "roles": "/roles/",
            "profile": "/profile/",
            "sessions": "/profile/sessions/",
            "not found": "/nowhere/",
        }

    @property
    def folded(self) -> Event:
        """One of two changes that are shown as one."""
        return Event.objects.filter(kind="request.category_changed")[0]

    @property
    def updated(self) -> Event:
        return Event.objects.get(kind="request.updated")

    def sign_in(self, context: BrowserContext, person: User) -> Page:
        """A page of a signed-in person. What the browser complains of is kept."""
        page = context.new_page()
        page.on("console", lambda said: self.hear(said.type, said.text))
        page.goto(f"{self.url}/sign-in/")
        page.fill("[name=username]", person.username)
        page.fill("[name=password]", "correct horse")
        page.click("main button")
        page.wait_for_url(f"{self.url}/")
        return page

    def hear(self, kind: str, words: str) -> None:
        if kind in ("error", "warning") and "404 (Not Found)" not in words:
            self.complaints.append(words)


def faults(page: Page, *rules: str, within: str | None = None) -> list[str]:
    """What Axe finds on a page, or in a part of it, by some of its rules or all."""
    # Without preloading: no rule in use asks for the text of the stylesheets.
    options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
    options["rules"] = {"target-size": {"enabled": True}}
    if rules:
        options["runOnly"] = list(rules)
    return [
        f"{violation['help']} {[node['target'] for node in violation['nodes']]}"
        for violation in Axe().run(page, context=within, options=options).response["violations"]
    ]


def set_up(url: str) -> Desk:
    entity = factories.entity(code="US")
    agent = factories.person("agent", entity, display_name="Ana Reyes")
    auditor = factories.person("auditor", entity, display_name="Otto Lind")
    administrator = factories.person("administrator", entity, display_name="Ida Moor")
    opened = factories.support_request(
        entity=entity, subject="Refund for the cancelled booking", description=LETTER,
        customer=factories.customer(entity=entity, email=LONG_ADDRESS),
    )  # fmt: skip
    by = factories.actor(agent)
    services.take(support_request=opened, by=by)
    services.reply(support_request=opened, body="We look into it.", by=by)
    services.change_priority(support_request=opened, priority="high", by=by, reason="A big one")
    for category in ("Billing", "Refunds"):
        services.change_category(support_request=opened, category=category, by=by)
    with recording("request.updated", by=by, subject=opened, reason="The letter was checked"):
        opened.description = CHECKED_LETTER
        opened.save()
    with pytest.raises(services.RequestRefused):
        services.close(support_request=opened, by=by)
    return Desk(url, opened, agent, auditor, administrator)
