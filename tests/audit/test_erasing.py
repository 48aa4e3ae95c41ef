"""The one door through which recorded values go: what it clears, and that there is no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from audit import checks
from audit.models import Erasure, Event
from requests_app import services
from requests_app.models import Message
from tests import factories
from tests.audit import sessions

LIVE, VERSION = "requests_app_message", "requests_app_historicalmessage"
OPEN = "SELECT audit_open('message.redacted', 'Ana', 'A card number')"
ERASE = "SELECT audit_erase(%s, %s, %s)"
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)


@pytest.fixture
def message(committed: str) -> Message:
    agent = factories.person("agent", entity := factories.entity())
    return services.note(
        support_request=factories.support_request(entity=entity), body="Her card number",
        by=factories.actor(agent),
    )  # fmt: skip


@pytest.fixture
def app() -> Iterator[psycopg.Connection]:
    """A session of whoever has the application's password; what it did is rolled back."""
    with sessions.open("app", application_name="casetrail attack") as session:
        yield session
        session.rollback()


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    with sessions.open("owner") as session:
        yield session
        session.rollback()


def body_of(session: psycopg.Connection, message: Message) -> list[Any]:
    live = session.execute(f"SELECT body FROM {LIVE} WHERE id = %s", [message.pk]).fetchall()
    versions = session.execute(f"SELECT body FROM {VERSION} WHERE id = %s", [message.pk]).fetchall()
    return [body for (body,) in live + versions]


def erase(session: psycopg.Connection, message: Message, *columns: str, table: str = LIVE) -> Any:
    row = session.execute(ERASE, [table, str(message.pk), list(columns)]).fetchone()
    assert row is not None
    return row[0]


def test_under_an_event_that_redacts_it_clears_the_row_and_its_versions(
    message: Message, app: psycopg.Connection
) -> None:
    app.execute(OPEN)
    assert erase(app, message, "body") == 2
    assert body_of(app, message) == ["", "", ""]


def test_it_notes_each_value_that_went(message: Message, app: psycopg.Connection) -> None:
    app.execute(OPEN)
    erase(app, message, "body")
    noted = app.execute(
        "SELECT table_name, column_name, unit, size, version_id IS NULL FROM audit_erasure"
        " WHERE row_key = %s ORDER BY id",
        [str(message.pk)],
    ).fetchall()
    assert noted == [
        (LIVE, "body", "characters", 15, True),
        (LIVE, "body", "characters", 15, False),
    ]


def test_a_second_time_there_is_nothing_to_clear(message: Message, app: psycopg.Connection) -> None:
    app.execute(OPEN)
    assert (erase(app, message, "body"), erase(app, message, "body")) == (2, 0)


@pytest.mark.parametrize(
    "opening",
    [
        "SELECT 1",
        "SELECT audit_open('message.corrected', 'Ana', 'A card number')",
        "SELECT audit_open('message.redacted', 'Ana')",
        "SELECT audit_open('message.redacted', 'Ana', 'Why', outcome => 'denied')",
        "SELECT audit_open('message.redacted', 'Ana', 'Why', arm => false)",
        "SELECT set_config('audit.event', (SELECT max(id)::text FROM audit_event), true)",
    ],
    ids=["none", "of another kind", "without a reason", "denied", "not opened", "an old one"],
)
def test_without_an_event_that_erases_and_says_why_nothing_goes(
    opening: str, message: Message, app: psycopg.Connection
) -> None:
    app.execute(opening)
    with pytest.raises(psycopg.errors.CheckViolation, match="unrecorded erasure"):
        erase(app, message, "body")


def test_an_erasing_event_of_an_earlier_transaction_opens_nothing(
    message: Message, app: psycopg.Connection
) -> None:
    app.execute(OPEN)
    app.commit()
    app.execute(
        "SELECT set_config('audit.event', max(id)::text, true) FROM audit_event"
        " WHERE kind = 'message.redacted'"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="unrecorded erasure"):
        erase(app, message, "body")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (LIVE, "author_label"),
        (LIVE, "id"),
        (VERSION, "body"),
        ("audit_event", "reason"),
        ("audit_erasure", "commitment"),
        ("requests_app_supportrequest", "subject"),
        ("requests_app_attachment", "sha256"),
        ("requests_app_user", "password"),
        ("pg_catalog.pg_authid", "rolpassword"),
    ],
)
def test_what_no_model_declares_erasable_stays(
    table: str, column: str, message: Message, app: psycopg.Connection
) -> None:
    app.execute(OPEN)
    with pytest.raises(psycopg.errors.RestrictViolation, match="not declared erasable"):
        erase(app, message, column, table=table)


@pytest.mark.parametrize("words", ["x'; DROP TABLE audit_event; --", "1 OR true", "-1", ""])
def test_a_key_that_is_none_clears_nothing(
    words: str, message: Message, app: psycopg.Connection
) -> None:
    app.execute(OPEN)
    with pytest.raises(psycopg.DatabaseError):
        app.execute(ERASE, [LIVE, words, ["body"]])


