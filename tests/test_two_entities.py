"""Every address with every method as every role of two entities, and as nobody: what is not theirs
answers like what is not there, and nothing is written that they may not write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from audit.triggers import EVENT_TABLE
from requests_app.models import (
    Customer,
    Role,
    Rule,
    SavedView,
    ServiceLevel,
    User,
    WorkCalendar,
)
from requests_app.standing import standing_of
from tests import world
from tests.audit.witness import everything
from tests.pages import body, seen, signed_in
from tests.world import World, filled, routes

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

HERE, THERE = "Qxus", "Zvde"
METHODS = ("post", "put", "patch", "delete")
# What each person does to their own account, or for themselves alone; and what is no entity's.
OWN = re.compile(r"^/(profile|sign-out|sign-in|display|views|trail/export|management)")
# What is another each time, whatever was asked: a token, and when the page was made.
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}, [0-9:]{8}'
)
# Roles that write nothing but what is their own.
LOOKERS = [Role.AUDITOR, Role.CONTROLLER, Role.EXECUTIVE, Role.ACCOUNTANT, Role.TREASURER]


@pytest.fixture
def here() -> World:
    return world.marked("US", HERE)


@pytest.fixture
def there(here: World) -> World:
    return world.marked("DE", THERE)


def missing(ids: dict[str, str]) -> dict[str, str]:
    """Keys that no row has."""
    made_up = {name: "99999999" for name, value in ids.items() if value.isdecimal()}
    return ids | made_up | {"number": "US-R-1999-000001", "code": "XX", "actor_id": "99999999"}


def of_one_row() -> list[tuple[str, str]]:
    return [(route, name) for route, name in routes() if "<" in route and "uidb36" not in route]


def told(client: Client, method: str, path: str, *ids: str) -> tuple[int, bytes, str]:
    """The whole answer, without what only repeats the question: the address itself, as it stands
    and as it is written inside another one; no digit of an id is left out but where it leads to."""
    response = getattr(client, method)(path)
    shown = PASSING.sub(b"", body(response))
    for asked in (path, quote(path), quote(path, safe="")):
        shown = shown.replace(asked.encode(), b"?")
    where = response.headers.get("Location", "").split("?")[0]
    for value in sorted(ids, key=len, reverse=True):
        where = where.replace(value, "?")
    return response.status_code, shown, where


@pytest.mark.parametrize("role", Role.values)
def test_what_is_of_the_other_entity_answers_like_what_is_not_there(
    role: str, here: World, there: World
) -> None:
    client = signed_in(there.people[role])
    none = missing(here.ids)
    differ = []
    for route, name in of_one_row():
        theirs, nowhere = filled(route, name, here.ids), filled(route, name, none)
        if OWN.match(theirs):
            continue
        for method in ("get", "post"):
            forbidden = told(client, method, theirs, *here.ids.values())
            absent = told(client, method, nowhere, *none.values())
            if forbidden != absent or HERE.encode() in forbidden[1]:
                differ.append((method, theirs, forbidden, absent))
    assert differ == []


@pytest.mark.parametrize("role", Role.values)
def test_nothing_of_the_other_entity_is_on_any_page(role: str, here: World, there: World) -> None:
    client = signed_in(there.people[role])
    begun = HERE[:3].lower()  # which begins a word of theirs, and is no mark when it is repeated
    searched = [f"/{page}/?q={begun}" for page in ("requests", "customers", "trail", "mail")]
    paths = [path for path, name in there.addresses() if name not in ("readyz", "metrics")]
    for path in [*paths, *searched]:
        shown = body(client.get(path)).replace(path.encode(), b"")
        assert HERE.encode() not in shown, path


def kept() -> str:
    """All that is kept but for the record of who did and saw what, and of who is signed in."""
    rows = everything()
    rows.pop(EVENT_TABLE)
    return json.dumps(rows, sort_keys=True, default=str)


@pytest.mark.parametrize("role", ["", *Role.values])
def test_looking_at_everything_writes_nothing(role: str, here: World) -> None:
    client = signed_in(here.people[role]) if role else Client(raise_request_exception=False)
    paths = [path for path, name in here.addresses() if name not in ("readyz", "metrics")]
    before, sessions = kept(), Session.objects.count()
    for method in ("get", "head", "options"):
        for path in paths:
            body(getattr(client, method)(path))
    assert kept() == before
    assert Session.objects.count() <= sessions + 1


def filled_in(here: World) -> dict[str, str]:
    """Every field of every form as who may send it would fill it in."""
    return {
        "seen": str(standing_of(here.support_request)), "reason": "A reason", "body": "Words",
        "note": "Words", "resolution": "explained", "priority": "low", "category": "Billing",
        "waiting_for": "waiting_customer", "assignee": str(here.people["lead"].pk),
        "customer_email": "new@x.example", "customer_name": "New", "purpose": "audit",
        "name": "New name", "value": "new@x.example", "kind": "email", "is_sure": "on",
    }  # fmt: skip


SEEN = {
    "customers": Customer, "people": User, "views": SavedView, "calendar": WorkCalendar,
    "level": ServiceLevel, "assigning": Rule, "closing": Rule,
}  # fmt: skip


def seen_at(path: str) -> dict[str, str]:
    """That the row of this address was seen as it stands: what is refused, is not so for that."""
    found = re.match(r"^/(?:due-dates/)?(\w+)/(\d+)/", path)
    row = SEEN[found[1]].objects.filter(pk=found[2]).first() if found and found[1] in SEEN else None
    return seen(row) if row is not None else {}


def other_methods(
    client: Client, paths: list[str], data: dict[str, str]
) -> Iterator[tuple[str, str, Any]]:
    for path in paths:
        if not OWN.match(path):
            for method in METHODS:
                given = data | seen_at(path) if method == "post" else b""
                yield method, path, getattr(client, method)(path, given)


@pytest.mark.parametrize("role", ["", *LOOKERS])
def test_who_only_looks_changes_nothing(role: str, here: World) -> None:
    client = signed_in(here.people[role]) if role else Client(raise_request_exception=False)
    before, data = kept(), filled_in(here)
    paths = [path for path, _ in here.addresses()]
    answers = {
        (method, path): response.status_code
        for method, path, response in other_methods(client, paths, data)
    }
    assert kept() == before
    assert not {key: code for key, code in answers.items() if code >= 500}


def test_the_forms_that_are_sent_are_such_as_would_be_done(here: World) -> None:
    """Else the tests beside this one could not fail."""
    client = signed_in(here.people["agent"])
    sent = {"seen": str(standing_of(here.support_request))}
    answer = client.post(f"/requests/{here.support_request.number}/reply/", filled_in(here) | sent)
    assert answer.status_code == 302
    assert here.support_request.messages.filter(body="Words").exists()


@pytest.mark.parametrize("role", Role.values)
def test_whoever_comes_from_elsewhere_changes_nothing(role: str, here: World, there: World) -> None:
    client = signed_in(there.people[role])
    before = kept()
    paths = [filled(route, name, here.ids) for route, name in of_one_row()]
    answers = {
        (method, path): response.status_code
        for method, path, response in other_methods(client, paths, filled_in(here))
    }
    assert kept() == before
    assert not {key: code for key, code in answers.items() if code not in (302, 400, 403, 404, 405)}
