"""The database, the closed network and the browser for every test, and who most of them are about.

Tests speak as the application's role to a database that the owner created and migrated. Without
the three URLs in the environment a server of the project's own starts under `.local/`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import django
import pytest
from pytest_django import DjangoDbBlocker

from tests import chromium, database, network

if TYPE_CHECKING:
    from requests_app.models import Entity, User

NO_BROWSER = "no Chromium found (Debian: apt install chromium)"
NO_PSQL = "no psql found (Debian: apt install postgresql-client)"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before Django is set up: the server, and settings that belong to no one machine."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ["CASETRAIL_LOCAL"] = "true"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    config.stash[database.KEY] = database.Databases.for_session(config)
    network.close()
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    if database.KEY in config.stash:
        config.stash[database.KEY].close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium.path() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """The last lines: a run that lacked a program must not look like one that had it."""
    yield
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    stats = terminal.stats if terminal else {}
    skipped = stats.get("skipped", [])
    browser = sum("browser" in getattr(report, "keywords", ()) for report in skipped)
    if browser:
        terminal.write_sep("=", f"{browser} BROWSER TESTS DID NOT RUN: {NO_BROWSER}")
    psql = sum("test_psql_" in report.nodeid for report in stats.get("passed", []))
    if psql and shutil.which("psql") is None:
        terminal.write_sep("=", f"{psql} PSQL TESTS RAN THROUGH PSYCOPG INSTEAD: {NO_PSQL}")


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> database.Databases:
    return pytestconfig.stash[database.KEY]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    databases: database.Databases,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """One database per process, copied from a pristine one that is migrated once per run."""
    with django_db_blocker.unblock(), databases.shared():
        yield


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    databases: database.Databases,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """A migrated database of this test's own, where commits are real; dropped whole afterwards.

    For what one open transaction would hide: concurrency, stale event ids, sealing order.
    """
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        pytest.fail("own_database stands alone: take django_db and db away from this test.")
    with django_db_blocker.unblock(), databases.fresh() as name:
        yield name


@pytest.fixture
def live_site(own_database: str) -> Iterator[str]:
    """The address of the site, served by a thread from this test's own database."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture(scope="session", autouse=True)
def _own_attachments(
    django_test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(ATTACHMENTS_ROOT=tmp_path_factory.mktemp("attachments")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _fast_passwords(django_test_environment: None) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def entity() -> Entity:
    from tests import factories

    return factories.entity(code="US")


@pytest.fixture
def agent(entity: Entity) -> User:
    from tests import factories

    return factories.person("agent", entity, display_name="Ana Reyes")


@pytest.fixture
def auditor(entity: Entity) -> User:
    from tests import factories

    return factories.person("auditor", entity, display_name="Otto Lind")
