"""A small desk to look at: one request with a story, and the people around it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page

from audit.models import Event
from requests_app import services
from requests_app.models import SupportRequest, User
from tests import factories
from tests.pages import address

LONG_ADDRESS = "accounts.payable@harborlighthotels.example"


@dataclass
class Desk:
    """One request with a story, the people around it, and the pages worth looking at."""

    url: str
    support_request: SupportRequest
    agent: User
    auditor: User
    complaints: list[str] = field(default_factory=list)

    def pages(self) -> dict[str, str]:
        event = Event.objects.get(kind="request.priority_changed")
        return {
            "list": "/requests/",
            "nothing found": "/requests/?q=nothing&status=open",
            "new request": "/requests/new/",
            "request": address(self.support_request),
            "event": f"/events/{event.pk}/",
            "comparison": f"/compare/requests_app.supportrequest/{self.support_request.pk}/",
            "trail": "/trail/",
            "not found": "/nowhere/",
        }

    def sign_in(self, context: BrowserContext, person: User) -> Page:
        """A page of a signed-in person. What the browser complains of is kept."""
        page = context.new_page()
        page.on("console", lambda said: self.hear(said.type, said.text))
        page.goto(f"{self.url}/sign-in/")
        page.fill("[name=username]", person.username)
        page.fill("[name=password]", "correct horse")
        page.click("main button")
        page.wait_for_url(f"{self.url}/requests/")
        return page

    def hear(self, kind: str, words: str) -> None:
        if kind in ("error", "warning") and "404 (Not Found)" not in words:
            self.complaints.append(words)


def set_up(url: str) -> Desk:
    entity = factories.entity(code="US")
    agent = factories.person("agent", entity, display_name="Ana Reyes")
    auditor = factories.person("auditor", entity, display_name="Otto Lind")
    opened = factories.support_request(
        entity=entity, subject="Refund for the cancelled booking",
        customer=factories.customer(entity=entity, email=LONG_ADDRESS),
    )  # fmt: skip
    by = factories.actor(agent)
    services.take(support_request=opened, by=by)
    services.reply(support_request=opened, body="We look into it.", by=by)
    services.change_priority(support_request=opened, priority="high", by=by, reason="A big one")
    with pytest.raises(services.RequestRefused):
        services.close(support_request=opened, by=by)
    return Desk(url, opened, agent, auditor)
