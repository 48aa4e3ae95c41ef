"""The bypass matrix beyond the application: psql, other roles, and what no role may do.

The records of a session outside say so, with the claimed name, the login role and the client's
address; none is credited to a person of the application.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

from tests.audit import sessions
from tests.audit.witness import Outcome, outcome
from tests.recorder_models.models import Parent

LIVE, VERSION = "recorder_models_parent", "recorder_models_historicalparent"


@pytest.fixture
def operator(committed: str) -> Iterator[str]:
    """A login role that is not the application's, with the rights of somebody who repairs rows."""
    role = sessions.name_of("sealer")
    rights = ["{} ON recorder_models_parent {} {}", "{} ON FUNCTION public.audit_open {} {}"]
    verbs = ["SELECT, INSERT, UPDATE, DELETE", "EXECUTE"]

    def change(verb: str, direction: str) -> None:
        with sessions.open("owner") as owner:
            for right, names in zip(rights, verbs, strict=True):
                owner.execute(f"{verb} {right.format(names, direction, role)}")

    change("GRANT", "TO")
    yield role
    change("REVOKE", "FROM")


def psql(role: str, script: str) -> None:
    """Runs a script as psql would, with the program where the machine has it."""
    program = shutil.which("psql")
    if program is None:
        with psycopg.connect(sessions.conninfo(role), application_name="psql") as session:
            session.execute(script)
        return
    command = [program, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", sessions.conninfo(role)]
    done = subprocess.run(command, input=script, capture_output=True, text=True)
    if done.returncode:
        raise psycopg.DatabaseError(done.stderr)


def rename(parent: Parent) -> str:
    return f"UPDATE {LIVE} SET name = 'by hand' WHERE id = {parent.pk};"


OPEN = "SELECT audit_open('parent.changed', 'Olga of operations', 'Ticket 17');"
POSE = (
    "SELECT audit_open('parent.changed', 'Olga of operations', 'Ticket 17',"
    " actor_kind => 'user', actor_id => '1', actor_role => 'Lead', on_behalf_of_label => 'Carla',"
    " channel => 'web', address => '192.0.2.1');"
)


@pytest.mark.parametrize("role", sessions.ROLES)
def test_psql_without_an_event_is_refused(role: str, parent: Parent, operator: str) -> None:
    assert outcome(lambda: psql(role, rename(parent))).is_refused()


@pytest.mark.parametrize("opening", [OPEN, POSE], ids=["honest", "posing as a person"])
@pytest.mark.parametrize("role", ["owner", "sealer"])
def test_psql_of_another_role_is_recorded_as_outside(
    role: str, opening: str, parent: Parent, operator: str
) -> None:
    found = outcome(lambda: psql(role, opening + rename(parent)))

    assert [change.after["name"] for change in found.changes if change.after] == ["by hand"]
    assert [version["history_user_id"] for _, version in found.versions] == [None]
    assert [version["history_change_reason"] for _, version in found.versions] == ["Ticket 17"]
    [event] = found.events
    assert (event["actor_kind"], event["actor_id"], event["channel"]) == ("outside", "", "sql")
    assert event["actor_label"] == "Olga of operations"
    assert event["database_user"] == sessions.name_of(role)
    assert event["database_application"] == "psql"
    assert event["database_address"] == address_of(role)


def test_psql_that_names_nobody_is_recorded_under_its_login(parent: Parent) -> None:
    found = outcome(lambda: psql("owner", f"SELECT audit_open('x.y'); {rename(parent)}"))

    assert [event["actor_label"] for event in found.events] == [sessions.name_of("owner")]


@pytest.mark.parametrize("opening", [OPEN, POSE], ids=["honest", "posing as a person"])
@pytest.mark.parametrize("program", ["psql", "psycopg"])
def test_another_program_with_the_applications_password_is_outside(
    program: str, opening: str, parent: Parent
) -> None:
    def act() -> None:
        if program == "psql":
            psql("app", opening + rename(parent))
            return
        with sessions.open("app") as session:
            session.execute(opening + rename(parent))

    found = outcome(act)

    assert found.error is None
    [event] = found.events
    assert (event["actor_kind"], event["actor_id"], event["channel"]) == ("outside", "", "sql")
    assert event["actor_label"] == "Olga of operations"
    assert (event["actor_role"], event["on_behalf_of_label"], event["address"]) == ("", "", None)
    assert event["database_user"] == sessions.name_of("app")
    assert event["database_application"] == {"psql": "psql", "psycopg": ""}[program]
    assert [version["history_user_id"] for _, version in found.versions] == [None]


def test_a_session_that_calls_itself_casetrail_is_believed_and_its_connection_is_kept(
    parent: Parent,
) -> None:
    """The limit that docs/record-format.md states: who holds the application's password and poses
    as it can claim a person's name; the connection then tells it from a web server's."""

    def act() -> None:
        with sessions.open("app", application_name="casetrail by hand") as session:
            session.execute(POSE + rename(parent))

    found = outcome(act)

    assert found.error is None
    [event] = found.events
    assert (event["actor_kind"], event["actor_id"], event["channel"]) == ("user", "1", "web")
    assert [version["history_user_id"] for _, version in found.versions] == [1]
    assert event["database_user"] == sessions.name_of("app")
    assert event["database_application"] == "casetrail by hand"
    assert event["database_address"] == address_of("app")


def test_an_open_event_of_psql_covers_only_its_own_transaction(parent: Parent) -> None:
    def act() -> None:
        with sessions.open("app") as session:
            session.execute(OPEN)
            session.commit()
            session.execute(rename(parent))

    found = outcome(act)

    assert isinstance(found.error, psycopg.errors.CheckViolation)
    assert found.changes == []
    assert [event["actor_kind"] for event in found.events] == ["outside"]


# What nobody may do, and by which role it is tried. {id} is a parent's key.
VERSION_ROW = f"INSERT INTO {VERSION} (id, name, history_date, history_type, event_id, salt)"
NEW_VERSION = f"{VERSION_ROW} SELECT {{id}}, 'forged', now(), '~', max(id), '' FROM audit_event"
ARMED = "SELECT audit_open('x.y', 'forger'); "
ON_THE_TRAIL = {
    "insert a version": NEW_VERSION,
    "insert a version under an event": ARMED + NEW_VERSION,
    "update a version": f"UPDATE {VERSION} SET name = 'another past'",
    "update versions of nobody": f"UPDATE {VERSION} SET name = name WHERE false",
    "delete a version": f"DELETE FROM {VERSION} WHERE id = {{id}}",
    "truncate versions": f"TRUNCATE {VERSION}",
    "upsert a version": f"{VERSION_ROW} SELECT id, 'x', now(), '~', event_id, '' FROM {VERSION}"
    " ON CONFLICT (history_id) DO UPDATE SET name = 'another past'",
    "merge into versions": f"MERGE INTO {VERSION} AS v USING (SELECT 1) AS s ON v.id = {{id}}"
    " WHEN MATCHED THEN UPDATE SET name = 'another past'",
    "update an event": "UPDATE audit_event SET actor_label = 'somebody else'",
    "update an event inside a query": "WITH changed AS (UPDATE audit_event SET reason = 'x'"
    " RETURNING id) SELECT count(*) FROM changed",
    "delete an event": "DELETE FROM audit_event",
    "truncate events": "TRUNCATE audit_event",
    "truncate events and all that follows": "TRUNCATE audit_event CASCADE",
    "upsert an event": "INSERT INTO audit_event SELECT * FROM audit_event LIMIT 1"
    " ON CONFLICT (id) DO UPDATE SET reason = 'another reason'",
    "merge into events": "MERGE INTO audit_event AS e USING (SELECT 1) AS s ON e.id > 0"
    " WHEN MATCHED THEN DELETE",
    "truncate live rows": f"TRUNCATE {LIVE} CASCADE",
    "truncate live rows under an event": f"{ARMED} TRUNCATE {LIVE} CASCADE",
    "step aside as a replica": f"SET session_replication_role = replica; DELETE FROM {VERSION}",
}
AS_THE_APPLICATION = {
    "insert an event": "INSERT INTO audit_event SELECT * FROM audit_event",
    "disable a trigger": f"ALTER TABLE {LIVE} DISABLE TRIGGER audit_write",
    "disable all triggers": f"ALTER TABLE {LIVE} DISABLE TRIGGER ALL",
    "let a trigger obey the session": f"ALTER TABLE {LIVE} ENABLE TRIGGER audit_write",
    "drop a trigger": f"DROP TRIGGER audit_write ON {LIVE}",
    "drop a guard": "DROP TRIGGER audit_guard ON audit_event",
    "add a trigger": f"CREATE TRIGGER mine BEFORE UPDATE ON {LIVE} FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "add a rule": f"CREATE RULE mine AS ON UPDATE TO {LIVE} DO INSTEAD NOTHING",
    "replace the writer": "CREATE OR REPLACE FUNCTION public.audit_stamp() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
    "call the installer": f"SELECT audit_install('{LIVE}', '{VERSION}')",
    "add a table": "CREATE TABLE mine (id integer)",
    "add a child table": f"CREATE TABLE mine () INHERITS ({LIVE})",
    "add a schema": "CREATE SCHEMA mine",
    "drop a table": f"DROP TABLE {VERSION}",
    "rename a table": f"ALTER TABLE {VERSION} RENAME TO mine",
    "become the owner": "SET ROLE {owner}",
    "set a sequence back": "SELECT setval('audit_event_id_seq', 1)",
}
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)


