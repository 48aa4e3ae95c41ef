"""Installs the recorder: functions, triggers, guards, and the rights of the application's role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from audit import guards, roles
from audit.guards import Guard

SQL_FILES = [Path(__file__).parent / "sql" / name for name in ("erasing.sql", "recorder.sql")]
EVENT_TABLE = "audit_event"
ERASURE_TABLE = "audit_erasure"
# Opening an event, erasing under it, and what the check asks; all other functions are the owner's.
FOR_THE_APP = (
    "audit_open", "audit_open_listed", "audit_erase", "audit_columns", "audit_writer_source",
    "audit_writer_name",
)  # fmt: skip
DEFINERS = ("audit_open", "audit_open_listed", "audit_erase")


@dataclass(frozen=True)
class Pair:
    """A live table, its version table, and what the application may do to the live one.

    ``root`` is the column that holds the key of the support request a row belongs to, if any;
    ``erasable`` are the columns that audit_erase may clear.
    """

    live: str
    version: str
    excluded: tuple[str, ...]
    allow: frozenset[str]
    label: str
    root: str = ""
    key: str = "id"
    erasable: tuple[str, ...] = ()


def pairs() -> list[Pair]:
    """Every versioned table of the installed apps, by the models as they are now."""
    found = []
    for model in apps.get_models():
        versioned = getattr(model, "_versioned", None)
        if versioned is not None and not model._meta.proxy:
            found.append(versioned.pair(model))
    return found


def quoted(connection: BaseDatabaseWrapper, text: str) -> str:
    return sql.Literal(text).as_string(connection.connection)


def recorder_sql(connection: BaseDatabaseWrapper) -> str:
    connection.ensure_connection()
    text = sources().replace("{erasable}", erasable_sql(connection))
    return text.replace("{app_role}", quoted(connection, roles.app_role()))


@cache
def sources() -> str:
    return "\n".join(path.read_text() for path in [*SQL_FILES, *guards.sources()])


def erasable_sql(connection: BaseDatabaseWrapper) -> str:
    """What models declare erasable, as rows; one that names no table where none does."""
    declared = sorted((pair.live, pair.version, pair.key, pair.erasable)
                      for pair in pairs() if pair.erasable)  # fmt: skip
    rows = [
        f"({', '.join(quoted(connection, word) for word in words)},"
        f" ARRAY[{', '.join(quoted(connection, name) for name in names)}])"
        for *words, names in declared or [("", "", "", ("",))]
    ]
    return ", ".join(rows)


def install(connection: BaseDatabaseWrapper) -> None:
    """Functions, triggers, guards and rights of everything. Idempotent; needs the owner's role."""
    with connection.cursor() as cursor:
        install_functions(connection)
        install_events(connection)
        tables = set(connection.introspection.table_names(cursor))
        for pair in pairs():
            if {pair.live, pair.version} <= tables:
                cursor.execute(
                    "SELECT public.audit_install(%s::regclass, %s::regclass, %s, %s)",
                    [pair.live, pair.version, list(pair.excluded), pair.root],
                )
                for guard in guards.of(pair.live):
                    put_guard(cursor, guard)
    grant(connection)


def put_guard(cursor: Any, guard: Guard) -> None:
    """Constraint triggers cannot be replaced, so a deferred one is dropped and made again."""
    if not guard.is_deferred:
        cursor.execute(
            "SELECT public.audit_put_trigger(%s::regclass, %s, %s)",
            [guard.table, guard.name, guard.definition],
        )
        return
    table = f"public.{guard.table}"
    cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {table}")
    definition = guard.definition.format(table=table)
    cursor.execute(f"CREATE CONSTRAINT TRIGGER {guard.name} {definition}")
    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard.name}")


