"""The admin site changes nothing but by its edits: every address, every method, every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audit.admin import site
from audit.models import Event
from audit.triggers import EVENT_TABLE
from requests_app.models import Message, Role, User
from tests.audit.desk import Desk, as_role, new_desk
from tests.audit.witness import everything

pytestmark = pytest.mark.django_db

READERS = [Role.AUDITOR, Role.ADMINISTRATOR]
OTHERS = ["nobody", *sorted(set(Role.values) - set(READERS))]
ALL_BUT_ADMINISTRATORS = [*OTHERS, Role.AUDITOR]
METHODS = ["post", "put", "patch", "delete"]
FORM = {
    "name": "changed", "subject": "changed", "status": "closed", "code": "XX",
    "username": "changed",
    "_save": "Save", "_change_history": "1", "action": "delete_selected", "post": "yes",
    "select_across": "1", "_selected_action": "1", "new_password1": "abcdef123!",
    "new_password2": "abcdef123!", "old_password": "correct horse",
}  # fmt: skip
FORMS = dict.fromkeys(METHODS, b"") | {"post": FORM}


def crawled(role: str) -> Any:
    return pytest.param(role, marks=pytest.mark.crawl)


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def patterns(node: Any = None, prefix: str = "", model: Any = None) -> Iterator[tuple[str, Any]]:
    """Every route below admin/, with the model whose admin it belongs to."""
    if node is None:
        [node] = [each for each in get_resolver().url_patterns if str(each.pattern) == "admin/"]
    route = prefix + str(node.pattern)
    if isinstance(node, URLPattern):
        yield route, model
        return
    assert isinstance(node, URLResolver)
    models = {f"admin/{m._meta.app_label}/{m._meta.model_name}/": m for m in site._registry}
    for child in node.url_patterns:
        yield from patterns(child, route, models.get(route, model))


def addresses() -> list[str]:
    """Every route with the ids of rows that are there, and each change by its name."""
    return sorted(
        {filled(one, model) for route, model in patterns() for one in named(route, model)}
    )


def named(route: str, model: Any) -> list[str]:
    """The addresses of a route that stands for several changes."""
    if "<slug:slug>" not in route:
        return [route]
    of_new = "/new/" in route
    slugs = [edit.slug for edit in site._registry[model].edits if edit.of_new is of_new]
    return [route.replace("<slug:slug>", slug) for slug in slugs]


def is_edit(address: str) -> bool:
    return "/edit/" in address or "/new/" in address


def filled(route: str, model: Any) -> str:
    row = model._base_manager.order_by("pk").first() if model is not None else None
    assert model is None or row is not None, f"no row of {model} to visit"
    version = row.history.last() if hasattr(row, "history") else None
    route = route.replace(
        "^([^/]+)/history/([^/]+)/$", f"{row and row.pk}/history/{version and version.pk}/"
    )
    for pattern, value in (
        (r"<path:object_id>", str(row.pk) if row else "1"),
        (r"<path:content_type_id>", "1"),
        (r"\(\?P<app_label>([^|)]+)[^)]*\)", r"\1"),
        (r"\(\?P<url>\.\*\)", "anything/"),
        (r"[\^$]", ""),
    ):
        route = re.sub(pattern, value, route)
    assert not set(route) & set("<>()[]?*"), route
    return f"/{route}"


def contents() -> tuple[Any, ...]:
    """All that is kept but for the record of looks, allowed and refused."""
    people, rows = list(User.objects.order_by("pk").values()), everything()
    looks = {"trail.view_denied", "trail.viewed"}
    events = rows.pop(EVENT_TABLE).values()
    acts = [event for event in events if event["kind"] not in looks]
    return acts, rows, people, Session.objects.count(), Message.objects.count()


def test_every_kind_of_address_is_visited(desk: Desk) -> None:
    found = addresses()
    history = reverse("admin:requests_app_supportrequest_history", args=[desk.request.pk])

    assert len(found) > 120
    assert history in found
    assert any(re.search(r"/supportrequest/\d+/history/\d+/$", address) for address in found)
    assert "/admin/audit/event/" in found
    assert "/admin/audit/event/export/" in found
    assert "/admin/requests_app/historicalmessage/" in found


@pytest.mark.parametrize("role", ["", Role.ADMINISTRATOR, *map(crawled, ALL_BUT_ADMINISTRATORS)])
def test_nothing_is_changed_in_passing(role: str, desk: Desk) -> None:
    client = as_role(desk, role)
    before = contents()

    answers = {
        (method, address): getattr(client, method)(
            address, FORM if method == "post" else b""
        ).status_code
        for address in addresses()
        for method in METHODS
    }

    edits = {answer for (_, address), answer in answers.items() if is_edit(address)}
    others = {answer for (_, address), answer in answers.items() if not is_edit(address)}
    assert others <= {403, 404, 405}
    # FORM gives no reason: who may change a row is told so, everybody else finds nothing.
    answer = {Role.ADMINISTRATOR: 422, "": 302}.get(role, 404)
    assert edits == {answer, 405}
    assert contents() == before


@pytest.mark.parametrize("role", [Role.AUDITOR, crawled(Role.ADMINISTRATOR)])
def test_every_address_can_be_looked_at(role: str, desk: Desk) -> None:
    client = as_role(desk, role)

    answers = {address: client.get(address) for address in addresses()}

    codes = {address: answer.status_code for address, answer in answers.items()}
    forbidden = ["/add/", "/delete/", "/autocomplete/", "/r/", "/anything/", "/login/"]
    forbidden += ["/edit/", "/new/"] if role == Role.AUDITOR else []
    short = re.compile(r"/admin/\w+/\w+/\d+/")  # Django sends it on to the row's page
    closed = {
        address for address in codes
        if any(part in address for part in forbidden)
        and not (role == Role.ADMINISTRATOR and is_edit(address))
    }  # fmt: skip
    others = {a: c for a, c in codes.items() if a not in closed}
    assert {a: c for a, c in others.items() if c != 200 and not short.fullmatch(a)} == {}
    assert {codes[address] for address in closed} <= {302, 403, 404}
    for address, answer in answers.items():
        assert_fits_the_policy(address, answer)
        answer.close()


def assert_fits_the_policy(address: str, answer: Any) -> None:
    """No inline style or script: the policy would stop it."""
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    if answer.streaming:  # a file, which closes at its end
        assert b"".join(answer.streaming_content).count(b"\r\n") > 0
        assert answer.headers["Content-Disposition"].startswith("attachment;"), address
        return
    body = answer.content.decode()
    assert not re.search(r"<[^>]+\s(style|on\w+)\s*=", body), address
    assert "<style" not in body
    scripts = re.findall(r"<script[^>]*>", body)
    assert all(" src=" in tag or "application/json" in tag for tag in scripts), address


@pytest.mark.crawl
@pytest.mark.slow
@pytest.mark.parametrize("role", OTHERS)
def test_who_reads_no_trail_finds_nothing_anywhere(role: str, desk: Desk) -> None:
    assert_finds_nothing(desk, role, addresses())


@pytest.mark.parametrize("role", OTHERS)
def test_who_reads_no_trail_finds_nothing(role: str, desk: Desk) -> None:
    assert_finds_nothing(desk, role, addresses()[::20])


def assert_finds_nothing(desk: Desk, role: str, asked: list[str]) -> None:
    """And each look leaves its event."""
    client = as_role(desk, role)

    assert {address: client.get(address).status_code for address in asked} == dict.fromkeys(
        asked, 404
    )
    denied = Event.objects.filter(kind="trail.view_denied", outcome="denied")
    assert {event.actor_id for event in denied} == {str(desk.people[role].pk)}
    assert sorted(event.detail["path"] for event in denied) == sorted(asked)


def test_who_is_not_signed_in_is_sent_to_the_sign_in_and_back(desk: Desk) -> None:
    client = as_role(desk, "")

    for address in addresses():
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("sign-in") + "?next=/admin/")
    assert client.get("/admin/login/").url.endswith("?next=/admin/")
