"""Two columns where there is room for them, one where there is not, never both."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk, faults

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "is_split"), [(799, False), (800, True), (1440, True)])
def test_a_comparison_is_in_two_columns_from_800_pixels_on(
    width: int, is_split: bool, browser: Browser, desk: Desk
) -> None:
    page = desk.sign_in(browser.new_context(viewport={"width": width, "height": 800}), desk.auditor)
    page.goto(f"{desk.url}{desk.pages()['comparison']}?view=split")
    expect(page.locator(".views__split")).to_be_visible(visible=is_split)
    expect(page.locator(".views__inline")).to_be_visible(visible=not is_split)
    expect(page.get_by_role("link", name="Side by side")).to_have_count(int(is_split))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []
