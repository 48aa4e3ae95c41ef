"""Every page in a real browser: readable by everybody in both themes, within 320 pixels, silent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests import every_page, every_state, factories, world
from tests.audit.desk import new_desk
from tests.browser import desk as story
from tests.browser.desk import faults
from tests.every_page import Look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every page")]

# What a dark theme and a narrow screen can change: colours, sizes and boxes that scroll.
CHANGED = ("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable")
WIDTHS = (320, 768, 1024, 1440)
WIDE: Any = {"width": 1280, "height": 800}
NARROW: Any = {"width": 320, "height": 800}
# The second is what pages are opened in.
THEMES: Any = ("dark", "light")
# The network tells of each status that is no success; what a page does wrong is said otherwise.
EXPECTED = "Failed to load resource: the server responded with a status of"
STICKS_OUT = """() => {
    const main = document.querySelector("main").getBoundingClientRect();
    return [...document.querySelectorAll("main table, main .card, main form")]
        .filter(each => each.getBoundingClientRect().right > main.right && !each.closest(".scroll"))
        .map(each => each.cloneNode(false).outerHTML.slice(0, 80));
}"""
# Forms, filters and long texts that are folded; menus lie above the page, so each by itself.
UNFOLD = """() => {
    const folded = [...document.querySelectorAll("main details:not([open], .menu)")];
    folded.forEach(each => { each.open = true; });
    return folded.length;
}"""
# Those of the masthead too: menus that look alike once each.
OPEN_MENU = """place => {
    const within = menu => menu.closest("main") ? "main" : "masthead";
    const alike = new Map([...document.querySelectorAll("details.menu")]
        .map(menu => [`${within(menu)} ${menu.className}`, menu]));
    const menus = [...alike.values()];
    menus.forEach((menu, at) => { menu.open = at === place; });
    return place < menus.length;
}"""
SEND = """([path, sent]) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
    const form = document.createElement("form");
    form.method = "post";
    form.action = path;
    for (const [name, values] of Object.entries({ csrfmiddlewaretoken: token, ...sent })) {
        for (const value of [values].flat()) {
            const input = document.createElement("input");
            input.type = "hidden";
            input.name = name;
            input.value = value;
            form.append(input);
        }
    }
    document.body.append(form);
    form.submit();
}"""


class Visitor:
    """One browser that signs in by the cookies of the test clients, and what it hears."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.page = context.new_page()
        self.heard: list[str] = []
        self.page.on("console", lambda said: self.hear(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.hear(f"error: {error}"))

    def hear(self, words: str) -> None:
        if EXPECTED not in words:
            self.heard.append(words)

    def go(self, look: Look) -> Response | None:
        self.context.clear_cookies()
        session = look.client.cookies.get("sessionid")
        if session is not None and session.value:
            cookie: Any = {"name": "sessionid", "value": session.value, "url": self.url}
            self.context.add_cookies([cookie])
        if look.sent is None:
            return self.page.goto(self.url + look.path)
        self.page.goto(f"{self.url}/profile/" if session else f"{self.url}/sign-in/")
        with self.page.expect_navigation() as navigation:
            self.page.evaluate(SEND, [look.path, dict(look.sent)])
        return navigation.value

    def complaints(self, look: Look) -> list[str]:
        """As it comes, then with everything unfolded; wide and light, and narrow and dark."""
        self.heard.clear()
        answer = self.go(look)
        found = [] if answer is not None and answer.status == look.status else ["its status"]
        found += [*of_structure(self.page), *faults(self.page), *self.narrow_and_dark()]
        if self.page.evaluate(UNFOLD):
            found += [f"unfolded: {fault}" for fault in faults(self.page)]
            found += [f"unfolded, {fault}" for fault in self.narrow_and_dark()]
        found += [*of_width(self.page), *self.of_menus()]
        self.page.set_viewport_size(WIDE)
        return [f"{look.name}: {each}" for each in [*found, *self.heard]]

    def narrow_and_dark(self) -> list[str]:
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size(NARROW)
        found = faults(self.page, *CHANGED)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(WIDE)
        return [f"narrow and dark: {fault}" for fault in found]

    def of_menus(self) -> Iterator[str]:
        """Each opened by itself where it is narrowest: readable in both themes, and not past the
        edge."""
        self.page.set_viewport_size(NARROW)
        for place in count():
            if not self.page.evaluate(OPEN_MENU, place):
                return
            for scheme in THEMES:
                self.page.emulate_media(color_scheme=scheme)
                found = faults(self.page, within=".menu[open]")
                yield from (f"menu, {scheme}: {fault}" for fault in found)
            shown = self.page.evaluate("document.documentElement.scrollWidth")
            if shown > NARROW["width"]:
                yield f"menu: {shown} pixels wide"


def of_structure(page: Page) -> list[str]:
    headings = page.locator("h1").count()
    found = [] if headings == 1 else [f"{headings} h1"]
    title = page.title()
    return found if title.partition("·")[0].strip() else [*found, f"title {title!r}"]


def of_width(page: Page) -> list[str]:
    """The page never scrolls sideways, and nothing sticks out of its column."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        shown = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{shown} pixels wide at {width}"] if shown > width else []
        found += [f"sticks out at {width}: {tag}" for tag in page.evaluate(STICKS_OUT)]
    return found


@pytest.fixture
def visitor(browser: Browser, live_site: str) -> Any:
    # A colour halfway between two is nobody's: contrast is measured when nothing moves.
    context = browser.new_context(color_scheme="light", viewport=WIDE, reduced_motion="reduce")
    yield Visitor(context, live_site)
    context.close()


def assert_good(visitor: Visitor, looks: list[Look]) -> None:
    assert looks
    found = [complaint for look in looks for complaint in visitor.complaints(look)]
    assert not found, "\n".join(found)


def test_every_page_of_every_route(visitor: Visitor) -> None:
    assert_good(visitor, every_page.found(world.marked("US", "Quill"))[0])


def test_every_page_of_the_admin_site(visitor: Visitor) -> None:
    assert_good(visitor, list(every_page.of_admin(new_desk())))


def test_a_request_with_a_story_as_who_works_on_it_and_who_audits_it(visitor: Visitor) -> None:
    assert_good(visitor, every_state.of_desk(story.set_up(visitor.url)))


def test_forms_not_accepted_empty_lists_and_errors(visitor: Visitor, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.every_state"
    desk = story.set_up(visitor.url)
    assert_good(visitor, every_state.of_forms(desk))
    assert_good(visitor, every_state.of_empty())
    assert_good(visitor, every_state.of_errors(desk.agent))


def test_every_step_of_signing_in(visitor: Visitor) -> None:
    assert_good(visitor, every_state.of_signing_in(factories.person(email="ana@x.example")))
