"""A form is done once in a real browser, whether by a second click or by going back to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from requests_app.models import Message, SupportRequest
from tests.browser.desk import Desk
from tests.pages import address

pytestmark = pytest.mark.browser


def replying(browser: Browser, desk: Desk, *, script: bool = True) -> Page:
    page = desk.sign_in(browser.new_context(java_script_enabled=script), desk.agent)
    page.goto(desk.url + address(desk.support_request))
    page.click("summary:has-text('Reply')")
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


def test_back_and_send_again_is_no_second_request(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.goto(f"{desk.url}/requests/new/")
    page.fill("[name=subject]", "Wet linen")
    page.fill("[name=description]", "Four cartons were wet.")
    before = SupportRequest.objects.count()
    page.click("main .button--main")
    page.wait_for_url("**/requests/US-R-*/")
    there = page.url
    page.go_back()
    expect(page.locator("main .button--main")).not_to_have_attribute("aria-disabled", "true")
    page.fill("[name=subject]", "Wet linen")
    page.fill("[name=description]", "Four cartons were wet.")
    page.click("main .button--main")
    page.wait_for_url(there)
    expect(page.locator(".notice").first).to_contain_text("sent twice and is done once")
    assert SupportRequest.objects.count() == before + 1


def test_words_changed_after_going_back_are_kept_and_asked_about(
    browser: Browser, desk: Desk
) -> None:
    page = replying(browser, desk, script=False)
    page.click("form:has(#reply-body) button")
    page.wait_for_load_state()
    page.go_back()
    if not page.locator("#reply-body").is_visible():
        page.click("summary:has-text('Reply')")
    page.fill("#reply-body", "Other words.")
    page.click("form:has(#reply-body) button")
    page.wait_for_load_state()
    expect(page.locator("#reply-body")).to_have_value("Other words.")
    assert replies("Other words.") == 0
