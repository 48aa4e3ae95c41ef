"""Every address answers every role: no failure, and nothing for those who are not signed in."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from requests_app.models import Role
from tests import factories, world
from tests.pages import body, signed_in
from tests.world import World

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {
    "livez", "readyz", "metrics", "sign-in", "account_login", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key",
}  # fmt: skip
LINK = re.compile(r'href="(/[^"#]*|\?[^"#]*)')
MARK = "Qxus"
OF_EACH_SHAPE = 4
Shape = tuple[str, tuple[str, ...]]


@pytest.fixture
def here() -> World:
    return world.marked("US", MARK)


def test_nothing_is_shown_to_those_who_are_not_signed_in(here: World) -> None:
    for path, name in here.addresses():
        response = Client(raise_request_exception=False).get(path)
        assert_is_fenced(response, path)
        if name in OPEN_TO_ALL:
            continue
        if response.status_code == 302:
            target = response.headers["Location"]
            assert target.startswith("/sign-in/") or name == "home", path
        else:
            assert response.status_code in (404, 405), path


def assert_is_fenced(response: Any, path: str) -> None:
    """No inline script or style may run, and no other site may frame it, whatever the answer is."""
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, path
    assert "frame-ancestors 'none'" in policy, path
    assert "unsafe" not in policy, path
    assert response.headers["X-Frame-Options"] == "DENY", path


@pytest.mark.parametrize("role", Role.values)
def test_every_address_answers_every_role(role: str, here: World) -> None:
    client = signed_in(factories.person(role, here.entity))
    for path, name in here.addresses():
        if name != "readyz":
            response = client.get(path)
            assert response.status_code in (200, 302, 404, 405), path
            assert_is_fenced(response, path)
            body(response)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_in_another_entity_opens_nothing_of_this_one(role: str, here: World) -> None:
    client = signed_in(factories.person(role, factories.entity(code="DE")))
    for path, name in here.addresses():
        if name == "readyz":
            continue
        shown = body(client.get(path)).replace(path.encode(), b"")
        assert here.support_request.number.encode() not in shown, path
        assert MARK.encode() not in shown, path


@pytest.mark.crawl
@pytest.mark.parametrize("role", Role.values)
def test_every_link_on_every_page_leads_somewhere(role: str, here: World) -> None:
    """Some of each shape: each look of the crawl is an event, which has a page of its own."""
    client = signed_in(factories.person(role, here.entity))
    seen: set[str] = set()
    shapes: Counter[Shape] = Counter()
    waiting = deque(["/", "/requests/"])
    while waiting:
        path = waiting.popleft()
        if path in seen or path.startswith(("/static/", "/admin/")):
            continue
        seen.add(path)
        shape = shape_of(path)
        shapes[shape] += 1
        if shapes[shape] > OF_EACH_SHAPE:
            continue
        response = client.get(path, follow=True)
        assert response.status_code == 200, path
        at = response.request["PATH_INFO"]
        for link in LINK.findall(body(response).decode()):
            plain = html.unescape(link)
            waiting.append(at + plain if plain.startswith("?") else plain)
    assert len(shapes) > 10


def shape_of(path: str) -> Shape:
    """The view, and what is asked of it; one with two questions or more is one of their many
    combinations."""
    parts = urlsplit(path)
    asked = sorted(name for name, _ in parse_qsl(parts.query))
    return resolve(parts.path).view_name, tuple(asked[:2])
