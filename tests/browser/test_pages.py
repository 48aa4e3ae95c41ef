"""Pages in a real browser: for everybody, on every screen, with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import LONG_ADDRESS, Desk
from tests.pages import address

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 1024])
def test_an_address_is_broken_at_its_joints_alone(width: int, browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(viewport={"width": width, "height": 800}), desk.agent)
    page.goto(desk.url + address(desk.support_request))
    shown = page.locator(".facts span", has_text=LONG_ADDRESS)
    lines = shown.evaluate(
        """element => [...element.childNodes].filter(each => each.data).map(part => {
            const range = document.createRange();
            range.selectNodeContents(part);
            return range.getClientRects().length;
        })"""
    )
    assert lines == [1, 1, 1, 1]
    assert shown.evaluate("element => element.getClientRects().length") > 1


def test_icons_are_drawn(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    drawn = page.evaluate(
        "[...document.querySelectorAll('main svg use')].map(use => use.getBBox().width > 0)"
    )
    assert drawn
    assert all(drawn)


def test_targets_are_large_enough_to_hit(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(viewport={"width": 360, "height": 800}), desk.agent)
    for path in desk.pages().values():
        page.goto(desk.url + path)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, select, input, summary, textarea")]
                .filter(each => each.offsetParent && each.type !== "hidden")
                .map(each => each.type === "checkbox" ? each.closest("label") ?? each : each)
                .filter(each => each.getBoundingClientRect().height < 24)
                .map(each => each.outerHTML.slice(0, 80))"""
        )
        assert small == [], path


def test_the_whole_way_works_without_script(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(java_script_enabled=False), desk.agent)
    page.goto(f"{desk.url}/requests/new/")
    page.fill("[name=subject]", "Wet linen")
    page.fill("[name=description]", "Four cartons were wet.")
    page.click("main .button--main")
    page.click("button:has-text('Take')")
    expect(page.locator(".notice")).to_have_text("You have taken this request.")
    page.click("summary:has-text('Resolve')")
    page.select_option("#resolve-resolution", "refunded")
    page.select_option("#resolve-root_cause", "unknown")
    page.fill("#resolve-note", "Paid back.")
    page.click("form:has(#resolve-note) button")
    expect(page.locator(".status--resolved").first).to_have_text("Resolved")
    page.click(".tabs a:has-text('Changes')")
    page.wait_for_url("**show=changes**")
    page.click(".entry:last-child .entry__id")
    expect(page.locator("h1")).to_have_text("Request resolved")


def test_what_went_wrong_gets_the_focus_and_leads_to_the_field(
    browser: Browser, desk: Desk
) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.goto(f"{desk.url}/requests/new/")
    page.fill("[name=subject]", "Kept")
    page.click("main .button--main")
    expect(page.locator("#errors")).to_be_focused()
    page.click("#errors a")
    expect(page.locator("#id_description")).to_be_focused()
    expect(page.locator("[name=subject]")).to_have_value("Kept")


def test_a_long_text_shows_its_edits_and_unfolds_the_rest(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.auditor)
    page.goto(f"{desk.url}/events/{desk.updated.pk}/")
    text = page.locator(".diff__text")
    expect(text.locator("ins")).to_contain_text("twice")
    expect(text.locator("del")).to_contain_text("of the block booking")
    expect(text).not_to_contain_text("Room 120", use_inner_text=True)
    text.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(text).to_contain_text("Room 120", use_inner_text=True)


def test_an_act_can_be_done_by_keyboard_alone(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.goto(desk.url + address(desk.support_request))
    page.focus("summary:has-text('Reply')")
    page.keyboard.press("Tab")
    page.keyboard.type("Typed by hand.")
    page.keyboard.press("Tab")  # to the files
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".message__body").last).to_have_text("Typed by hand.")


def test_the_first_tab_offers_to_skip_to_the_content(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_chosen_theme_goes_before_that_of_the_system(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(color_scheme="light"), desk.agent)
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.click(".masthead__menu summary")
    page.click("button:has-text('Dark')")
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert light != dark
    assert page.url == f"{desk.url}/"


def test_a_menu_closes_on_escape_and_gives_the_focus_back(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.click(".masthead__menu summary")
    page.keyboard.press("Escape")
    expect(page.locator(".masthead__menu .menu__panel")).to_be_hidden()
    expect(page.locator(".masthead__menu summary")).to_be_focused()


def test_a_printed_request_shows_folded_parts_and_no_controls(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.auditor)
    page.goto(desk.url + address(desk.support_request))
    page.emulate_media(media="print")
    expect(page.locator(".masthead")).to_be_hidden()
    expect(page.locator(".actions")).to_be_hidden()
    folded = page.locator(".row-change--created .diff__changes").first
    assert (folded.bounding_box() or {}).get("height", 0) > 0


def test_on_a_narrow_screen_the_sections_stand_in_a_menu_that_needs_no_script(
    browser: Browser, desk: Desk
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = desk.sign_in(context, desk.auditor)
    assert not page.locator(".masthead__nav").is_visible()
    page.click(".masthead__fold summary")
    page.click(".masthead__fold a:has-text('Trail')")
    page.wait_for_url(f"{desk.url}/trail/")
