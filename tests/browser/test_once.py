"""A form is done once in a real browser, whether by a second click or by going back to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from requests_app.models import Message, SupportRequest
from tests.browser.desk import Desk
from tests.pages import address

pytestmark = pytest.mark.browser


def replying(browser: Browser, desk: Desk, *, script: bool = True) -> Page:
    page = desk.sign_in(browser.new_context(java_script_enabled=script), desk.agent)
    page.goto(desk.url + address(desk.support_request))
    page.fill("#reply-body", "Sent with two clicks.")
    return page


def replies(words: str) -> int:
    return Message.objects.filter(body=words).count()


def test_a_double_click_sends_one_reply(browser: Browser, desk: Desk) -> None:
    page = replying(browser, desk)
    page.dblclick("form:has(#reply-body) button")
    expect(page.locator(".notice").first).to_contain_text("Your reply is on record")
    assert replies("Sent with two clicks.") == 1
    assert desk.complaints == []


def test_a_double_click_sends_one_reply_without_script(browser: Browser, desk: Desk) -> None:
    page = replying(browser, desk, script=False)
    page.dblclick("form:has(#reply-body) button")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Sent with two clicks.")
    expect(page.locator("#errors")).to_have_count(0)
    assert replies("Sent with two clicks.") == 1


def test_back_and_sending_what_stands_there_is_no_second_reply(
    browser: Browser, desk: Desk
) -> None:
    """The browser may keep the page as it was left, or ask for it anew and fill in the words."""
    page = replying(browser, desk)
    page.click("form:has(#reply-body) button")
    expect(page.locator(".notice").first).to_contain_text("Your reply is on record")
    page.go_back()
    button = page.locator("#reply-form button")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    expect(page.locator("#reply-body")).to_have_value("Sent with two clicks.")
    if not button.is_visible():
        page.click("summary:has-text('Reply')")
    button.click()
    expect(page.locator(".notice").first).to_contain_text("sent twice and is done once")
    expect(page.locator(".timeline")).to_contain_text("Sent with two clicks.")
    assert replies("Sent with two clicks.") == 1


def test_a_double_click_opens_one_request(browser: Browser, desk: Desk) -> None:
    before = SupportRequest.objects.count()
    for script in (True, False):
        page = desk.sign_in(browser.new_context(java_script_enabled=script), desk.agent)
        page.goto(f"{desk.url}/requests/new/")
        page.fill("[name=subject]", f"Wet linen {script}")
        page.fill("[name=description]", "Four cartons were wet.")
        page.dblclick("main .button--main")
        page.wait_for_url("**/requests/US-R-*/")
        expect(page.locator("h1")).to_have_text(f"Wet linen {script}")
    assert SupportRequest.objects.count() == before + 2


def test_a_button_that_waits_keeps_the_focus_and_says_so(browser: Browser, desk: Desk) -> None:
    page = replying(browser, desk)
    page.evaluate("document.addEventListener('submit', sent => sent.preventDefault())")
    button = page.locator("#reply-form button")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()


def test_leaving_asks_while_something_is_typed_and_not_once_it_is_sent(
    browser: Browser, desk: Desk
) -> None:
    page = replying(browser, desk)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.press("#reply-body", "End")  # a browser asks for those alone who did something
    page.click("nav.tabs a:has-text('Changes')", no_wait_after=True)
    expect(page.locator("#reply-body")).to_have_value("Sent with two clicks.")
    assert asked == ["beforeunload"]
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    page.click("form:has(#reply-body) button")
    expect(page.locator(".notice").first).to_contain_text("Your reply is on record")
    assert asked == ["beforeunload"]