def attempt(role: str, statement: str, parent: Parent) -> Outcome:
    names = {"{id}": str(parent.pk), "{owner}": sessions.name_of("owner")}
    for placeholder, name in names.items():
        statement = statement.replace(placeholder, name)

    def act() -> None:
        with sessions.open(role) as session:
            session.execute(statement)

    return outcome(act)


@pytest.mark.parametrize("role", sessions.ROLES)
@pytest.mark.parametrize("statement", ON_THE_TRAIL.values(), ids=ON_THE_TRAIL.keys())
def test_no_role_changes_the_trail_or_empties_a_table(
    role: str, statement: str, parent: Parent
) -> None:
    found = attempt(role, statement, parent)

    assert found.is_refused()
    assert isinstance(found.error, REFUSED)


@pytest.mark.parametrize("opening", ["", ARMED], ids=["bare", "under an event"])
@pytest.mark.parametrize("role", sessions.ROLES)
def test_no_role_copies_a_row_into_the_versions(
    role: str, opening: str, parent: Parent, operator: str
) -> None:
    version = parent.history.get()
    row = {
        "id": parent.pk, "name": "forged", "note": "", "count": 0,
        "history_date": version.history_date, "history_type": "~",
        "history_user_id": None, "event_id": version.event_id, "salt": bytes(32),
    }  # fmt: skip

    def act() -> None:
        with sessions.open(role) as session:
            if opening:
                session.execute(opening)
            copy_in(session, row)

    found = outcome(act)

    # The owner has every right: it is the trigger that refuses.
    assert isinstance(found.error, REFUSED[role == "owner"])
    assert VERSION in str(found.error)
    assert found.is_refused()


