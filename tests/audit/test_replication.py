"""Triggers that always fire let PostgreSQL's own logical replication through, and nobody else.

The apply worker is a real one: on a server of these tests' own one database subscribes to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from audit import checks, triggers
from audit.recording import recording
from config import embedded, local
from requests_app import services
from tests import database, factories
from tests.audit import witness
from tests.config import processes
from tests.recorder_models.models import Parent

NAME = "standby"
OPTIONS = {
    "wal_level": "logical",
    "fsync": "off",
    # Many tables are copied at once, and none waits for the next round.
    "max_worker_processes": "24",
    "max_logical_replication_workers": "20",
    "max_sync_workers_per_subscription": "8",
    "max_wal_senders": "20",
    "max_replication_slots": "20",
    "wal_retrieve_retry_interval": "50ms",
}
CATCHING_UP = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'"
APPLIED = (
    "SELECT count(*) FROM pg_stat_replication"
    " WHERE application_name = %s AND state = 'streaming' AND replay_lsn >= %s::pg_lsn"
)
VERSION = "recorder_models_historicalparent"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Pair:
    """Two databases of one server, the first of which Django's connections open."""

    server: embedded.Server
    publisher: str
    subscriber: str

    def ask(self, name: str, statement: str, *values: object) -> Any:
        """As the superuser; the first value of the answer, if there is one."""
        with psycopg.connect(self.server.url("superuser", name), autocommit=True) as session:
            cursor = session.execute(statement, values or None)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def subscribe(self) -> None:
        """The slot is made by hand, as CREATE SUBSCRIPTION would wait for its own transaction."""
        tables = ", ".join(f"public.{name}" for name in sorted(witness.everything()))
        url = self.server.url("superuser", self.publisher)
        options = f"create_slot = false, slot_name = {NAME}"
        self.ask(self.publisher, f"CREATE PUBLICATION {NAME} FOR TABLE {tables}")
        self.ask(self.publisher, "SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", NAME)
        self.ask(
            self.subscriber,
            f"CREATE SUBSCRIPTION {NAME} CONNECTION {triggers.quoted(connection, url)}"
            f" PUBLICATION {NAME} WITH ({options})",
        )

    def unsubscribe(self) -> None:
        self.ask(self.subscriber, f"DROP SUBSCRIPTION IF EXISTS {NAME}")

    def wait(self) -> None:
        """Until the subscriber has all there is by now."""
        assert processes.eventually(lambda: self.ask(self.subscriber, CATCHING_UP) == 0)
        end = self.ask(self.publisher, "SELECT pg_current_wal_lsn()")
        assert processes.eventually(lambda: self.ask(self.publisher, APPLIED, NAME, end))


@contextmanager
def connections_to(server: embedded.Server) -> Iterator[None]:
    """Lets the application's, the owner's and the sealer's connections open this server."""
    targets = {
        "app": connection.settings_dict,
        "owner": settings.OWNER_DATABASE,
        "sealer": settings.SEALER_DATABASE,
    }
    before = {role: dict(target) for role, target in targets.items()}
    connections.close_all()
    for role, target in targets.items():
        secret = local.secret(role, server.folder)
        target.update(USER=embedded.ROLES[role], PASSWORD=secret, PORT="")
        target.update(HOST=server.socket_folder())
    try:
        yield
    finally:
        connections.close_all()
        for role, target in targets.items():
            target.update(before[role])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Server]:
    server = embedded.Server(folder=tmp_path_factory.mktemp("replicated"), options=OPTIONS)
    server.join()
    yield server
    server.leave()


@pytest.fixture(scope="module")
def pair(
    django_db_setup: None, server: embedded.Server, django_db_blocker: DjangoDbBlocker
) -> Iterator[Pair]:
    """The subscriber has copied what was there; whatever comes now is applied."""
    made = database.Databases("replicated", "main", server.url("owner"), embedded.ROLES, server)
    with django_db_blocker.unblock(), connections_to(server), made.fresh() as publisher:
        pair = Pair(server, publisher, f"{publisher}_{NAME}")
        made.create(pair.subscriber, template=made.pristine)
        act()
        pair.subscribe()
        try:
            pair.wait()
            yield pair
        finally:
            pair.unsubscribe()


def act() -> None:
    """Rows that come, change and go."""
    request = factories.support_request()
    services.change_priority(support_request=request, priority="high", by=factories.TESTER)
    with recording("parent.changed", by=factories.TESTER):
        parent = Parent.objects.create(name="as it was")
        parent.save()
        other = Parent.objects.create(name="as it was")
        parent.name = "as it became"
        parent.save()
        other.delete()


def held_by(name: str) -> dict[str, witness.Rows]:
    with database.pointing_at(name):
        return witness.everything()


def test_what_a_subscription_copies_first_is_what_was_recorded(pair: Pair) -> None:
    held = held_by(pair.subscriber)

    assert held[triggers.EVENT_TABLE]
    assert {row["history_type"] for row in held[VERSION].values()} == {"+", "~", "-"}
    assert held == held_by(pair.publisher)


def test_what_is_done_later_is_applied_with_its_own_events_and_versions(pair: Pair) -> None:
    before = held_by(pair.subscriber)

    act()
    pair.wait()

    held = held_by(pair.subscriber)
    assert len(held[triggers.EVENT_TABLE]) > len(before[triggers.EVENT_TABLE])
    assert len(held[VERSION]) == len(before[VERSION]) + 4
    assert held == held_by(pair.publisher)


def test_the_subscriber_is_guarded_as_the_publisher_is(pair: Pair) -> None:
    with database.pointing_at(pair.subscriber):
        assert checks.problems(connection) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recorder_models_parent SET name = 'by hand'",
        "DELETE FROM recorder_models_parent",
        f"INSERT INTO {VERSION} SELECT * FROM {VERSION}",
        f"DELETE FROM {VERSION}",
        "UPDATE audit_event SET reason = 'another'",
        "TRUNCATE audit_event",
    ],
)
def test_a_session_that_calls_itself_a_replica_is_refused_beside_the_subscription(
    pair: Pair, statement: str
) -> None:
    with database.pointing_at(pair.subscriber):
        found = witness.outcome(lambda: as_replica(pair, statement))

        assert found.is_refused()
        assert isinstance(
            found.error, psycopg.errors.CheckViolation | psycopg.errors.RestrictViolation
        )


def test_what_such_a_session_does_in_an_event_is_recorded_as_outside(pair: Pair) -> None:
    url = pair.server.url("superuser", pair.subscriber)
    with psycopg.connect(url) as session:
        session.execute("SET LOCAL session_replication_role = replica")
        for table, key in {triggers.EVENT_TABLE: "id", VERSION: "history_id"}.items():
            # Sequences are not replicated.
            session.execute("SELECT setval(pg_get_serial_sequence(%s, %s), 1000000)", [table, key])
        session.execute("SELECT audit_open('parent.changed', 'Olga', actor_kind => 'user')")
        session.execute("UPDATE recorder_models_parent SET name = 'by hand'")
        versions = session.execute(
            f"SELECT name, actor_kind, actor_label FROM {VERSION} AS version"
            " JOIN audit_event ON audit_event.id = event_id AND txid = txid_current()"
        ).fetchall()
        session.rollback()

    assert set(versions) == {("by hand", "outside", "Olga")}


def as_replica(pair: Pair, statement: str) -> None:
    pair.ask(pair.subscriber, f"SET session_replication_role = replica; {statement}")
