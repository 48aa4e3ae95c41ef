"""What every role may do, and that it does nothing else: every form of every address, sent by every
role of two entities. What is done is undone again, so that each meets the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from audit.models import Event
from audit.standing import standing_of as row_standing
from audit.triggers import EVENT_TABLE
from finance.models import Account, Invoice, Period
from requests_app.models import (
    ApprovalLimit,
    ApprovalPolicy,
    Customer,
    Delegation,
    Role,
    Rule,
    SavedView,
    SupportRequest,
    User,
)
from requests_app.standing import standing_of
from tests import world
from tests.acts_by_role import ACTS as OF_DESK
from tests.acts_by_role import OWN_ACTS, Act, key_of, nothing
from tests.finance.acts_by_role import BOOKS
from tests.pages import body, signed_in
from tests.requests_app.acts_on_policies import POLICIES
from tests.world import World, filled, routes

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

HERE, THERE = "Qxus", "Zvde"
# Of no entity: a job, which any administrator may try again, and a link from a mail.
NOBODYS = {"job-retry", "account_reset_password_from_key"}
# What tells of looks, of who is signed in, and of how often somebody tried.
PASSING = {EVENT_TABLE, "django_session", "casetrail_cache", "usersessions_usersession"}
LOOKS = re.compile(r"\.(viewed|listed|searched|downloaded|exported|list_\w+|undelivered_viewed)$")
ACTS = OF_DESK | BOOKS | POLICIES
ROWS = {
    "customers": Customer, "people": User, "views": SavedView, "closing": Rule, "periods": Period,
    "account": Account, "policies": ApprovalPolicy, "limits": ApprovalLimit,
    "delegations": Delegation, "invoices": Invoice,
}  # fmt: skip


@pytest.fixture
def here() -> World:
    return world.marked("US", HERE)


@pytest.fixture
def there(here: World) -> World:
    return world.marked("DE", THERE)


@dataclass(frozen=True)
class Done:
    """What came of a form: the answer, the tables it wrote to, and the kinds of what was done."""

    status: int
    shown: bytes
    tables: frozenset[str]
    kinds: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        return not self.tables and not self.kinds


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Everything within is rolled back. As of a test's own transaction, nobody is to notice it."""
    block, cookies = transaction.Atomic(None, savepoint=True, durable=False), dict(client.cookies)
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)


