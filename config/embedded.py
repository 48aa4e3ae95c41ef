"""The default PostgreSQL: a real server under `.local/`, shared by every process that needs it.

Socket only, no port. Processes hold a shared lock while they use it; the last one out stops it
(`keeper.py`). The wheel's own Python layer is not used: it opens every parent folder to everybody.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

from config import keeper, local, programs
from config.programs import CannotStart, Programs

DATABASE = "casetrail"
ROLES = {"owner": "casetrail_owner", "app": "casetrail_app", "sealer": "casetrail_sealer"}
VARIABLES = {
    "app": "DATABASE_URL",
    "owner": "MIGRATE_DATABASE_URL",
    "sealer": "SEALER_DATABASE_URL",
}
LOCAL = "CASETRAIL_LOCAL"
_SUPERUSER = "postgres"
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 107
_PAUSE = 1.0
_LONGEST_LOG = 4_000_000
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Values of a refused statement may be personal; the log keeps the error alone.
    "log_min_error_statement": "panic",
}


@dataclass
class Server:
    """One server and its data. `join` starts it where needed, `leave` stops it after the last."""

    name: str = "postgres"
    folder: Path = local.FOLDER
    options: Mapping[str, str] = field(default_factory=dict)
    _users: IO[str] | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        return (self.folder / self.name).resolve()

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def join(self) -> bool:
        """Counts this process among the users. True if it was the one that started the server.

        Raises CannotStart with what to do when there are no programs or they fail.
        """
        local.prepare(self.folder)
        self._users = _open_lock(self.folder / f"{self.name}.users")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        try:
            with _alone(self.folder / f"{self.name}.start"):
                return self._start_unless_running()
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Stops counting this process; returns after the server has stopped if it was the last."""
        users, self._users = self._users, None
        if users is None:
            return
        with users:
            fcntl.flock(users, fcntl.LOCK_UN)
            if _try_lock(users, fcntl.LOCK_EX):
                keeper.stop(self.data)
            elif not _try_lock(users, fcntl.LOCK_SH):
                # Somebody is stopping it at this moment: wait until that is done.
                fcntl.flock(users, fcntl.LOCK_SH)

    def url(self, role: str, database: str = DATABASE) -> str:
        """The connection URL of one role: owner, app, sealer or superuser."""
        name = ROLES.get(role, _SUPERUSER)
        password = local.secret(role, self.folder)
        host = quote(self.socket_folder(), safe="")
        return f"postgresql://{name}:{quote(password)}@/{database}?host={host}"

    def urls(self) -> dict[str, str]:
        """The three URLs under the names that the settings read."""
        return {variable: self.url(role) for role, variable in VARIABLES.items()}

    def socket_folder(self) -> str:
        """Where clients find the socket. A socket's path ends at 107 bytes; a deeper folder is
        reached through the server's own working directory, which is the data folder."""
        if len(os.fsencode(self.data / _SOCKET)) <= _LONGEST_SOCKET_PATH:
            return str(self.data)
        return f"/proc/{keeper.server_pid(self.data)}/cwd"

    def _start_unless_running(self) -> bool:
        if keeper.wait_until_ready(self.data):
            return False
        found = programs.find(self._version())
        is_new = self._version() is None
        if is_new:
            self._initialise(found)
        # Whoever it names is not our server: a machine that went down leaves it behind, and after
        # a restart another process may have its id.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._launch(found)
        if not (self.data / "casetrail.roles").exists():
            self._create_roles()
            (self.data / "casetrail.roles").touch()
        return True

    def _version(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _initialise(self, found: Programs) -> None:
        target = self._target(found)
        draft = target.with_name(f"{target.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        password = draft.with_suffix(".password")
        password.touch(mode=0o600)
        password.write_text(local.secret("superuser", self.folder))
        draft.mkdir(mode=0o700)
        if found.user:
            for path in (password, draft):
                os.chown(path, found.user.pw_uid, found.user.pw_gid)
        try:
            _run(
                found.command(
                    "initdb",
                    f"--pgdata={draft}",
                    f"--username={_SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    *_locale(found.version),
                    *(["--no-sync"] if self.options.get("fsync") == "off" else []),
                )
            )
        finally:
            password.unlink()
        draft.rename(target)

    def _target(self, found: Programs) -> Path:
        """Where new data goes: beside us, or, for another user, where that user may enter."""
        inside = self.folder / self.name
        if found.user is None:
            return inside
        home = Path(tempfile.mkdtemp(prefix="casetrail-", dir=programs.OUTSIDE))
        os.chown(home, found.user.pw_uid, found.user.pw_gid)
        inside.unlink(missing_ok=True)
        inside.symlink_to(home / self.name)
        return home / self.name

    def _launch(self, found: Programs) -> None:
        if self.log.exists() and self.log.stat().st_size > _LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        options = [f"--{name}={value}" for name, value in {**_OPTIONS, **self.options}.items()]
        self.log.touch(mode=0o600)
        users = str(self.folder / f"{self.name}.users")
        command = found.command("postgres", "-D", str(self.data), *options)
        keep = [sys.executable, "-I", "-S", keeper.__file__, users, str(self.data), *command]
        # Right after a crash the last of the old processes may still hold the memory: once more.
        for pause in (_PAUSE, 0):
            with self.log.open("a") as log:
                answer = subprocess.run(
                    keep, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/"
                )
            if answer.returncode == 0:
                break
            time.sleep(pause)
        if answer.returncode != 0:
            end = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
            raise CannotStart(f"PostgreSQL did not start. The end of {self.log}:\n{end}")

    def _create_roles(self) -> None:
        """Those that are missing, and the database: an earlier start may have been stopped here."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("superuser", "postgres"), autocommit=True) as connection:
            made = connection.execute(
                "SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database"
            ).fetchall()
            for role, name in ROLES.items():
                if (name,) in made:
                    continue
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                        sql.Identifier(name),
                        sql.SQL("CREATEDB" if role == "owner" else ""),
                        sql.Literal(local.secret(role, self.folder)),
                    )
                )
            if (DATABASE,) not in made:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLES['owner']}")
        with psycopg.connect(self.url("owner"), autocommit=True) as connection:
            for statement in restrictions(DATABASE):
                connection.execute(statement)


def restrictions(database: str, roles: Mapping[str, str] = ROLES) -> Iterator[bytes]:
    """What the owner takes from everybody in a new database: a temporary table or a function of
    the application's own could stand in front of the trail's."""
    yield f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'.encode()
    yield f'GRANT CONNECT ON DATABASE "{database}" TO {roles["app"]}, {roles["sealer"]}'.encode()
    yield b"REVOKE CREATE ON SCHEMA public FROM PUBLIC"


@contextmanager
def for_command(
    server: Server | None = None, environ: MutableMapping[str, str] = os.environ
) -> Iterator[None]:
    """The local server for one command, only where `make setup` was and no server is named."""
    server = server or Server()
    is_elsewhere = any(is_named(variable, environ) for variable in VARIABLES.values())
    if is_elsewhere or not local.exists(server.folder):
        yield
        return
    server.join()
    try:
        environ.update(server.urls())
        environ[LOCAL] = "true"
        yield
    finally:
        server.leave()


def is_named(variable: str, environ: Mapping[str, str]) -> bool:
    return bool(environ.get(variable) or environ.get(f"{variable}_FILE"))


def _locale(version: int) -> list[str]:
    """Text in order of its code points, the same on every machine."""
    if version >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        raise CannotStart(f"{' '.join(command)} failed:\n{done.stderr or done.stdout}")


def _open_lock(path: Path) -> IO[str]:
    path.touch(mode=0o600)
    return path.open("r+")


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with _open_lock(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
