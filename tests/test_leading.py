"""Every state and every number on a page leads to what it stands for, or says why it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest

from tests import every_page, every_state, factories, markup, world
from tests.audit.desk import new_desk
from tests.browser import desk as story
from tests.every_page import Look
from tests.markup import Element
from tests.pages import body

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What ``data-still`` may say of a state or a number that is no link.
REASONS = {
    "rows": "it is how many rows the list on this page has",
    "below": "what it counts, or sums up, stands below it on this page",
    "sum": "it is the sum over the list on this page",
    "own": "it is said of the one that this page, or this line of it, is about",
    "none": "what it counts is not there any more, or was never anything",
    "then": "it is how many there were at that moment; there may be others by now",
    "measure": "it was measured and counts nothing that could be listed",
}
MARKED = {"pill", "count", "tile__count", "tabs__count", "leads"}
NUMBER = re.compile(r"[0-9][0-9,]*\+?\u00d7?")
ENTRY = re.compile(r"e[0-9]+")
# What is a number for other reasons than that something was counted.
NO_COUNT = {
    "id", "diff__text", "diff__before", "diff__after", "numbers", "readonly", "pager", "this-page",
    "document", "log__text", "failure__code",
}  # fmt: skip
NO_COUNT_TAGS = {"code", "time", "del", "ins", "pre", "option", "textarea", "kbd", "mark", "label"}


class Walk:
    """Pages with all that leads on from them. Each address is opened once for each browser."""

    def __init__(self) -> None:
        self.opened: dict[tuple[int, str], tuple[int, str]] = {}

    def complaints(self, look: Look) -> Iterator[str]:
        if look.sent is not None:  # an act, after which numbers are others
            self.opened.clear()
        answer = look.answer()
        html = body(answer).decode()
        if "<main" not in html:
            return
        for each in markup.main_of(html).inside():
            wrong = why_still(each) or self.why_not(look, each)
            if wrong:
                yield f"{look.name}: {each} {wrong}"

    def why_not(self, look: Look, each: Element) -> str:
        """What is wrong with where it leads."""
        link = each.link()
        if link is None or not each.classes & MARKED:
            return ""
        status, html = self.open(look, urljoin(look.path, link))
        if status != 200:
            return f"leads to {link}, which answers {status}"
        if "count" not in each.classes:
            return ""
        rows = rows_of(markup.main_of(html), urldefrag(link).fragment)
        return "" if rows == each.text else f"leads to {link}, which has {rows}"

    def open(self, look: Look, address: str) -> tuple[int, str]:
        key = (id(look.client), urldefrag(address).url)
        if key not in self.opened:
            answer = look.client.get(key[1])
            self.opened[key] = (answer.status_code, body(answer).decode(errors="replace"))
        return self.opened[key]


def why_still(each: Element) -> str:
    """Why it may not stand without a link; empty if it may."""
    is_marked = bool(each.classes & (MARKED - {"leads"}))
    if not is_marked and not is_number(each):
        return ""
    reason = each.attributes.get("data-still")
    if reason is not None:
        return "" if reason in REASONS else f"is still because of {reason!r}"
    return "" if each.link() is not None else "leads nowhere, and does not say why"


def is_number(each: Element) -> bool:
    """Whether it is a number by itself, in a place where numbers count something."""
    if not NUMBER.fullmatch(each.text) or any(isinstance(part, Element) for part in each.children):
        return False
    around = list(each.around())
    return not any(
        at.tag in NO_COUNT_TAGS or at.classes & NO_COUNT or at.attributes.get("id") == "result_list"
        for at in around
    )


def rows_of(main: Element, fragment: str) -> str:
    """How many rows a page has: as it says, or as many as stand in the part that is meant."""
    every = list(main.inside())
    told = [each for each in every if each.attributes.get("data-still") == "rows"]
    if told:
        return told[0].text
    headings = [each for each in every if each.attributes.get("id") == fragment]
    if headings:
        part = next((at for at in headings[0].around() if at.tag == "section"), main)
        every = list(part.inside())
    entries = [each for each in every if ENTRY.fullmatch(each.attributes.get("id", ""))]
    return str(len(entries or [each for each in every if is_row(each)]))


def is_row(each: Element) -> bool:
    """Of the body of a table; one that only says that there is none is none."""
    at = each.parent
    is_said = any("colspan" in cell.attributes for cell in each.inside())
    return each.tag == "tr" and at is not None and at.tag == "tbody" and not is_said


def assert_leading(looks: list[Look]) -> None:
    assert looks
    walk = Walk()
    found = [complaint for look in looks for complaint in walk.complaints(look)]
    assert not found, "\n".join(dict.fromkeys(found))


def test_on_every_page_of_every_route() -> None:
    assert_leading(every_page.found(world.marked("US", "Quill"))[0])


def test_on_every_page_of_the_admin_site() -> None:
    assert_leading(list(every_page.of_admin(new_desk())))


def test_on_states_of_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.every_state"
    desk = story.set_up("")
    assert_leading(every_state.of_desk(desk))
    assert_leading(every_state.of_forms(desk))
    assert_leading(every_state.of_empty())


def test_on_pages_of_signing_in() -> None:
    assert_leading(every_state.of_signing_in(factories.person(email="ana@x.example")))
