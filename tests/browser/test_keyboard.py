"""A day at the desk with the keyboard alone: find, take, reply, resolve, and act on several."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from requests_app.models import SupportRequest
from tests import factories
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

MOST = 200
HAS_FOCUS = "each => each === document.activeElement"
OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"
COVERED = """() => {
    const box = document.activeElement.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const over = top?.closest(".masthead, .jump");
    return Boolean(over) && !over.contains(document.activeElement);
}"""


def reach(page: Page, wanted: Locator) -> None:
    """Steps with the tab key until it has the focus, which is seen and not covered."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if wanted.evaluate(HAS_FOCUS):
            assert page.evaluate(OUTLINE) != "none"
            assert not page.evaluate(COVERED)
            return
    pytest.fail("the tab key does not lead there")


def press(page: Page, wanted: Locator) -> None:
    reach(page, wanted)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_a_request_is_found_taken_answered_and_resolved(browser: Browser, desk: Desk) -> None:
    opened = factories.support_request(entity=desk.support_request.entity, subject="Wet carton")
    page = desk.sign_in(browser.new_context(), desk.agent)
    press(page, page.locator(".masthead__nav a", has_text="Requests"))
    reach(page, page.locator("#id_q"))
    page.keyboard.type("carton")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=carton**")
    press(page, page.locator("tbody th a").first)
    press(page, page.locator("form[action$='/take/'] button"))
    expect(page.locator(".notice").first).to_contain_text("You have taken this request")
    page.keyboard.press("c")
    expect(page.locator("#reply-body")).to_be_focused()
    page.keyboard.type("A new one is on its way.")
    press(page, page.locator("form[action$='/reply/'] button"))
    expect(page.locator("main")).to_contain_text("A new one is on its way.")
    press(page, page.locator("summary", has_text="Resolve").first)
    reach(page, page.locator("#resolve-resolution"))
    page.keyboard.type("Repl")
    reach(page, page.locator("#resolve-root_cause"))
    page.keyboard.type("Not known")
    reach(page, page.locator("#resolve-note"))
    page.keyboard.type("Sent again.")
    press(page, page.locator("form[action$='/resolve/'] button"))
    expect(page.locator(".heading__pills").first).to_contain_text("Resolved")
    opened.refresh_from_db()
    assert (opened.status, opened.resolution) == ("resolved", "replaced")
    assert desk.complaints == []


def test_several_requests_are_chosen_and_changed(browser: Browser, desk: Desk) -> None:
    entity = desk.support_request.entity
    chosen = [factories.support_request(entity=entity) for _ in range(2)]
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.goto(f"{desk.url}/requests/")
    expect(page.locator(".bulk [name=priority]")).to_be_hidden()  # as long as none is chosen
    reach(page, page.locator("[name=chosen]").first)
    page.keyboard.press("Space")
    reach(page, page.locator("[name=chosen]").nth(1))
    page.keyboard.press("Space")
    back(page, page.locator(".bulk [name=priority]"))
    page.keyboard.type("Low")
    press(page, page.locator(".bulk button", has_text="Change priority"))
    press(page, page.locator("main form .button--main"))
    expect(page.locator(".notice").first).to_contain_text("How each request ended")
    rows = SupportRequest.objects.filter(pk__in=[each.pk for each in chosen])
    assert {row.priority for row in rows} == {"low"}


def back(page: Page, wanted: Locator) -> None:
    for _ in range(MOST):
        page.keyboard.press("Shift+Tab")
        if wanted.evaluate(HAS_FOCUS):
            return
    pytest.fail("the tab key does not lead back there")
