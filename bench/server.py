"""The bench's own PostgreSQL under `.local/bench`, and the databases it measures in."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config import embedded, local

# Only what a server that holds millions of rows is given; docs/configuration.md advises the same.
# Durability stays as PostgreSQL has it; measurements say under which synchronous_commit.
OPTIONS = {"max_wal_size": "4GB", "checkpoint_timeout": "30min", "shared_buffers": "1GB"}
# Tables of the product alone, kept between runs for the pages; the peers', made anew each time; and
# again the product's, made anew for each part that measures how they fill.
PRODUCT, COMPARISON, EMPTY = "casetrail", "casetrail_bench", "casetrail_empty"


@contextmanager
def running() -> Iterator[embedded.Server]:
    server = embedded.Server(folder=local.FOLDER / "bench", options=OPTIONS)
    server.join()
    try:
        yield server
    finally:
        server.leave()


def environment(server: embedded.Server, database: str) -> dict[str, str]:
    """The variables that point a process of ours at one database of this server."""
    urls = {name: server.url(role, database) for role, name in embedded.VARIABLES.items()}
    settings = "bench.settings" if database == COMPARISON else "config.settings"
    ours = {embedded.LOCAL: "true", "DJANGO_SETTINGS_MODULE": settings, "LOG_LEVEL": "WARNING"}
    return {**os.environ, **urls, **ours}


def make_anew(server: embedded.Server, database: str) -> None:
    with psycopg.connect(server.url("owner", "postgres"), autocommit=True) as connection:
        name = sql.Identifier(database)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    with psycopg.connect(server.url("owner", database), autocommit=True) as connection:
        for restriction in embedded.restrictions(database):
            connection.execute(restriction)


def keep_or_make_anew(server: embedded.Server, database: str) -> None:
    """Keeps a database of earlier runs, unless a migration that made it is another one now. Those
    that have been added since are applied to it, as to any database."""
    mark, present = server.folder / f"{database}.migrations", migrations()
    if not is_made_by(mark, present):
        make_anew(server, database)
    mark.write_text(json.dumps(present))


def is_made_by(mark: Path, present: dict[str, str]) -> bool:
    """Whether every migration that the mark names is still what it was."""
    return mark.exists() and json.loads(mark.read_text()).items() <= present.items()


def migrations() -> dict[str, str]:
    """The digest of each, by its path."""
    return {
        str(path.relative_to(local.PROJECT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in local.PROJECT.glob("*/migrations/0*.py")
    }
