"""Pages for other eyes: text set wider apart (WCAG 1.4.12), and no colour at all."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important }
* { word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }
"""
# What hides a part of its text, and what its text sticks out of. A list shows three lines of a
# text by design, and what is read aloud alone has no size.
LOST = """() => {
    const is_cut = each => getComputedStyle(each).clipPath !== "none";
    const said = each => each && (is_cut(each) || said(each.parentElement));
    const shown = [...document.querySelectorAll("main *, .masthead *, .footer *")]
        .filter(each => each.checkVisibility() && !each.closest("svg, .clamped") && !said(each));
    const overflows = each => each.scrollWidth > each.clientWidth + 1
        || each.scrollHeight > each.clientHeight + 1;
    const hides = each => /hidden|clip/.test(getComputedStyle(each).overflow);
    const control = each => each.matches("button, a.button, .pill, .chip, .tabs a, summary, label")
        && getComputedStyle(each).display !== "inline";
    return shown.filter(each => (hides(each) || control(each)) && overflows(each)
        && !each.matches("input, select, textarea"))
        .map(each => each.outerHTML.slice(0, 120));
}"""
# How each value is told to be the old or the new one.
TOLD = """() => [...document.querySelectorAll("main :is(del, ins)")].map(each => ({
    is_old: each.tagName === "DEL",
    line: getComputedStyle(each).textDecorationLine,
    words: each.querySelector(".visually-hidden")?.textContent.trim() ?? "",
}))"""
WIDTHS = (320, 1280)


@pytest.mark.parametrize("reader", ["agent", "auditor"])
def test_text_set_wider_apart_loses_nothing(reader: str, browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(bypass_csp=True), getattr(desk, reader))
    found = []
    for name, path in desk.pages().items():
        page.goto(desk.url + path)
        page.add_style_tag(content=SPACED)
        page.evaluate("document.querySelectorAll('main details').forEach(it => { it.open = true })")
        found += [f"{name}: {fault}" for fault in faults(page)]
    assert not found, "\n".join(found)


def faults(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        shown = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{shown} pixels wide at {width}"] if shown > width else []
        found += [f"lost at {width}: {tag}" for tag in page.evaluate(LOST)]
    return found


@pytest.mark.parametrize(
    "look", [{"media": "screen"}, {"media": "print"}, {"forced_colors": "active"}]
)
def test_old_and_new_are_told_apart_without_colour(look: Any, browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.auditor)
    page.emulate_media(**look)
    counted = 0
    for name in ("request, everything", "event with a long text", "comparison", "trail"):
        page.goto(desk.url + desk.pages()[name])
        told = page.evaluate(TOLD)
        assert told, name
        for each in told:
            line, words = (
                ("line-through", "removed:") if each["is_old"] else ("underline", "added:")
            )
            assert (each["line"], each["words"]) == (line, words), (name, each)
        counted += len(told)
    assert counted > 10
