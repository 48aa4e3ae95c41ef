"""Every table of every page says what it is of, and which of its cells head what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests import every_page, every_state, world
from tests.audit.desk import new_desk
from tests.browser import desk as story
from tests.every_page import Look
from tests.markup import Element, main_of
from tests.pages import body

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def tables(look: Look) -> list[Element]:
    html = body(look.answer()).decode()
    return [each for each in main_of(html).inside() if each.tag == "table"] if html else []


def complaints(table: Element) -> Iterator[str]:
    captions = [each for each in table.inside() if each.tag == "caption" and each.text]
    if not captions and not {"aria-label", "aria-labelledby"} & set(table.attributes):
        yield "has no name"
    headings = [each for each in table.inside() if each.tag == "th"]
    if not any(each.attributes.get("scope") == "col" for each in headings):
        yield "has no heading of a column"
    for each in headings:
        if each.attributes.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
            yield f"has {each} that does not say what it heads"


def assert_told(looks: Iterable[Look], least: int) -> None:
    found = [(look.name, table) for look in looks for table in tables(look)]
    wrong = [f"{name}: {table} {said}" for name, table in found for said in complaints(table)]
    assert not wrong, "\n".join(wrong)
    assert len(found) >= least


def test_every_table_of_every_page_is_told() -> None:
    looks, _without = every_page.found(world.marked("US", "Quill"))
    assert_told(looks, 20)


def test_every_table_of_the_admin_site_is_told() -> None:
    assert_told(every_page.of_admin(new_desk()), 50)


def test_every_table_of_every_state_is_told(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.every_state"
    desk = story.set_up("")
    assert_told([*every_state.of_desk(desk), *every_state.of_forms(desk)], 10)


def test_a_table_without_a_name_or_heading_is_complained_of() -> None:
    bare = main_of("<main><table><tr><th>A</th></tr></table></main>")
    [table] = [each for each in bare.inside() if each.tag == "table"]

    assert len(list(complaints(table))) == 3
