"""The folder `.local/`: what this copy of the project made for itself (secrets, database, logs).

Nothing in it is committed, and nothing is made in it at import: `make setup` makes it.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".local"
_SECRETS = "secrets.json"
_NAMES = ("secret_key", "superuser", "owner", "app", "sealer")


def exists(folder: Path = FOLDER) -> bool:
    """Whether `make setup` has been here."""
    return (folder / _SECRETS).is_file()


def prepare(folder: Path = FOLDER) -> None:
    """Makes the folder and its secrets once; a second call changes nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "static").mkdir(exist_ok=True)
    if exists(folder):
        return
    values = {name: secrets.token_urlsafe(48) for name in _NAMES}
    draft = folder / f"{_SECRETS}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(values, indent=1) + "\n")
    try:
        # A link, not a rename: of two processes here at once, the first one's secrets stay.
        os.link(draft, folder / _SECRETS)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def secret(name: str, folder: Path = FOLDER) -> str:
    """One local secret by its name. Raises FileNotFoundError before `make setup`."""
    values: dict[str, str] = json.loads((folder / _SECRETS).read_text())
    return values[name]
