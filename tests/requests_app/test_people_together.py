"""Two administrators act on one person at the same instant: the second waits, and is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from audit.standing import Stale, Standing, standing_of
from requests_app import people, staff
from requests_app.models import Role, RoleGrant, User
from tests import factories
from tests.config import processes

WAITS_FOR_US = (
    "SELECT count(*) FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
)
Act = Callable[[User, Standing], Any]


def grant(person: User, seen: Standing) -> None:
    [entity] = people.entities_of(person)
    people.grant_role(by=factories.TESTER, person=person, entity=entity, role=Role.LEAD, seen=seen)


def end(person: User, seen: Standing) -> None:
    held = RoleGrant.objects.select_related("entity", "person").get(person=person)
    people.end_role(
        by=factories.TESTER, grant=held, last_day=held.entity.today(), reason="r", seen=seen
    )


def invite(person: User, seen: Standing) -> None:
    staff.invite(by=factories.TESTER, person=person, seen=seen)


def is_waited_for() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITS_FOR_US)
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("act", [grant, end, invite])
def test_an_act_on_a_person_waits_for_the_one_before_and_is_told_of_it(
    act: Act, own_database: str
) -> None:
    entity = factories.entity(code="US")
    person = factories.person("agent", entity, email="a@b.example")
    seen, second = standing_of(person), User.objects.get(pk=person.pk)

    def meanwhile() -> None:
        try:
            act(second, seen)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            staff.change(
                person=person, by=factories.TESTER, display_name="Ana Garcia",
                email="a@b.example", time_zone="UTC", reason="Married",
            )  # fmt: skip
            waiting = threads.submit(meanwhile)
            assert processes.eventually(lambda: is_waited_for() or waiting.done())
        with pytest.raises(Stale, match="changed the person"):
            waiting.result(timeout=20)
