"""Which database role speaks: the application's by default, the owner's while it migrates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections


def app_role() -> str:
    """The role of DATABASE_URL, whichever role the connection has at the moment."""
    return str(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])


@contextmanager
def as_owner(alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Points the connection at the owner's role for the duration of the block.

    The database name stays the one in use, so a test database keeps its name. Raises
    ImproperlyConfigured where MIGRATE_DATABASE_URL is not set.
    """
    owner = settings.OWNER_DATABASE
    if owner is None:
        raise ImproperlyConfigured(
            "This needs the owner of the tables. Set MIGRATE_DATABASE_URL, for example "
            "MIGRATE_DATABASE_URL=postgresql://casetrail_owner:secret@db.example/casetrail"
        )
    connection = connections[alias]
    served = connection.settings_dict
    connection.close()
    # A new dictionary: the one there belongs to the settings, which name the application's role.
    # And no pool: its connections are the application's.
    options = {**served["OPTIONS"], "pool": False}
    connection.settings_dict = {
        **served, "USER": owner["USER"], "PASSWORD": owner["PASSWORD"], "OPTIONS": options,
    }  # fmt: skip
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = served
