"""Every address answers every role: no failure, and nothing for those who are not signed in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

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
    client = signed_in(factories.person(role, here.entity))
    seen: set[str] = set()
    waiting = ["/", "/requests/"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(("/static/", "/admin/")):
            continue
        if path.count("&") > 1:  # filters and orders are combined without end
            continue
        seen.add(path)
        response = client.get(path, follow=True)
        assert response.status_code == 200, path
        here = response.request["PATH_INFO"]
        for link in LINK.findall(body(response).decode()):
            plain = link.replace("&amp;", "&")
            waiting.append(here + plain if plain.startswith("?") else plain)
        assert len(seen) < 3_000
    assert len(seen) > 10