def install_functions(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(recorder_sql(connection).replace("%", "%%"), [])
        for name in function_names():
            cursor.execute(f"REVOKE ALL ON FUNCTION public.{name} FROM PUBLIC")


def install_events(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.audit_guard(%s::regclass)", [EVENT_TABLE])
        cursor.execute(
            "SELECT public.audit_put_trigger(%s::regclass, 'audit_stamp', %s)",
            [
                EVENT_TABLE,
                f"BEFORE INSERT ON {{table}} FOR EACH ROW WHEN {outside(connection)}"
                " EXECUTE FUNCTION public.audit_stamp()",
            ],
        )
        if ERASURE_TABLE not in connection.introspection.table_names(cursor):
            return  # it came with a later migration
        cursor.execute("SELECT public.audit_guard(%s::regclass)", [ERASURE_TABLE])
        cursor.execute(
            "SELECT public.audit_put_trigger(%s::regclass, 'audit_check_erasure', %s)",
            [
                ERASURE_TABLE,
                "BEFORE INSERT ON {table} FOR EACH ROW"
                " EXECUTE FUNCTION public.audit_check_erasure()",
            ],
        )


def outside(connection: BaseDatabaseWrapper) -> str:
    """Whether a session is not the application's, in the words PostgreSQL gives back."""
    app = quoted(connection, roles.app_role()).strip()
    return (
        f"((SESSION_USER <> {app}::name) OR "
        "(current_setting('application_name'::text) !~~ 'casetrail%'::text))"
    )


@cache
def function_names() -> tuple[str, ...]:
    return tuple(re.findall(r"CREATE OR REPLACE FUNCTION public\.(\w+)\(", sources()))


def function_bodies(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """What pg_proc must hold for each fixed function."""
    pattern = r"CREATE OR REPLACE FUNCTION public\.(\w+)\(.*?\$body\$(.*?)\$body\$"
    return dict(re.findall(pattern, recorder_sql(connection), re.DOTALL))


def grant(connection: BaseDatabaseWrapper) -> None:
    """Rights of the application's role: the trail is read-only to it, live tables as they allow."""
    app = roles.app_role()
    name = connection.ops.quote_name(app)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == app:
            return  # one role for everything: the check says so, there is nothing to divide
        cursor.execute("SELECT current_database()")
        database = connection.ops.quote_name(cursor.fetchone()[0])
        # A definer function must never meet a table that its caller made.
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {name}")
        for function in (*FOR_THE_APP, *guards.for_the_app()):
            cursor.execute(f"GRANT EXECUTE ON FUNCTION public.{function} TO {name}")
        for table, rights in table_rights(connection).items():
            target = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON TABLE public.{target} FROM {name}")
            cursor.execute(f"GRANT {', '.join(sorted(rights))} ON TABLE public.{target} TO {name}")
            if "INSERT" in rights:
                for sequence in sequences_of(connection, table):
                    cursor.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {name}")


def table_rights(connection: BaseDatabaseWrapper) -> dict[str, frozenset[str]]:
    """For each of the owner's tables, the rights the application needs on it."""
    read = frozenset({"SELECT"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tableowner = (SELECT pg_get_userbyid(relowner) FROM pg_class"
            " WHERE oid = %s::regclass)",
            [EVENT_TABLE],
        )
        tables = [row[0] for row in cursor.fetchall()]
    everything = read | {"INSERT", "UPDATE", "DELETE"}
    rights = dict.fromkeys(tables, everything)
    rights.update(dict.fromkeys(read_only_tables(connection), read))
    for pair in pairs():
        rights[pair.live] = read | {verb.upper() for verb in pair.allow}
    return {table: rights[table] for table in tables}


def sequences_of(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """The sequences that number the rows of a table, named in full."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT objid::regclass::text FROM pg_depend"
            " JOIN pg_class ON pg_class.oid = objid AND relkind = 'S'"
            " WHERE refobjid = %s::regclass AND deptype IN ('a', 'i')",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def trail_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Events and every version table ever made, also of models that are gone: what is guarded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgname = 'audit_guard' AND relnamespace = 'public'::regnamespace"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    return sorted(guarded | {EVENT_TABLE, ERASURE_TABLE, *(pair.version for pair in pairs())})


def read_only_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The trail, and what only a migration changes."""
    fixed = ["django_migrations", "django_content_type", "auth_permission"]
    return [*trail_tables(connection), *fixed]
