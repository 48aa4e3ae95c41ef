"""Pages of the explorer in a real browser: on every screen, printed, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

FILTERED = "/trail/?field=requests_app.supportrequest.priority"


def test_an_export_is_made_without_script(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(java_script_enabled=False), desk.auditor)
    page.goto(desk.url + FILTERED)
    page.click("a:has-text('Export…')")
    page.click("main .button--main")
    expect(page.locator("h2").first).to_have_text("Ready")
    with page.expect_download() as fetched:
        page.click("a:has-text('Download the archive')")
    assert fetched.value.suggested_filename.endswith(".zip")


def test_a_printed_trail_says_who_printed_what_and_when(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.auditor)
    page.goto(desk.url + FILTERED)
    page.emulate_media(media="print")
    expect(page.locator(".explorer")).to_be_hidden()
    expect(page.locator(".printed")).to_contain_text("Printed by Otto Lind")
    expect(page.locator(".printed")).to_contain_text("Field changed: Priority")
