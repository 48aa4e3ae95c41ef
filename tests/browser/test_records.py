"""The admin site in a real browser: its pages fit every screen, and everybody can read them."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk, faults

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 360)
# The dark theme changes colours alone.
THEMES: dict[Literal["light", "dark"], tuple[str, ...]] = {
    "light": (),
    "dark": ("color-contrast", "link-in-text-block"),
}


def test_every_page_is_accessible_on_every_screen(browser: Browser, desk: Desk) -> None:
    # A colour halfway between two is nobody's: contrast is measured when nothing moves.
    page = desk.sign_in(browser.new_context(reduced_motion="reduce"), desk.auditor)
    found = []
    for name, path in desk.records().items():
        page.goto(desk.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for theme, rules in THEMES.items():
                page.emulate_media(color_scheme=theme)
                found += [f"{name}, {width}, {theme}: {fault}" for fault in faults(page, *rules)]
    assert not found


def test_no_page_scrolls_sideways_or_is_refused_by_the_content_policy(
    browser: Browser, desk: Desk
) -> None:
    page = desk.sign_in(browser.new_context(), desk.administrator)
    wide = []
    for name, path in desk.records().items():
        page.goto(desk.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            shown = page.evaluate("document.documentElement.scrollWidth")
            wide += [f"{name}, {width}: {shown}"] if shown > width else []
    assert wide == []
    assert desk.complaints == []


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
    for _ in range(12):
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
