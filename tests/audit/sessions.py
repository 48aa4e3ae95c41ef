"""Sessions beside the application's own: other roles, and psql."""

from __future__ import annotations

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from config import embedded

ROLES = ("app", "owner", "sealer")


def conninfo(role: str, database: str = "") -> str:
    """How a role reaches the database of this test, or another."""
    known = {
        "app": connection.settings_dict,
        "owner": settings.OWNER_DATABASE,
        "sealer": settings.SEALER_DATABASE,
    }[role]
    parts = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    given = {name: known[key] for name, key in parts.items() if known[key]}
    return make_conninfo(**given | ({"dbname": database} if database else {}))


def open(  # noqa: A001
    role: str, database: str = "", application_name: str = ""
) -> psycopg.Connection:
    """A session of its own, whose transaction commits when its block ends without an error."""
    return psycopg.connect(conninfo(role, database), application_name=application_name)


def superuser() -> str | None:
    """Known only of the server that the tests started themselves."""
    server = embedded.Server(name="test-postgres")
    if not server.data.exists() or connection.settings_dict["HOST"] != server.socket_folder():
        return None
    return server.url("superuser", connection.settings_dict["NAME"])


def name_of(role: str) -> str:
    with open(role) as session:
        return str(session.info.user)
