"""Every page keeps to its budget, and asks this site alone; no route is without its page."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from tests import every_page, every_state, factories, queries, world
from tests.audit.desk import new_desk
from tests.browser import desk as story
from tests.every_page import Look

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HTML, STYLES, SCRIPTS, REQUESTS = 60_000, 20_000, 30_000, 10
# Of a page, beside the trail on it, whatever it shows.
QUERIES = 15
# Of a form that was refused: the page once more, after the act as far as it went, attempts that are
# counted under locks of their own, and an event that is written after the rollback in a transaction
# of its own. Nobody is led to another page, which would hide what was typed. A stale form about
# money reads the most: what came between, and the balances as they are now.
QUERIES_OF_A_REFUSAL = 28
# The admin site asks for the people of a version one by one: a delegation has four.
QUERIES_OF_A_VERSION = 17
REFUSED = (409, 422, 429)
LOADED = re.compile(r'<(link|script|img|iframe)\b[^>]*?\b(?:href|src)="([^"]+)"')
FOREIGN = re.compile(r'\b(?:src|href|action|poster|data)="((?:https?:)?//[^"]+)"')


@cache
def size_of_file(name: str) -> int:
    path = finders.find(name)
    assert isinstance(path, str), name
    return size(Path(path).read_bytes())


def size(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def most_queries(look: Look) -> int:
    is_refusal = look.sent is not None and look.status in REFUSED
    if is_refusal:
        return QUERIES_OF_A_REFUSAL
    return QUERIES_OF_A_VERSION if "/historical" in look.name else QUERIES


def complaints(look: Look) -> Iterator[str]:
    with queries.asked() as asked:
        answer = look.answer()
    html = answer.content.decode()
    loaded = sorted(set(LOADED.findall(html)))
    styles = [name for tag, name in loaded if tag == "link" and name.endswith(".css")]
    scripts = [name for tag, name in loaded if tag == "script"]
    found = {
        "status": (answer.status_code, look.status),
        "html": (size(answer.content), HTML),
        "styles": (sum(size_of_file(name.removeprefix("/static/")) for name in styles), STYLES),
        "scripts": (sum(size_of_file(name.removeprefix("/static/")) for name in scripts), SCRIPTS),
        "requests": (1 + len(loaded) + ("<svg" in html), REQUESTS),
        "queries": (len(asked), most_queries(look)),
    }
    for what, (is_, most) in found.items():
        if is_ > most or (what == "status" and is_ != most):
            yield f"{look.name}: {what} {is_} > {most}"
    yield from (f"{look.name}: {name}" for name in FOREIGN.findall(html))


def assert_in_budget(looks: list[Look]) -> None:
    found = [complaint for look in looks for complaint in complaints(look)]
    assert not found, "\n".join(found)


def test_every_route_shows_a_page_or_says_why_it_has_none() -> None:
    here = world.marked("US", "Quill")
    looks, without = every_page.found(here)
    assert set(without) == set(every_page.NO_PAGES)
    assert_in_budget(looks)


def test_the_reason_for_no_page_names_a_route_that_is_there() -> None:
    assert set(every_page.NO_PAGES) <= every_page.routes()


def test_pages_of_the_admin_site_are_in_budget() -> None:
    assert_in_budget(list(every_page.of_admin(new_desk())))


def test_states_of_pages_are_in_budget(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.every_state"
    desk = story.set_up("")
    assert_in_budget(every_state.of_desk(desk))
    assert_in_budget(every_state.of_forms(desk))
    assert_in_budget(every_state.of_empty())
    assert_in_budget(every_state.of_errors(desk.agent))


def test_pages_of_signing_in_are_in_budget() -> None:
    assert_in_budget(every_state.of_signing_in(factories.person(email="ana@x.example")))