def copy_in(session: psycopg.Connection, row: dict[str, object]) -> None:
    statement = f"COPY {VERSION} ({', '.join(row)}) FROM STDIN"
    with session.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write_row(tuple(row.values()))


@pytest.mark.parametrize("statement", AS_THE_APPLICATION.values(), ids=AS_THE_APPLICATION.keys())
def test_the_application_cannot_disarm_the_recorder(statement: str, parent: Parent) -> None:
    found = attempt("app", statement, parent)

    assert found.is_refused()
    assert isinstance(found.error, REFUSED)


def test_a_superuser_in_replica_mode_is_recorded_and_the_trail_still_stands(
    parent: Parent,
) -> None:
    url = sessions.superuser()
    if url is None:
        pytest.skip("a server of yours does not tell us its superuser")

    def as_replica(statement: str) -> Outcome:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("SET session_replication_role = replica")
            return outcome(lambda: session.execute(statement))

    assert as_replica(rename(parent)).is_refused()
    assert as_replica(f"DELETE FROM {VERSION}").is_refused()
    assert as_replica(f"INSERT INTO {VERSION} SELECT * FROM {VERSION}").is_refused()
    assert as_replica("UPDATE audit_event SET reason = 'x'").is_refused()
    recorded = as_replica(OPEN + rename(parent))
    assert [event["actor_kind"] for event in recorded.events] == ["outside"]


def shadowing(session: psycopg.Connection, parent: Parent) -> None:
    """Puts tables of its own in front of the trail's, then writes as the application would."""
    session.execute(f"CREATE TEMP TABLE {VERSION} (LIKE public.{VERSION})")
    session.execute("CREATE TEMP TABLE audit_event (LIKE public.audit_event)")
    session.execute("SET search_path = pg_temp, public")
    session.execute("SELECT public.audit_open('parent.changed', 'shadow')")
    session.execute(
        "UPDATE public.recorder_models_parent SET name = 'x' WHERE id = %s", [parent.pk]
    )


def test_temporary_tables_cannot_stand_in_for_the_trail(
    parent: Parent, with_temporary_tables: Callable[[], psycopg.Connection]
) -> None:
    def act() -> None:
        with with_temporary_tables() as session:
            shadowing(session, parent)

    found = outcome(act)

    assert found.error is None
    assert [version["name"] for _, version in found.versions] == ["x"]
    assert [event["actor_label"] for event in found.events] == ["shadow"]


def test_the_application_may_not_even_make_temporary_tables(parent: Parent) -> None:
    def act() -> None:
        with sessions.open("app") as session:
            shadowing(session, parent)

    found = outcome(act)

    assert found.is_refused()
    assert isinstance(found.error, psycopg.errors.InsufficientPrivilege)


@pytest.fixture
def with_temporary_tables(committed: str) -> Iterator[Callable[[], psycopg.Connection]]:
    """Sessions of the application's role in a database that was set up carelessly."""

    def change(statement: str) -> None:
        names = sql.Identifier(committed), sql.Identifier(sessions.name_of("app"))
        with sessions.open("owner") as owner:
            owner.execute(sql.SQL(statement).format(*names))

    change("GRANT TEMPORARY ON DATABASE {} TO {}")
    yield lambda: sessions.open("app")
    change("REVOKE TEMPORARY ON DATABASE {} FROM {}")


def address_of(role: str) -> str | None:
    with sessions.open(role) as session:
        row = session.execute("SELECT host(inet_client_addr())").fetchone()
    return row[0] if row else None
