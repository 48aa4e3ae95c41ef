"""Pages that only some roles open, in a real browser: readable in both themes, on every screen."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from requests_app import saved_views
from requests_app.models import Role, User
from tests import factories, promises
from tests.browser.desk import Desk, faults
from tests.pages import address

pytestmark = pytest.mark.browser
WIDTHS = (320, 768, 1024, 1440)


def pages(desk: Desk) -> dict[str, list[str]]:
    """By role, what the others are not offered, and what new installations begin with."""
    opened, entity = desk.support_request, desk.support_request.entity
    here, customer = address(opened), opened.customer
    double = factories.customer(entity=entity, name="Harbor Light", email=customer.email)
    promises.office(entity)
    rule = promises.rule(entity, "close_after_silence", days=7)
    by = factories.actor(desk.agent)
    view = saved_views.keep(by=by, page="requests", name="Mine", query="status=open")
    reply = opened.messages.earliest("pk")
    return {
        Role.AGENT: [
            "/mail/", "/customers/", f"/customers/{customer.pk}/", f"/customers/{double.pk}/",
            "/due-dates/", f"/views/{view.pk}/", f"{here}closure/", f"{here}adjustments/",
            f"{here}correct/{reply.pk}/", "/profile/second-factor/", "/profile/password/",
        ],
        Role.LEAD: [
            "/", f"/customers/{double.pk}/merge/", *arranging(entity.code, rule.pk),
            f"/customers/{double.pk}/merge/?into={customer.pk}",
        ],
        Role.AUDITOR: ["/customers/", f"/customers/{customer.pk}/", f"{here}?show=everything"],
        Role.ADMINISTRATOR: [
            "/", "/management/", "/management/runbook/", "/people/", "/people/new/", "/roles/",
            f"/people/{desk.agent.pk}/", "/due-dates/",
        ],
        Role.PRIVACY_OFFICER: [f"{here}redact/", f"{here}redact/message/{reply.pk}/"],
    }  # fmt: skip


def arranging(code: str, rule_id: int) -> list[str]:
    return [
        f"/due-dates/{code}/calendar/new/", f"/due-dates/{code}/closing/new/",
        f"/due-dates/closing/{rule_id}/", f"/due-dates/closing/{rule_id}/end/",
    ]  # fmt: skip


def person(desk: Desk, role: str) -> User:
    known = {Role.AGENT: desk.agent, Role.AUDITOR: desk.auditor}
    known[Role.ADMINISTRATOR] = desk.administrator
    entity = desk.support_request.entity
    return known[role] if role in known else factories.person(role, entity, display_name=role)


def complaints(page: Page, name: str, width: int) -> list[str]:
    found = [f"{name}: {fault}" for fault in faults(page)]
    for narrow in WIDTHS:
        page.set_viewport_size({"width": narrow, "height": 800})
        shown = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name}, {narrow}: {shown}"] if shown > narrow else []
    page.set_viewport_size({"width": width, "height": 800})
    return found


def chosen_for_all(desk: Desk, page: Page) -> None:
    """What an act on chosen requests would do, before it is done."""
    page.goto(f"{desk.url}/requests/")
    page.check("[name=chosen]")
    page.select_option(".bulk [name=assignee]", index=1)
    page.click(".bulk button:has-text('Assign')")


def context_of(browser: Browser, theme: Literal["light", "dark"], width: int) -> BrowserContext:
    size = {"width": width, "height": 800}
    return browser.new_context(color_scheme=theme, viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_pages_of_each_role_are_accessible_and_fit(
    theme: Literal["light", "dark"], width: int, browser: Browser, desk: Desk
) -> None:
    found = []
    for role, paths in pages(desk).items():
        page = desk.sign_in(context_of(browser, theme, width), person(desk, role))
        for path in paths:
            answer = page.goto(desk.url + path)
            assert answer is not None
            assert answer.status == 200, f"{role}: {path}"
            found += complaints(page, f"{role}: {path}", width)
    assert found == []
    assert desk.complaints == []


@pytest.mark.parametrize(("theme", "width"), [("dark", 360), ("light", 1280)])
def test_signing_in_and_an_act_on_several_requests_are_accessible_and_fit(
    theme: Literal["light", "dark"], width: int, browser: Browser, desk: Desk
) -> None:
    context = context_of(browser, theme, width)
    page = context.new_page()
    found = []
    for path in ("/sign-in/", "/sign-in/help/", "/sign-in/help/sent/"):
        page.goto(desk.url + path)
        found += complaints(page, path, width)
    page = desk.sign_in(context, desk.agent)
    chosen_for_all(desk, page)
    assert page.locator("h1").inner_text() != "Requests"
    found += complaints(page, "an act on several requests", width)
    assert found == []


def test_on_a_narrow_screen_the_sections_stand_in_a_menu_that_needs_no_script(
    browser: Browser, desk: Desk
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = desk.sign_in(context, desk.auditor)
    assert not page.locator(".masthead__nav").is_visible()
    page.click(".masthead__fold summary")
    page.click(".masthead__fold a:has-text('Trail')")
    page.wait_for_url(f"{desk.url}/trail/")
