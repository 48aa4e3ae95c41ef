"""Commands in the documents are run as they stand, and a backup is restored into another database.

Each block is run with nothing changed but placeholders: the interpreter, a password, a folder.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config import local, programs
from requests_app.importing import writing
from tests.audit import sessions
from tests.audit.shapes import Project
from tests.config.command_blocks import EXECUTED, NOT_EXECUTED, block, commands
from tests.database import PREFIX, Databases
from tests.mail.letters import letter
from tests.requests_app import importing_source

TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname NOT LIKE 'procrastinate%%' ORDER BY 1
"""


def test_it_is_decided_of_each_block_whether_it_is_run() -> None:
    decided = [*EXECUTED, *NOT_EXECUTED]
    of_each = [
        [(document, words) for document, words in decided
         if document == each.document and words in each.text]
        for each in commands()
    ]  # fmt: skip
    undecided = [each.text for each, found in zip(commands(), of_each, strict=True)
                 if len(found) != 1]  # fmt: skip
    assert undecided == [], "say in command_blocks.py whether these are run, and why not"
    assert sorted(found[0] for found in of_each) == sorted(decided)


def test_every_block_that_is_executed_is_run_below() -> None:
    source = Path(__file__).read_text()
    run = set(re.findall(r'block\(\s*"([\w-]+)", "([^"]+)"\s*\)', source))
    assert {(document, words.strip()) for document, words in EXECUTED} == run


@dataclass(frozen=True)
class Shell:
    """A shell as the documents suppose it: in the project, with the environment of production."""

    environment: dict[str, str]

    def run(
        self, text: str, *, given: bytes = b"", code: int = 0, **changed: str
    ) -> subprocess.CompletedProcess[bytes]:
        text = text.replace(".venv/bin/python", sys.executable)
        environment = self.environment | changed
        done = subprocess.run(
            ["sh", "-euc", text], cwd=local.PROJECT, input=given, capture_output=True, check=False,
            env={name: value for name, value in environment.items() if value},
        )  # fmt: skip
        assert done.returncode == code, (done.stdout + done.stderr).decode()
        return done

    def told(self, text: str, *, given: bytes = b"", code: int = 0, **changed: str) -> str:
        return self.run(text, given=given, code=code, **changed).stdout.decode()


def environment_of(database: str, folder: Path, files: Path) -> dict[str, str]:
    urls = Project(folder, database).environment()
    names = ("DATABASE_URL", "MIGRATE_DATABASE_URL")
    found = programs.find()
    return {name: urls[name] for name in names} | {
        "PATH": f"{found.folder}{os.pathsep}{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SECRET_KEY": secrets.token_urlsafe(48), "ALLOWED_HOSTS": "desk.example.com",
        "ATTACHMENTS_ROOT": str(files), "STATIC_ROOT": str(folder / "static"),
        "DEFAULT_FROM_EMAIL": "desk@example.com", "BACKUP": str(folder / "backup"),
        "LOG_LEVEL": "ERROR", "BACKUP_STAMP": str(folder / "last-backup"),
    }  # fmt: skip


@pytest.fixture
def shell(own_database: str, tmp_path: Path) -> Shell:
    if shutil.which("pg_dump", path=str(programs.find().folder)) is None:
        pytest.skip("NO BACKUP WAS TRIED: there is no pg_dump beside the server's programs")
    (tmp_path / "backup").mkdir()
    files = tmp_path / "files"
    files.mkdir(mode=0o700)
    return Shell(environment_of(own_database, tmp_path, files))


