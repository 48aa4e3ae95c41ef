"""Pages of the explorer in a real browser: on every screen, printed, and without script."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from audit import exporting
from tests import factories
from tests.browser.desk import Desk, faults

pytestmark = pytest.mark.browser

FILTERED = "/trail/?field=requests_app.supportrequest.priority"


def pages(desk: Desk) -> list[str]:
    by = factories.actor(desk.auditor)
    export = exporting.ask(by=by, query="outcome=denied", zone="UTC", format="csv")
    exporting.make(export=export, by=by)
    return [
        FILTERED,
        "/trail/?least=ten",
        f"/trail/by/user/{desk.agent.pk}/",
        "/trail/kinds/",
        "/trail/export/?outcome=denied",
        "/trail/exports/",
        f"/trail/exports/{export.pk}/",
    ]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_the_explorer_is_accessible(
    theme: Literal["light", "dark"], width: int, browser: Browser, desk: Desk
) -> None:
    context = browser.new_context(
        color_scheme=theme, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    page = desk.sign_in(context, desk.auditor)
    found = []
    for path in pages(desk):
        page.goto(desk.url + path)
        found += [f"{path}: {fault}" for fault in faults(page)]
        for narrow in (320, 768, 1024, width):
            page.set_viewport_size({"width": narrow, "height": 800})
            shown = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path}, {narrow}: {shown}"] if shown > narrow else []
    assert found == []
    assert desk.complaints == []


def test_an_export_is_made_without_script(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(java_script_enabled=False), desk.auditor)
    page.goto(desk.url + FILTERED)
    page.click("a:has-text('Export…')")
    page.click("main .button--main")
    expect(page.locator("h2").first).to_have_text("Ready")
    with page.expect_download() as fetched:
        page.click("a:has-text('Fetch the archive')")
    assert fetched.value.suggested_filename.endswith(".zip")


def test_a_printed_trail_says_who_printed_what_and_when(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.auditor)
    page.goto(desk.url + FILTERED)
    page.emulate_media(media="print")
    expect(page.locator(".explorer")).to_be_hidden()
    expect(page.locator(".printed")).to_contain_text("Printed by Otto Lind")
    expect(page.locator(".printed")).to_contain_text("Field changed: Priority")
