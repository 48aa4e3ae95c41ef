"""The admin site in a real browser: wide lists and their filters on a narrow screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_a_wide_list_scrolls_in_its_box_by_keyboard(browser: Browser, desk: Desk) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = desk.sign_in(context, desk.auditor)
    page.goto(f"{desk.url}/admin/audit/event/")
    box = page.get_by_role("region", name="Events")
    last = box.locator(".column-channel")
    expect(last).not_to_be_in_viewport()
    page.focus(".to-filter a")
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    expect(last).to_be_in_viewport()


def test_a_narrow_list_leads_to_its_filters(browser: Browser, desk: Desk) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = desk.sign_in(context, desk.auditor)
    page.goto(f"{desk.url}/admin/audit/event/")
    page.click("text=Filter this list")
    expect(page.locator("#changelist-filter-header")).to_be_in_viewport()
    page.click("summary:has-text('event kind')")
    page.click("#changelist-filter a:has-text('Request closed')")
    expect(page.locator("summary:has-text('event kind') strong")).to_have_text("Request closed")