@pytest.fixture
def empty(databases: Databases) -> Iterator[str]:
    """A database as configuration.md makes it, and nothing in it."""
    name = f"{PREFIX}{databases.run}_restored_{secrets.token_hex(3)}"
    with psycopg.connect(sessions.conninfo("owner"), autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    yield name
    databases.drop(name)


def contents(database: str) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of all of them."""
    found = {}
    with sessions.open("owner", database) as owner:
        for (name,) in owner.execute(TABLES).fetchall():
            table = sql.Identifier(name)
            asked = sql.SQL(
                "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))),"
                " '') FROM {} t"
            ).format(table)
            found[name] = tuple(owner.execute(asked).fetchone() or ())
    return found  # type: ignore[return-value]


def receiver(shell: Shell, folder: Path) -> str:
    """The script of docs/mail.md, where an installation would have it."""
    environment = folder / "environment"
    lines = [f"{name}='{value}'" for name, value in shell.environment.items()]
    environment.write_text("\n".join(lines) + "\n")
    text = block("mail", "manage.py receive_mail").replace("/etc/casetrail", str(folder))
    text = text.replace("/opt/casetrail/.venv/bin/python", sys.executable)
    script = folder / "receive"
    script.write_text(text.replace("/opt/casetrail", str(local.PROJECT)))
    script.chmod(0o755)
    return f"{script} --mailbox support@us.example"


def with_file() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Marisol Vega <marisol@harbor.example>", "support@us.example"
    mail["Subject"], mail["Message-ID"] = "Wet parcel", "<with-file@harbor.example>"
    mail.set_content("The carton is wet.")
    mail.add_attachment(b"pixels", "text", "plain", filename="photo.txt")
    return mail.as_bytes(policy=SMTP)


def installed(shell: Shell, folder: Path) -> str:
    """As the documents say, from the first migration to the first mail; how mail is received."""
    migrate = block("operating", "MIGRATE_DATABASE_URL=postgresql")
    shell.run(migrate.partition(" ")[2])  # with the URL of this database, which the shell has
    assert "administers US" in shell.told(block("operating", "manage.py first_administrator"))
    assert "is added" in shell.told(block("mail", "manage.py add_mailbox"))
    receive = receiver(shell, folder)
    assert ": Opened a request" in shell.told(receive, given=with_file())
    shell.run(receive, given=b"", code=65)
    return receive


@pytest.mark.slow
def test_an_installation_is_set_up_backed_up_and_restored_as_the_documents_say(
    shell: Shell, own_database: str, empty: str, tmp_path: Path
) -> None:
    receive = installed(shell, tmp_path)
    assert "looked at" in shell.told(block("due-dates", "manage.py due --recompute"))
    assert "Nothing is missing or unsafe" in shell.told(
        block("operating", "manage.py configuration --check"), MIGRATE_DATABASE_URL=""
    )
    shell.run('psql "$MIGRATE_DATABASE_URL" --set=ON_ERROR_STOP=1',
              given=block("configuration", "sql.repaired").encode())  # fmt: skip

    assert "2 of 2 rates added." in shell.told(rates_of(tmp_path))

    assert not (tmp_path / "last-backup").exists()
    shell.run(block("operating", "pg_dump --format=custom"))
    assert (tmp_path / "last-backup").exists()
    backed_up = contents(own_database)
    shell.run(receive, given=letter("After the backup."))

    restored = Shell(environment_of(empty, tmp_path, tmp_path / "restored"))
    restored.run(block("operating", "pg_restore --exit-on-error"))
    assert contents(empty) == backed_up
    assert contents(own_database) != backed_up

    told = restored.told(block("operating", "manage.py check_files"))
    assert "triggers     ok" in told
    assert "1 files looked at, 0 not as they were stored." in told
    restored.run(block("operating", "sql.restored"))
    with sessions.open("owner", empty) as owner:
        newest = owner.execute("SELECT kind, channel FROM audit_event ORDER BY id DESC").fetchone()
    assert newest == ("sql.restored", "sql")
    assert_it_records_and_refuses(restored, empty, tmp_path)
    with pytest.raises(AssertionError, match="already exists"):
        restored.run(block("operating", "pg_restore --exit-on-error"))


def rates_of(folder: Path) -> str:
    """The command of docs/books.md, with a file."""
    file = folder / "rates.csv"
    file.write_text("day,base,quoted,rate\n2026-09-14,EUR,USD,1.0854\n2026-09-15,EUR,USD,1.09\n")
    return block("books", "manage.py import_rates").replace("rates.csv", str(file))


@pytest.mark.slow
def test_a_release_is_put_over_another_as_the_document_says(
    shell: Shell, own_database: str, tmp_path: Path
) -> None:
    looked = shell.told(block("upgrade", "manage.py migrate --plan"), MIGRATE_DATABASE_URL="")
    assert "No planned migration operations." in looked
    assert "Nothing is missing or unsafe" in looked
    told = shell.told(block("upgrade", "manage.py ready --before-start"))
    assert "No migrations to apply." in told
    assert "triggers     ok" in told


def assert_it_records_and_refuses(shell: Shell, database: str, folder: Path) -> None:
    """What was restored works on: mail comes in, an unrecorded change does not, and a file that was
    changed is found."""
    assert ": Opened a request" in shell.told(receiver(shell, folder), given=letter("New."))
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="unrecorded change"),
        sessions.open("app", database, "casetrail") as session,
    ):
        session.execute("UPDATE requests_app_supportrequest SET priority = 'low'")
    [file] = Path(shell.environment["ATTACHMENTS_ROOT"]).glob("[0-9a-f][0-9a-f]/*")
    file.write_bytes(b"other pixels")
    told = shell.told(".venv/bin/python manage.py check_files", code=1)
    assert "its content has another SHA-256" in told


@pytest.mark.slow
def test_everything_is_taken_out_and_compared_as_the_document_says(
    shell: Shell, own_database: str, empty: str, tmp_path: Path
) -> None:
    installed(shell, tmp_path)
    assert "2 rows imported" in shell.told(imported(tmp_path))
    shell.run(block("leaving", "sql.taken_out"))
    taken = tmp_path / "taken out"
    taken.mkdir()
    checked = environment_of(empty, tmp_path, tmp_path / "restored")["MIGRATE_DATABASE_URL"]
    places = {"TAKEN": str(taken), "CHECKED_DATABASE_URL": checked}
    shell.run(block("leaving", "pg_dump --format=custom"), **places)
    tables = {path.stem for path in (taken / "tables").iterdir()}
    assert {"audit_event", "audit_erasure", "requests_app_historicalsupportrequest"} <= tables
    with sessions.open("owner", own_database) as owner:
        assert tables >= {name for (name,) in owner.execute(TABLES).fetchall()}
    shell.run(block("leaving", "pg_restore --exit-on-error"), **places)
    assert contents(empty) == contents(own_database)
    assert "1 files looked at" in shell.told(block("leaving", "manage.py check_files"))

    with sessions.open("owner", empty) as owner:
        owner.execute("DELETE FROM django_session")
        owner.execute("INSERT INTO django_session VALUES ('one', 'more', now())")
        owner.commit()
    comparing = block("leaving", "pg_restore --exit-on-error").partition("compared=")
    shell.run("".join(comparing[1:]), **places, code=1)  # one row more is not passed over


def imported(folder: Path) -> str:
    """The command of docs/importing.md, with a file."""
    file = folder / "log.csv"
    file.write_text(importing_source.text(
        importing_source.row(),
        importing_source.row(sys_mod_count="1", incident_state="Active"),
    ))  # fmt: skip
    return block("importing", "manage.py import_requests").replace("FILE", str(file))


@pytest.mark.slow
def test_a_lock_of_an_import_that_has_ended_is_found_as_the_document_says(
    own_database: str,
) -> None:
    superuser = sessions.superuser()
    if superuser is None:
        pytest.skip("NOT TRIED: the server was named from outside, and its superuser is not known")
    holding = psycopg.connect(sessions.conninfo("app"), autocommit=True)
    holding.execute("SELECT pg_advisory_lock(%s, 17)", [writing.RUNS])
    with psycopg.connect(superuser) as session:
        ended = session.execute(block("importing", "pg_terminate_backend").encode()).fetchall()
    assert ended == [(True,)]
    with pytest.raises(psycopg.OperationalError):
        holding.execute("SELECT 1")


@pytest.mark.slow
def test_an_operator_s_role_is_made_as_the_document_says(own_database: str) -> None:
    superuser = sessions.superuser()
    if superuser is None:
        pytest.skip("NOT TRIED: the server was named from outside, and its superuser is not known")
    with psycopg.connect(superuser) as session:
        session.execute(block("configuration", "CREATE ROLE dana").encode())
        asked = "SELECT has_function_privilege('dana', oid, 'EXECUTE') FROM pg_proc"
        found = session.execute(f"{asked} WHERE proname = 'audit_open'").fetchall()
        assert found == [(True,)]
        session.rollback()
