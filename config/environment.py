"""Reads settings from the environment and collects everything that is missing or wrong.

Every name may also be given as NAME_FILE, the path of a file that holds the value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_SHORTEST_KEY = 50
_PLACEHOLDERS = ("changeme", "change-me", "secret", "insecure", "example", "placeholder", "django-")
_SECRET = ("SECRET", "PASSWORD", "TOKEN", "KEY")
# What a common word finds among millions of events is a list longer than PostgreSQL's 4 MB: it
# would keep whole pages instead, and take each of their rows apart again.
_MEMORY = "-c work_mem=32MB"
_URL = "postgresql://{role}:PASSWORD@db.example.com/casetrail"


@dataclass
class Environment:
    """The environment and what was found wrong in it. Readers return a stand-in after a fault, so
    that one message can name all of them."""

    values: Mapping[str, str]
    faults: list[str] = field(default_factory=list)
    # What each name that was asked for came to, for `manage.py configuration`.
    effective: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_process(cls) -> Environment:
        return cls(os.environ)

    def text(self, name: str) -> str:
        """The value, from the variable or from the file that NAME_FILE names; empty if neither."""
        found = self.effective[name] = self._read(name)
        return found

    def is_set(self, name: str) -> bool:
        return bool(self.values.get(name) or self.values.get(f"{name}_FILE"))

    def source(self, name: str) -> str:
        """Where a value came from: set, file or default."""
        if self.values.get(f"{name}_FILE"):
            return "file"
        return "set" if self.values.get(name) else "default"

    def _kept(self, name: str, value: Any) -> Any:
        self.effective[name] = value
        return value

    def _read(self, name: str) -> str:
        path = self.values.get(f"{name}_FILE", "")
        if not path:
            return self.values.get(name, "").strip()
        if self.values.get(name):
            self.faults.append(f"{name} and {name}_FILE are both set; keep one of them.")
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(f"{name}_FILE names {path}, which cannot be read: {error}.")
            return "unreadable"

    def starting_with(self, prefix: str) -> dict[str, str]:
        """The values of all variables, or files, whose names begin so, by the rest of the name."""
        names = {name.removesuffix("_FILE") for name in self.values if name.startswith(prefix)}
        return {name.removeprefix(prefix): self.text(name) for name in sorted(names)}

    def required(self, name: str, example: str) -> str:
        value = self.text(name)
        if not value:
            self.faults.append(f"{name} is not set, for example {name}={example}")
        return value

    def word(self, name: str, default: str) -> str:
        return str(self._kept(name, self.text(name) or default))

    def words(self, name: str, *, example: str = "", default: list[str] | None = None) -> list[str]:
        """Values parted by commas; required unless there is a default."""
        value = self.text(name) if default is not None else self.required(name, example)
        found = [word.strip() for word in value.split(",") if word.strip()] or (default or [])
        self._kept(name, ", ".join(found))
        return found

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.text(name)
        if value not in ("", "true", "false"):
            self.faults.append(f"{name} is {value!r}; it must be true or false.")
        found = value == "true" if value else default
        self._kept(name, str(found).lower())
        return found

    def integer(self, name: str, *, default: int) -> int:
        value = self.text(name)
        if not value:
            return int(self._kept(name, default))
        if not (value.isascii() and value.isdigit()):
            self.faults.append(f"{name} is {value!r}; it must be a whole number, like {default}.")
            return default
        return int(value)

    def path(self, name: str, *, default: Path) -> Path:
        return Path(self._kept(name, self.text(name) or default))

    def size(self, name: str, *, default: int) -> int:
        """A limit: a whole number of at least 1."""
        value = self.integer(name, default=default)
        if value < 1:
            self.faults.append(f"{name} is {value}; it must be 1 or more, like {default}.")
        return value

    def private_folder(self, name: str, *, default: Path, public: Iterable[Path]) -> Path:
        """A folder that may not lie in, or hold, one of those that are served."""
        folder = self.path(name, default=default).absolute()
        for served in (each.absolute() for each in public):
            if folder.is_relative_to(served) or served.is_relative_to(folder):
                self.faults.append(
                    f"{name} is {folder}, and {served} is served to everybody; keep them apart."
                )
        return folder

    def secret_key(self) -> str:
        """SECRET_KEY, which has no default and may be neither short nor a placeholder."""
        value = self.required("SECRET_KEY", "$(openssl rand -base64 48)")
        is_placeholder = any(word in value.lower() for word in _PLACEHOLDERS)
        if value and (len(value) < _SHORTEST_KEY or len(set(value)) < 10 or is_placeholder):
            self.faults.append(
                f"SECRET_KEY is shorter than {_SHORTEST_KEY} characters or a placeholder; "
                "make one with: openssl rand -base64 48"
            )
        return value

    def database(
        self, name: str, *, role: str, pool: bool, server_side_cursors: bool, idle_timeout: int
    ) -> dict[str, Any]:
        """Django's settings for the application's role, from a required PostgreSQL URL."""
        url = self.required(name, _URL.format(role=role))
        settings = self._parsed(name, url) if url else _settings({})
        # A forgotten open transaction would hold row locks; the server ends it.
        timeout = f"-c idle_in_transaction_session_timeout={idle_timeout}s"
        options = settings["OPTIONS"]
        # The trail keeps it: it tells our sessions from others that use the same role.
        if not options.setdefault("application_name", "casetrail").startswith("casetrail"):
            self.faults.append(
                f"{name} names another application_name than casetrail; leave it out, or begin "
                "it with casetrail: the recorder takes other sessions for outsiders."
            )
        options["options"] = f"{_MEMORY} {options.get('options', '')} {timeout}"
        options.setdefault("connect_timeout", "10")
        if pool:
            options["pool"] = True
        settings["CONN_MAX_AGE"] = 0 if pool else 60
        settings["CONN_HEALTH_CHECKS"] = not pool
        settings["DISABLE_SERVER_SIDE_CURSORS"] = not server_side_cursors
        return settings

    def optional_database(self, name: str) -> dict[str, Any] | None:
        url = self.text(name)
        return self._parsed(name, url) if url else None

    def _parsed(self, name: str, url: str) -> dict[str, Any]:
        parts = url_parts(url)
        if not {"user", "dbname"} <= parts.keys():
            # The value is not repeated: it may hold a password.
            self.faults.append(
                f"{name} is not a PostgreSQL URL with a user and a database; it must look like "
                + _URL.format(role="casetrail_app")
            )
        return _settings(parts)


class Incomplete(ImproperlyConfigured):
    """Settings are missing or wrong; ``environment`` holds all that could be read."""

    def __init__(self, told: str, environment: Environment) -> None:
        super().__init__(told)
        self.environment = environment


def url_parts(url: str) -> dict[str, str]:
    """What a PostgreSQL URL says, by name; nothing where it is none."""
    try:
        parts = conninfo_to_dict(url) if "://" in url else {}
    except ProgrammingError:
        parts = {}
    return {key: str(value) for key, value in parts.items() if value is not None}


def refuse_if_wrong(environment: Environment) -> None:
    """Raises Incomplete that names every fault found while the settings were read."""
    if not environment.faults:
        return
    lines = "\n".join(f"  - {fault}" for fault in environment.faults)
    raise Incomplete(
        f"The environment is not complete:\n{lines}\n"
        "For a local trial set none of these: run make setup, then .venv/bin/python manage.py.",
        environment,
    )


def masked(name: str, value: Any) -> str:
    """As it may be shown: of a secret only whether there is one, of a URL all but its password."""
    text = str(value)
    if not text:
        return "none"
    if is_secret(name) and not name.endswith("DATABASE_URL"):
        return "(secret)"
    text = re.sub(r"(?<=://)([^:/@]+):[^@]*@", r"\1:(secret)@", text)
    return re.sub(r"(?<=[?&])((?:ssl)?password=)[^&]*", r"\1(secret)", text)


def is_secret(name: str) -> bool:
    return any(word in name for word in _SECRET) or name.endswith("DATABASE_URL")


def _settings(parts: dict[str, str]) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }
