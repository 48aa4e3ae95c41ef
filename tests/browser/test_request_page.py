"""The request page in a real browser: folds, keys, the past, paper and a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.pages import address

pytestmark = pytest.mark.browser

WHOLE = "?show=everything"


def opened(
    browser: Browser, desk: Desk, query: str = "?show=everything", **options: object
) -> Page:
    page = desk.sign_in(browser.new_context(**options), desk.agent)  # type: ignore[arg-type]
    page.goto(desk.url + address(desk.support_request) + query)
    return page


def test_a_fold_opens_without_script(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk, java_script_enabled=False)
    entry = page.locator(f"#e{desk.folded.pk}")
    expect(entry).to_be_hidden()
    page.click(".fold > summary")
    expect(entry).to_be_visible()


def test_the_address_of_an_entry_opens_its_fold_and_shows_it(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk, f"events/{desk.folded.pk}/", java_script_enabled=False)
    entry = page.locator(f"#e{desk.folded.pk}")
    expect(entry).to_be_in_viewport()
    expect(entry).to_have_class(re.compile("entry--asked"))


def test_a_fragment_of_an_entry_that_is_elsewhere_leads_to_it(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk, f"#e{desk.folded.pk}")
    page.wait_for_url(f"**event={desk.folded.pk}#e{desk.folded.pk}")
    expect(page.locator(f"#e{desk.folded.pk}")).to_be_visible()


def test_keys_go_from_entry_to_entry_unfold_and_begin_a_reply(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".entry:focus")).to_have_count(1)
    second = page.evaluate("document.activeElement.id")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") != second
    page.keyboard.press("e")
    expect(page.locator(".entry:focus details[open]").first).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("#reply-body")).to_be_focused()
    page.keyboard.type("jkce?")
    expect(page.locator("#reply-body")).to_have_value("jkce?")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_are_explained_and_can_be_switched_off(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.click("text=Switch single keys off")
    page.wait_for_load_state()
    expect(page.locator("body")).to_have_attribute("data-shortcuts", "off")
    page.keyboard.press("j")
    expect(page.locator(".entry:focus")).to_have_count(0)


MAY_COPY = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.mark.parametrize(
    ("label", "copied"),
    [("Copy link", r"{url}{address}events/\d+/"), ("Copy id", r"E-\d+")],
)
def test_an_entry_can_be_copied(label: str, copied: str, browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk, **MAY_COPY)
    entry = page.locator(".entry").first
    entry.locator(".entry__more > summary").click()
    entry.get_by_text(label).click()
    expect(entry.get_by_text("Copied")).to_be_visible()
    wanted = copied.format(url=desk.url, address=address(desk.support_request))
    assert re.fullmatch(wanted, page.evaluate("navigator.clipboard.readText()"))


def test_the_id_of_each_event_is_copied_where_its_link_stands(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(**MAY_COPY), desk.auditor)
    for name in ("trail", "actions log"):
        page.goto(desk.url + desk.pages()[name])
        row = page.locator("main tbody tr").first
        row.hover()
        row.get_by_text("Copy id").click()
        expect(row.get_by_text("Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert row.locator("a[href^='/events/']").first.inner_text() == copied


def test_the_past_is_stepped_through_by_its_links(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk, java_script_enabled=False)
    page.locator(".entry__more > summary").first.click()
    page.locator(".entry a:has-text('As it was then')").first.click()
    expect(page.locator(".past")).to_contain_text("Change 1 of")
    page.click("text=Next change")
    expect(page.locator(".past")).to_contain_text("Change 2 of")
    expect(page.locator("main textarea")).to_have_count(0)
    page.click("text=back to now")
    expect(page.locator(".past")).to_have_count(0)


def test_on_a_phone_the_acts_are_one_touch_away(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk, viewport={"width": 360, "height": 700})
    page.evaluate("scrollTo(0, document.body.scrollHeight / 3)")
    page.click(".jump a:has-text('Act')")
    expect(page.locator("#actions")).to_be_in_viewport()


def test_on_paper_folds_are_open_and_controls_are_gone(browser: Browser, desk: Desk) -> None:
    page = opened(browser, desk)
    page.emulate_media(media="print")
    folded = page.locator(f"#e{desk.folded.pk}")
    assert (folded.bounding_box() or {}).get("height", 0) > 0
    for gone in (".jump", ".logs", ".tabs", ".as-of", ".entry__more"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
