"""Every address answers every role: no failure, and nothing for those who are not signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from audit.models import Event
from requests_app import services
from requests_app.attachments import Upload
from requests_app.models import Entity, Role, SupportRequest, WorkCalendar
from tests import factories, promises
from tests.pages import body, signed_in

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {
    "livez", "readyz", "metrics", "sign-in", "account_login", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key",
}  # fmt: skip
ELSEWHERE = ("admin/",)  # its own tests visit it
PLACEHOLDER = re.compile(r"<[^>]+>")
LINK = re.compile(r'href="(/[^"#]*|\?[^"#]*)')


@pytest.fixture
def story() -> SupportRequest:
    entity: Entity = factories.entity(code="US")
    agent = factories.actor(factories.person("agent", entity))
    opened = factories.support_request(entity=entity, customer=factories.customer(entity=entity))
    services.take(support_request=opened, by=agent)
    services.reply(
        support_request=opened, body="Hello", by=agent, files=[Upload("a.txt", b"words")]
    )
    services.change_priority(support_request=opened, priority="high", by=agent)
    promises.calendar(entity)
    return opened


def patterns(found: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every route with its name, as the site would resolve it."""
    for pattern in found:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.name or ""


def addresses(story: SupportRequest) -> list[tuple[str, str]]:
    event = Event.objects.of_support_request(story.pk).latest("id")
    values = {
        "<slug:number>": story.number, "<slug:slug>": "take", "<int:event_id>": str(event.pk),
        "<str:model>": "requests_app.supportrequest", "<int:row_id>": str(story.pk),
        "<str:code>": "US", "<slug:part>": "calendar",
        "<int:arranged_id>": str(WorkCalendar.objects.get().pk),
        "<log:log>": "actions", "<int:version_id>": str(story.history.latest().pk),
        "<int:view_id>": "1",
        "<int:person_id>": event.actor_id, "<str:uidb36>": "1", "<str:key>": "a-b",
        "<int:job_id>": "1",
        "<int:message_id>": str(story.messages.get().pk),
        "<int:attachment_id>": str(story.attachments.get().pk),
    }  # fmt: skip
    values["<int:mail_id>"] = str(story.pk)
    values["<int:customer_id>"] = str(story.customer_id)
    made = []
    for route, name in patterns(get_resolver().url_patterns):
        if not route.startswith(ELSEWHERE):
            path = PLACEHOLDER.sub(lambda found: values[found[0]], route)
            made.append((f"/{path}", name))
    return made


def test_nothing_is_shown_to_those_who_are_not_signed_in(story: SupportRequest) -> None:
    for path, name in addresses(story):
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
def test_every_address_answers_every_role(role: str, story: SupportRequest) -> None:
    client = signed_in(factories.person(role, story.entity))
    for path, name in addresses(story):
        if name != "readyz":
            response = client.get(path)
            assert response.status_code in (200, 302, 404, 405), path
            assert_is_fenced(response, path)
            body(response)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_in_another_entity_opens_nothing_of_this_one(
    role: str, story: SupportRequest
) -> None:
    client = signed_in(factories.person(role, factories.entity(code="DE")))
    for path, name in addresses(story):
        if name == "readyz":
            continue
        shown = body(client.get(path)).replace(path.encode(), b"")
        assert story.number.encode() not in shown, path
        assert story.subject.encode() not in shown, path


@pytest.mark.crawl
@pytest.mark.parametrize("role", Role.values)
def test_every_link_on_every_page_leads_somewhere(role: str, story: SupportRequest) -> None:
    client = signed_in(factories.person(role, story.entity))
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