def writes() -> dict[str, int]:
    """How many rows were written so far, by table; those that were rolled back are counted, too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(cursor.fetchall())


def sent(client: Client, method: str, path: str, data: Any) -> Done:
    before, last = writes(), Event.objects.latest("pk").pk
    response = getattr(client, method)(path, data)
    shown, after = body(response), writes()
    tables = {name for name, count in after.items() if count != before.get(name, 0)} - PASSING
    events = Event.objects.filter(pk__gt=last, outcome="done").values_list("kind", flat=True)
    kinds = tuple(kind for kind in events.order_by("pk") if not LOOKS.search(kind))
    return Done(response.status_code, shown, frozenset(tables), kinds)


def seen_at(path: str) -> dict[str, str]:
    """That the row of an address was seen as it stands: what is refused, is not so for that."""
    if found := re.match(r"^/requests/([A-Z]+-R-\d+-\d+)/", path):
        opened = SupportRequest.objects.filter(number=found[1]).first()
        return {"seen": str(standing_of(opened))} if opened is not None else {}
    found = re.match(r"^/(?:due-dates/|books/|approvals/)?(\w+)/(\d+)/", path)
    model = ROWS.get(found[1]) if found else None
    row = model.objects.filter(pk=found[2]).first() if model is not None and found else None
    return {"seen": str(row_standing(row))} if row is not None else {}


def form_of(act: Act, at: World, path: str) -> tuple[str, dict[str, Any]]:
    """The address and what is sent there, of a world that is ready for it."""
    query = "&".join(f"{name}={value}" for name, value in act.query(at).items())
    return f"{path}?{query}" if query else path, act.sent(at) | seen_at(path)


def addresses(at: World) -> Iterator[tuple[str, str]]:
    for path, name in at.addresses():
        if name != "readyz":
            yield path, key_of(name, path)


def test_every_act_is_one_of_an_address(here: World) -> None:
    assert ACTS.keys() | OWN_ACTS.keys() <= {key for _, key in addresses(here)}


@pytest.mark.parametrize("role", ["", *Role.values])
def test_a_role_does_what_it_may_and_nothing_else(role: str, here: World) -> None:
    client = signed_in(here.people[role]) if role else Client(raise_request_exception=False)
    wrong = []
    for path, key in addresses(here):
        act = ACTS.get(key)
        if key in OWN_ACTS:
            continue
        with undone(client):
            if act is not None:
                act.before(here)
            address, data = form_of(act or Act(frozenset()), here, path)
            done = sent(client, "post", address, data)
        may = act is not None and role in act.roles
        if done.is_nothing is may or done.status >= 500:
            wrong.append((key, done.status, sorted(done.tables), done.kinds))
    assert wrong == []


@pytest.mark.parametrize("role", ["", *Role.values])
def test_no_other_method_does_anything(role: str, here: World) -> None:
    client = signed_in(here.people[role]) if role else Client(raise_request_exception=False)
    wrong = []
    for path, key in addresses(here):
        for method in ("put", "patch", "delete"):
            with undone(client):
                done = sent(client, method, path, b"")
            if not done.is_nothing or done.status != 405:
                wrong.append((method, key, done.status, sorted(done.tables), done.kinds))
    assert wrong == []


@pytest.mark.parametrize("role", Role.values)
def test_whoever_comes_from_elsewhere_does_nothing(role: str, here: World, there: World) -> None:
    client, wrong = signed_in(there.people[role]), []
    for route, name in routes():
        if "<" not in route or name in NOBODYS:
            continue
        path = filled(route, name, here.ids)
        act = ACTS.get(key_of(name, path), Act(frozenset()))
        with undone(client):
            act.before(here)
            address, data = form_of(act, here, path)
            done = sent(client, "post", address, data)
        if not done.is_nothing or done.status not in (302, 400, 403, 404, 405):
            wrong.append((address, done.status, sorted(done.tables), done.kinds))
    assert wrong == []


def of_others(person: User) -> list[Any]:
    """Every account but this one, with its password and its sessions."""
    others = User.objects.exclude(pk=person.pk).order_by("pk")
    return [*others.values(), *others.values("pk", "usersession__session_key")]


@pytest.mark.parametrize("role", Role.values)
def test_on_their_own_pages_people_change_their_own_account_alone(role: str, here: World) -> None:
    client, person = signed_in(here.people[role]), here.people[role]
    for path, key in addresses(here):
        if key in OWN_ACTS:
            before, last = of_others(person), Event.objects.latest("pk").pk
            with undone(client):
                given = OWN_ACTS[key].sent(here) | {"seen": str(row_standing(person))}
                done = sent(client, "post", path, given)
                assert not done.is_nothing, key
                assert done.status == 302, key
                made = Event.objects.filter(pk__gt=last)
                assert set(made.values_list("actor_id", "subject_id")) == {
                    (str(person.pk), str(person.pk))
                }, key
                assert of_others(person) == before, key


MISSING = {
    "entity": "XX", "shared_with": "XX", "original": "XX-R-1999-000001", "chosen": "99999999:1-1",
}  # fmt: skip
# What is another each time: tokens, moments, and the number of the look itself.
ANEW = re.compile(
    rb'name="(csrfmiddlewaretoken|once|by)" value="[^"]*"'
    rb"|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}, [0-9:]{8}"
    rb"|[0-9-]{10}[T ][0-9:.]{15}|\b(E-|e|events/|since=)[0-9]+"
)


@pytest.mark.parametrize("role", Role.values)
def test_what_a_form_names_of_the_other_entity_is_like_what_is_not_there(
    role: str, here: World, there: World
) -> None:
    client, differ = signed_in(there.people[role]), []
    for path, key in addresses(there):
        act = ACTS.get(key)
        if act is None or role not in act.roles or act.foreign is nothing:
            continue
        with undone(client):
            for each in (here, there):
                act.before(each)
            address, data = form_of(act, there, path)
            theirs = act.foreign(here)
            none = {name: MISSING.get(name, "99999999") for name in theirs}
            answers = []
            for given in (theirs, none):
                with undone(client):
                    answers.append(plain(sent(client, "post", address, data | given), given))
        if answers[0] != answers[1] or not answers[0].is_nothing:
            lines = [set(answer.shown.decode().splitlines()) for answer in answers]
            differ.append((key, [answer.status for answer in answers], lines[0] ^ lines[1]))
    assert differ == []


def plain(done: Done, given: dict[str, Any]) -> Done:
    """The answer without what only repeats the question."""
    shown = ANEW.sub(b"", done.shown)
    for value in given.values():
        shown = shown.replace(f'value="{value}"'.encode(), b"")
        if len(value) > len("US"):  # a short one is part of much else
            shown = shown.replace(value.encode(), b"?")
    return Done(done.status, shown, done.tables, done.kinds)
