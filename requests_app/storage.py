"""The bytes of attachments, in a folder of their own that no address leads to.

A file's name is the SHA-256 of its content and a random part: it can be checked without the
database, nobody can ask whether a content they know is here, and the same content twice is two
files, so that one can be destroyed. What lies here is never overwritten.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings

CHUNK = 64 * 1024
KEY = re.compile(r"[0-9a-f]{64}-[0-9a-f]{32}")
INCOMING = "incoming"


class Changed(Exception):
    """A stored file is gone, or is not any more what was stored."""


@dataclass(frozen=True)
class Taken:
    """What was received: a file on disk that is not kept yet. ``is_cut`` says there was more."""

    path: Path
    sha256: str
    size: int
    is_cut: bool = False

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


def root() -> Path:
    return Path(settings.ATTACHMENTS_ROOT)


def path_of(key: str) -> Path:
    """Raises ValueError for what is no key: it may not lead out of the folder."""
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no storage key")
    return root() / key[:2] / key


def take(content: bytes | IO[bytes] | Any, most: int) -> Taken:
    """Writes what comes to a temporary file, to the disk itself; no more than one byte over."""
    folder = made(root() / INCOMING)
    path = folder / secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in pieces(content):
                part = piece[: most + 1 - size]
                digest.update(part)
                file.write(part)
                size += len(part)
                if size > most:
                    break
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Taken(path, digest.hexdigest(), size, is_cut=size > most)


def pieces(content: bytes | IO[bytes] | Any) -> Iterable[bytes]:
    file = BytesIO(content) if isinstance(content, bytes | bytearray | memoryview) else content
    with suppress(AttributeError, OSError):
        file.seek(0)
    return iter(lambda: file.read(CHUNK), b"")


def keep(taken: Taken) -> str:
    """Gives what was received its lasting name, which is on the disk when this returns."""
    key = f"{taken.sha256}-{secrets.token_hex(16)}"
    path = path_of(key)
    made(path.parent)
    path.hardlink_to(taken.path)  # unlike a renaming, never over another one
    taken.discard()
    sync(path.parent)
    return key


def open_checked(key: str, sha256: str) -> IO[bytes]:
    """The file, open, read to its end once and found to be what was stored. Raises Changed."""
    try:
        file = path_of(key).open("rb")
    except OSError as error:
        raise Changed("it cannot be read") from error
    digest = hashlib.sha256()
    for piece in iter(lambda: file.read(CHUNK), b""):
        digest.update(piece)
    if digest.hexdigest() != sha256:
        file.close()
        raise Changed("its content has another SHA-256")
    file.seek(0)
    return file


def destroy(key: str) -> bool:
    """Overwrites and removes a file. Returns whether there was one; again, it does nothing."""
    path = path_of(key)
    try:
        with path.open("r+b") as file:
            left = path.stat().st_size
            while left > 0:
                left -= file.write(bytes(min(left, CHUNK)))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    sync(path.parent)
    return True


def kept_before(moment: float) -> Iterator[str]:
    """The keys of all files that were kept before a moment, as the clock of the disk has it."""
    for folder in sorted(root().glob("[0-9a-f][0-9a-f]")):
        for entry in os.scandir(folder):
            with suppress(FileNotFoundError):
                if KEY.fullmatch(entry.name) and entry.stat().st_mtime < moment:
                    yield entry.name


def unfinished(older_than: float) -> list[Path]:
    """What was received and never kept, so many seconds ago: its process was killed."""
    limit, found = time.time() - older_than, []
    for path in (root() / INCOMING).glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                found.append(path)
    return found


def sweep_incoming(older_than: float) -> int:
    """Removes what was received and never kept. Returns how many."""
    removed = 0
    for path in unfinished(older_than):
        with suppress(FileNotFoundError):
            path.unlink()
            removed += 1
    return removed


def made(folder: Path) -> Path:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync(folder.parent)
    return folder


def sync(folder: Path) -> None:
    """A name is safe when its folder is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
