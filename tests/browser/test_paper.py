"""Pages on paper: numbered, with everything unfolded, and with whose copy it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.desk import Desk
from tests.pages import address

pytestmark = pytest.mark.browser

SHEET = re.compile(rb"/Type\s*/Page\b")
MARGINS = """() => [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
    .filter(rule => rule instanceof CSSPageRule).map(rule => rule.cssText).join()"""
HIDDEN = """() => [...document.querySelectorAll("main details > :not(summary)")]
    .filter(part => getComputedStyle(part).display !== "none" && part.textContent.trim()
        && !part.closest(".actions, .menu, .keys") && !part.getBoundingClientRect().height)
    .map(part => part.outerHTML.slice(0, 120))"""


def printed(browser: Browser, desk: Desk, path: str) -> tuple[Page, int]:
    """The page as it goes to the printer, and on how many sheets it comes out."""
    page = desk.sign_in(browser.new_context(), desk.auditor)
    page.goto(desk.url + path)
    sheets = len(SHEET.findall(page.pdf(format="A4")))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 980})  # what is left of A4 between margins
    return page, sheets


def test_a_request_is_printed_whole_on_numbered_sheets(browser: Browser, desk: Desk) -> None:
    page, sheets = printed(browser, desk, f"{address(desk.support_request)}?show=everything")
    assert sheets > 1
    assert "counter(page)" in page.evaluate(MARGINS)
    assert page.evaluate(HIDDEN) == []
    entry = page.locator(f"#e{desk.folded.pk}")
    assert (entry.bounding_box() or {}).get("height", 0) > 0


def test_a_long_value_is_whole_on_paper(browser: Browser, desk: Desk) -> None:
    path = f"{address(desk.support_request)}?show=everything"
    page, _ = printed(browser, desk, path)
    long = page.locator(f"#e{desk.updated.pk}")
    assert long.locator(".cut").count() > 0
    assert "Room 110 " in long.inner_text()  # between the first lines and the last
    assert not long.locator(".cut").first.is_visible()
    page.emulate_media(media="screen")
    assert "Room 110 " not in long.inner_text()
    assert long.locator(".cut").first.is_visible()


def test_a_long_reason_is_whole_on_paper(browser: Browser, desk: Desk) -> None:
    page, _ = printed(browser, desk, "/trail/")
    clamped = page.locator(".clamped").first
    assert clamped.evaluate("each => getComputedStyle(each).display") == "inline"


def test_every_printed_page_says_whose_copy_it_is(browser: Browser, desk: Desk) -> None:
    for path in ("/people/", "/requests/", "/trail/", "/admin/audit/event/"):
        page, _ = printed(browser, desk, path)
        told = page.locator(".printed-by").inner_text()
        assert path in told
        assert "Printed by Otto Lind" in told
        assert re.search(r"\d\d:\d\d:\d\d UTC", told)


def test_tables_stay_tables_whose_heads_come_again_on_each_sheet(
    browser: Browser, desk: Desk
) -> None:
    page, _ = printed(browser, desk, "/trail/")
    head = page.locator("main table thead").first
    assert head.evaluate("each => getComputedStyle(each).display") == "table-header-group"
    row = page.locator("main table tbody tr").first
    assert row.evaluate("each => getComputedStyle(each).breakInside") == "avoid"
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    assert page.locator(".masthead:visible, .explorer:visible, main form:visible").count() == 0
