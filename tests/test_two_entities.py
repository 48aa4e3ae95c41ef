"""Every address as every role of two entities, and as nobody: what is not theirs answers like what
is not there, and looking writes nothing. What forms do: tests/test_acts_by_role.py."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from audit.triggers import EVENT_TABLE
from requests_app.models import Role
from tests import world
from tests.audit.witness import everything
from tests.pages import body, signed_in
from tests.world import World, filled, routes

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

HERE, THERE = "Qxus", "Zvde"
# What is another each time, whatever was asked: a token, and when the page was made.
PASSING = re.compile(
    rb'name="(csrfmiddlewaretoken|once|by)" value="[^"]*"'
    rb"|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}, [0-9:]{8}"
)


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
    """Routes of rows that belong to an entity: a job is no entity's, nor is a link from a mail."""
    of_nobody = ("job-retry", "account_reset_password_from_key")
    return [(route, name) for route, name in routes() if "<" in route and name not in of_nobody]


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
