"""The database and the closed network for every test.

Tests speak as the application's role to a database that the owner created and migrated. Without
the three URLs in the environment a server of the project's own starts under `.local/`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import django
import pytest

from tests import database, network


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before Django is set up: the server, and settings that belong to no one machine."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["CASETRAIL_LOCAL"] = "true"
    config.stash[database.KEY] = database.Databases.for_session(config)
    network.close()
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    if database.KEY in config.stash:
        config.stash[database.KEY].close()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> database.Databases:
    return pytestconfig.stash[database.KEY]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    databases: database.Databases,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[None]:
    """One database per process, copied from a pristine one that is migrated once per run."""
    with django_db_blocker.unblock():
        with databases.fresh():
            yield


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    databases: database.Databases,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[str]:
    """A migrated database of this test's own, where commits are real; dropped whole afterwards.

    For what one open transaction would hide: concurrency, stale event ids, sealing order.
    """
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        pytest.fail("own_database stands alone: take django_db and db away from this test.")
    with django_db_blocker.unblock(), databases.fresh() as name:
        yield name


@pytest.fixture(scope="session", autouse=True)
def _fast_passwords(django_test_environment: None) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
