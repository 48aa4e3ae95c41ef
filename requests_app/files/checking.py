"""Compares each kept file with what its row says of it: after a restore, and whenever in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from requests_app import storage
from requests_app.models import Attachment
from requests_app.services import sweeping

CHUNK = 500


@dataclass
class Checked:
    """``wrong`` names rows with what is wrong with their file."""

    files: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)


def kept() -> Iterator[tuple[int, str, str]]:
    """Key, storage key and hash of every file that was not redacted."""
    redacted = set(sweeping.redacted_keys())
    rows = Attachment.objects.order_by("pk").values_list("pk", "storage_key", "sha256")
    return (row for row in rows.iterator(chunk_size=CHUNK) if row[1] not in redacted)


def check(reached: Callable[[int], None]) -> Checked:
    """Reads every file once, from its first byte to its last. Changes nothing."""
    found = Checked()
    for key, storage_key, sha256 in kept():
        found.files += 1
        try:
            storage.open_checked(storage_key, sha256).close()
        except storage.Changed as changed:
            found.wrong.append((key, str(changed)))
        reached(found.files)
    return found
