"""Databases for tests: one server, one pristine migrated database per run, copies of it."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import embedded, programs
from config.environment import Environment

KEY = pytest.StashKey["Databases"]()
PREFIX = "test_casetrail_"
_PATIENCE = 10.0
# Tells the processes of a run that the server whose URLs they find was not named by anybody.
OURS = "CASETRAIL_TEST_SERVER_IS_OURS"
# A migrated database of the run that started this one: migrating a copy installs only the recorder.
TEMPLATE = "CASETRAIL_TEST_TEMPLATE"
# Nothing here outlives the run, so nothing waits for the disk.
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@dataclass
class Databases:
    """The server of this run and the databases made on it. Names carry the run and the process."""

    run: str
    process: str
    owner_url: str
    roles: dict[str, str]
    server: embedded.Server | None = None
    _made: int = field(default=0, init=False)

    @classmethod
    def for_session(cls, config: pytest.Config) -> Databases:
        worker: dict[str, str] = getattr(config, "workerinput", {})
        run = worker.get("testrunuid") or secrets.token_hex(6)
        if not worker and hasattr(config.option, "testrunuid"):
            # So that the workers of this run share one migrated database.
            config.option.testrunuid = run
        server = _named_or_embedded()
        env = Environment(os.environ)
        urls = {role: env.text(name) for role, name in embedded.VARIABLES.items()}
        roles = {role: str(conninfo_to_dict(url)["user"]) for role, url in urls.items()}
        return cls(run, worker.get("workerid", "main"), urls["owner"], roles, server)

    def close(self) -> None:
        """Drops what the whole run shared, then gives the server back."""
        if self.process == "main":
            self.drop(self.pristine)
        if self.server:
            self.server.leave()

    @property
    def pristine(self) -> str:
        return f"{PREFIX}{self.run}_pristine"

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A new migrated database that Django's connections, in every thread, point at."""
        self.migrate_once()
        self._made += 1
        name = f"{PREFIX}{self.run}_{self.process}_{self._made}"
        self.create(name, template=self.pristine)
        try:
            with pointing_at(name):
                yield name
        finally:
            self.drop(name)

    @contextmanager
    def shared(self) -> Iterator[str]:
        """One for all tests that roll back. Fails where one left a record in it: a refusal inside
        an open transaction is written past it, so a test of one takes a database of its own."""
        with self.fresh() as name:
            yield name
            with self._as_owner(name) as connection:
                left = connection.execute(
                    "SELECT kind, outcome, detail FROM audit_event"
                ).fetchall()
            if left:
                pytest.fail(f"A test of this process left events behind: {left}", pytrace=False)

    def create(self, name: str, template: str = "template1") -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with self._as_owner() as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        with self._as_owner(name) as connection:
            # Rights on a database are not copied from its template.
            for restriction in embedded.restrictions(name, self.roles):
                connection.execute(restriction)

    def drop(self, name: str) -> None:
        """Waits a moment for connections of processes and threads that are just ending."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with self._as_owner() as connection:
                    connection.execute(
                        sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
                    )
                return
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def migrate_once(self) -> str:
        """The first process of the run migrates; the others wait for it and find it done. Returns
        the name of what is migrated."""
        from django.core.management import call_command

        with self._as_owner() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [self.pristine])
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self.pristine]
            ).fetchone()
            if found:
                return self.pristine
            draft = f"{self.pristine}_draft"
            self.drop(draft)
            self.create(draft, template=os.environ.get(TEMPLATE, "template1"))
            with pointing_at(draft):
                call_command("migrate", verbosity=0, interactive=False)
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(draft), sql.Identifier(self.pristine)
                )
            )
        return self.pristine

    def _as_owner(self, database: str = "") -> psycopg.Connection:
        url = make_conninfo(self.owner_url, **({"dbname": database} if database else {}))
        return psycopg.connect(url, autocommit=True)


@contextmanager
def pointing_at(name: str) -> Iterator[None]:
    """Lets the application's, the owner's and the sealer's connections open this database."""
    from django.conf import settings
    from django.db import connections

    targets = [connections["default"].settings_dict]
    targets += [each for each in (settings.OWNER_DATABASE, settings.SEALER_DATABASE) if each]
    before = [target["NAME"] for target in targets]
    connections.close_all()
    for target in targets:
        target["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        for target, previous in zip(targets, before, strict=True):
            target["NAME"] = previous


def _named_or_embedded() -> embedded.Server | None:
    missing = [
        name for name in embedded.VARIABLES.values() if not embedded.is_named(name, os.environ)
    ]
    if not missing:
        return None
    if len(missing) < len(embedded.VARIABLES):
        raise pytest.UsageError(
            f"Tests on a server of yours need all three roles; set also: {', '.join(missing)}"
        )
    server = embedded.Server(name="test-postgres", options=_OPTIONS)
    try:
        is_new = server.join()
    except programs.CannotStart as refusal:
        raise pytest.UsageError(str(refusal)) from refusal
    os.environ.update(server.urls())
    os.environ[OURS] = "true"
    if is_new:
        _drop_leftovers(server)
    return server


def _drop_leftovers(server: embedded.Server) -> None:
    """What a killed run left; nobody else uses a server that has just been started."""
    with psycopg.connect(server.url("owner"), autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        ).fetchall()
        for (name,) in names:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
