"""What each of the three database roles may do, table by table and function by function."""

from __future__ import annotations

import pytest
from django.db import connection

from audit import triggers
from audit.triggers import EVENT_TABLE, FOR_THE_APP, Pair
from tests.audit import sessions

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
BY_COLUMN = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
PAIRS = pytest.mark.parametrize("pair", triggers.pairs(), ids=lambda pair: pair.live)
READ = {"SELECT"}


def ask(question: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        return list(cursor.fetchall())


def rights(role: str, table: str) -> set[str]:
    """On the table as a whole or on any column of it."""
    name = sessions.name_of(role)
    held = {
        verb
        for verb in VERBS
        if ask("SELECT has_table_privilege(%s, %s, %s)", name, table, verb)[0][0]
    }
    by_column = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
    question = "SELECT has_any_column_privilege(%s, %s, %s)"
    return held | {verb for verb in by_column if ask(question, name, table, verb)[0][0]}


@PAIRS
@pytest.mark.usefixtures("committed")
def test_the_application_only_reads_versions(pair: Pair) -> None:
    assert rights("app", pair.version) == READ


@PAIRS
@pytest.mark.usefixtures("committed")
def test_the_application_writes_live_rows_as_their_model_allows(pair: Pair) -> None:
    assert rights("app", pair.live) == READ | {verb.upper() for verb in pair.allow}


@pytest.mark.usefixtures("committed")
def test_the_application_only_reads_events_and_what_migrations_write() -> None:
    for table in (EVENT_TABLE, "django_migrations", "django_content_type", "auth_permission"):
        assert rights("app", table) == READ


@pytest.mark.usefixtures("committed")
def test_the_application_may_neither_truncate_nor_put_triggers_on_any_table() -> None:
    tables = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    assert len(tables) > 30
    for (table,) in tables:
        assert not rights("app", str(table)) & {"TRUNCATE", "TRIGGER", "REFERENCES"}


@pytest.mark.usefixtures("committed")
def test_the_sealer_has_no_right_on_any_table_yet() -> None:
    tables = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    assert {str(table): rights("sealer", str(table)) for (table,) in tables} == {
        str(table): set() for (table,) in tables
    }


@pytest.mark.usefixtures("committed")
def test_the_owner_owns_everything() -> None:
    owner = sessions.name_of("owner")

    assert ask(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace UNION"
        " SELECT DISTINCT pg_get_userbyid(proowner) FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace"
    ) == [(owner,)]


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("role", ["app", "sealer"])
def test_no_serving_role_can_become_another_or_more(role: str) -> None:
    [power] = ask(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = %s",
        sessions.name_of(role),
    )

    assert power == (False, False)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("role", ["app", "sealer"])
def test_no_serving_role_may_create_anything(role: str) -> None:
    [may] = ask(
        "SELECT has_schema_privilege(r, 'public', 'CREATE'),"
        " has_database_privilege(r, current_database(), 'TEMPORARY'),"
        " has_database_privilege(r, current_database(), 'CREATE') FROM (SELECT %s::name) AS t (r)",
        sessions.name_of(role),
    )

    assert may == (False, False, False)


@pytest.mark.usefixtures("committed")
def test_the_application_calls_only_what_opens_an_event_or_asks() -> None:
    callable_by_app = ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'audit%%' AND has_function_privilege(%s, oid, 'EXECUTE')",
        sessions.name_of("app"),
    )

    assert {str(name) for (name,) in callable_by_app} == set(FOR_THE_APP)


@pytest.mark.usefixtures("committed")
def test_nobody_else_may_call_any_function_of_the_recorder() -> None:
    assert not ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'audit%%' AND has_function_privilege(%s, oid, 'EXECUTE')",
        sessions.name_of("sealer"),
    )


@pytest.mark.usefixtures("committed")
def test_every_function_of_the_recorder_pins_its_path() -> None:
    assert not ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'audit%%' AND NOT 'search_path=pg_catalog, pg_temp'"
        " = ANY (coalesce(proconfig, '{}'))"
    )


@pytest.mark.usefixtures("committed")
def test_only_the_writers_and_the_opening_of_events_have_the_owners_rights() -> None:
    definers = ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    writers = {
        str(ask("SELECT audit_writer_name(%s::regclass)", pair.live)[0][0])
        for pair in triggers.pairs()
    }

    assert {str(name) for (name,) in definers} == writers | set(triggers.DEFINERS)


@pytest.mark.usefixtures("committed")
def test_every_trigger_of_the_recorder_always_fires() -> None:
    modes = ask("SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgname LIKE 'audit%%'")

    assert modes == [("A",)]