# The version whose value the open event has cleared: of all others no column may change at all.
NOTED = f"WHERE history_id = (SELECT min(history_id) FROM {VERSION} WHERE id = {{id}})"
# With the door open, for one message, under a proper event: what else could be changed by it?
ATTACKS = {
    "a version by hand": f"UPDATE {VERSION} SET body = ''",
    "another column of it": f"UPDATE {VERSION} SET author_label = 'Nobody' {NOTED}",
    "its event": f"UPDATE {VERSION} SET event_id = 1 {NOTED}",
    "its moment": f"UPDATE {VERSION} SET history_date = now() {NOTED}",
    "another text in its place": f"UPDATE {VERSION} SET body = 'Innocent' {NOTED}",
    "any version of it": f"UPDATE {VERSION} SET body = 'Innocent' WHERE id = {{id}}",
    "the whole version": f"DELETE FROM {VERSION} WHERE id = {{id}}",
    "all versions": f"TRUNCATE {VERSION}",
    "an event": "UPDATE audit_event SET reason = '' WHERE id = 1",
    "the note of the erasure": "UPDATE audit_erasure SET size = 0",
    "the note itself": "DELETE FROM audit_erasure",
    "another table's version": "UPDATE requests_app_historicaluser SET display_name = 'x'",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("role", ["app", "owner"])
def test_an_open_erasure_lets_nothing_else_through(
    role: str, attack: str, message: Message
) -> None:
    with sessions.open(role, application_name="casetrail attack") as session:
        session.execute(OPEN)
        erase(session, message, "body")
        with pytest.raises(REFUSED):
            session.execute(attack.format(id=message.pk))
        session.rollback()


def test_even_the_owner_clears_no_version_that_is_not_noted(
    message: Message, owner: psycopg.Connection
) -> None:
    owner.execute(OPEN)
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        owner.execute(f"UPDATE {VERSION} SET body = '' WHERE id = %s", [message.pk])


def test_even_the_owner_notes_no_erasure_without_an_event(
    message: Message, owner: psycopg.Connection
) -> None:
    note = (
        "INSERT INTO audit_erasure (event_id, table_name, row_key, version_id, column_name, unit,"
        f" size, commitment, erased_at) SELECT max(id), '{LIVE}', %s, NULL, 'body', 'bytes', 1,"
        " 'x', now() FROM audit_event"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="unrecorded erasure"):
        owner.execute(note, [str(message.pk)])


def test_even_the_owner_notes_no_erasure_of_what_no_model_declares(
    message: Message, owner: psycopg.Connection
) -> None:
    owner.execute(OPEN)
    with pytest.raises(psycopg.errors.RestrictViolation, match="is not declared erasable"):
        owner.execute(
            "INSERT INTO audit_erasure (event_id, table_name, row_key, version_id, column_name,"
            f" unit, size, commitment, erased_at) SELECT max(id), '{LIVE}', %s, NULL,"
            " 'author_label', 'characters', 1, 'x', now() FROM audit_event",
            [str(message.pk)],
        )


def test_the_application_notes_no_erasure_by_itself(app: psycopg.Connection) -> None:
    app.execute(OPEN)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("INSERT INTO audit_erasure DEFAULT VALUES")


def test_an_erasure_that_is_rolled_back_clears_nothing(
    message: Message, app: psycopg.Connection
) -> None:
    app.execute(OPEN)
    erase(app, message, "body")
    app.rollback()
    assert body_of(app, message) == ["Her card number"] * 2
    assert not Erasure.objects.filter(row_key=str(message.pk)).exists()


def test_other_rows_keep_their_values_and_salts(message: Message, app: psycopg.Connection) -> None:
    by = factories.actor(message.author)
    other = services.note(support_request=message.support_request, body="Other", by=by)
    before = other.history.values().get()
    app.execute(OPEN)
    erase(app, message, "body")
    app.commit()
    assert other.history.values().get() == before
    assert Event.objects.filter(kind="message.redacted", reason="A card number").exists()


TAMPERING = {
    "DROP TRIGGER audit_keep ON requests_app_historicalmessage": (
        f"{VERSION} lacks the trigger audit_keep"
    ),
    "ALTER TABLE requests_app_historicalmessage DISABLE TRIGGER audit_keep": (
        f"the trigger audit_keep of {VERSION} does not always fire"
    ),
    "DROP TRIGGER audit_check_erasure ON audit_erasure": (
        "audit_erasure lacks the trigger audit_check_erasure"
    ),
    "DROP TRIGGER audit_guard ON audit_erasure": "audit_erasure lacks the trigger audit_guard",
    "GRANT EXECUTE ON FUNCTION audit_erase TO PUBLIC": (
        "function audit_erase may be called by every role"
    ),
    "ALTER FUNCTION audit_erase(text, text, text[]) RESET search_path": (
        "function audit_erase does not pin its search_path"
    ),
}


@pytest.mark.parametrize(("statement", "told"), TAMPERING.items(), ids=TAMPERING.values())
def test_the_check_knows_the_door_and_its_guards(statement: str, told: str, committed: str) -> None:
    from audit import roles

    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(statement)
        found = checks.problems(connection)
        cursor.execute("ROLLBACK")
    assert found == [told]


def test_a_column_declared_erasable_that_the_database_does_not_know_is_found(
    committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Message._versioned, "erasable", ("body", "author_label"))
    [found] = checks.problems(connection)
    assert found.startswith("function audit_erasable differs")
