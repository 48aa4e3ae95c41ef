"""A small project in a folder, whose models a test reshapes with real commands, in processes of
their own: one process knows only one shape of a model."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import embedded, local
from tests.audit import sessions

NAME = "name = models.CharField(max_length=20)"
SIZE = "size = models.IntegerField(default=0)"
HISTORY = "history = Versioned()"
NEW = "INSERT INTO shapes_thing (name, size) VALUES ('first', 1)"

HEAD = """
from django.db import models
from audit.versions import Versioned

class {named}(models.Model):
"""
SETTINGS = """
from config import settings as product
globals().update({name: value for name, value in vars(product).items() if name.isupper()})
INSTALLED_APPS = [*product.INSTALLED_APPS, "shapes"]
"""
COMMANDS = """
import json, sys, django
django.setup()
from django.core.management import CommandError, call_command
from django.db import connection
from audit import checks
try:
    for command in json.loads(sys.argv[1]):
        call_command(*command)
except CommandError as refusal:
    sys.exit(str(refusal))
print(json.dumps(checks.problems(connection)))
"""
CHANGES = """
import json, django
django.setup()
from audit import timeline
from audit.models import Event
entries = timeline.page(Event.objects.filter(kind="shape.written"), newest_first=False).entries
rows = [row for entry in entries for row in entry.rows]
print(json.dumps([[[c.label, c.before, c.after] for c in row.changes] for row in rows]))
"""


class Refused(Exception):
    """A command said no; the message is what it said."""


@dataclass(frozen=True)
class Project:
    folder: Path
    database: str

    @classmethod
    def new(cls, folder: Path, database: str) -> Project:
        (folder / "shapes/migrations").mkdir(parents=True)
        for package in ("shapes", "shapes/migrations"):
            (folder / package / "__init__.py").touch()
        (folder / "shaped_settings.py").write_text(SETTINGS)
        return cls(folder, database)

    def copy(self, folder: Path, database: str) -> Project:
        shutil.copytree(self.folder, folder)
        return Project(folder, database)

    def models(self, *lines: str, named: str = "Thing") -> None:
        body = "".join(f"    {line}\n" for line in lines)
        (self.folder / "shapes/models.py").write_text(HEAD.format(named=named) + body)

    def migration(self, name: str, operations: str, *, atomic: bool = True) -> None:
        """A migration written by hand, after the newest one."""
        newest = sorted(self.migrations())[-1]
        (self.folder / f"shapes/migrations/{name}.py").write_text(
            "from django.db import migrations, models\nimport audit.schema\n\n\n"
            f"class Migration(migrations.Migration):\n    atomic = {atomic}\n"
            f"    dependencies = [('shapes', '{newest}')]\n    operations = [{operations}]\n"
        )

    def migrations(self) -> dict[str, str]:
        found = (self.folder / "shapes/migrations").glob("0*.py")
        return {path.stem: path.read_text() for path in found}

    def run(self, *commands: list[str], answers: str = "") -> list[str]:
        """Runs management commands and returns what the check then finds; raises Refused."""
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS, json.dumps(commands)],
            env=self.environment(),
            input=answers,
            capture_output=True,
            text=True,
            cwd=self.folder,
        )
        if done.returncode:
            raise Refused(done.stderr)
        problems: list[str] = json.loads(done.stdout.splitlines()[-1])
        return problems

    def migrate(self, answers: str = "") -> list[str]:
        make = (
            ["makemigrations", "shapes"] if answers else ["makemigrations", "shapes", "--noinput"]
        )
        return self.run(make, ["migrate", "--verbosity=0"], answers=answers)

    def environment(self) -> dict[str, str]:
        urls = {
            embedded.VARIABLES[role]: make_conninfo(
                os.environ[embedded.VARIABLES[role]], dbname=self.database
            )
            for role in sessions.ROLES
        }
        urls = {name: as_url(conninfo) for name, conninfo in urls.items()}
        path = f"{self.folder}{os.pathsep}{local.PROJECT}"
        settings = {"DJANGO_SETTINGS_MODULE": "shaped_settings", "PYTHONPATH": path}
        return os.environ | urls | settings

    def write(self, statement: str) -> None:
        """As the application would, inside an event."""
        with sessions.open("app", self.database) as session:
            session.execute("SELECT audit_open('shape.written', 'somebody')")
            session.execute(statement)

    def changes(self) -> list[list[list[str]]]:
        """What a page shows of each version written so, oldest first: label, before and after."""
        done = subprocess.run(
            [sys.executable, "-c", CHANGES],
            env=self.environment(),
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=True,
        )
        found: list[list[list[str]]] = json.loads(done.stdout)
        return found

    def events(self) -> list[dict[str, Any]]:
        """Every event, oldest first."""
        with sessions.open("owner", self.database) as session:
            statement = "SELECT to_jsonb(e) FROM audit_event AS e ORDER BY id"
            return [row for (row,) in session.execute(statement).fetchall()]

    def versions(self, of: str = "thing") -> list[dict[str, Any]]:
        """The copied columns of every version, oldest first."""
        statement = f"SELECT to_jsonb(v) FROM shapes_historical{of} AS v ORDER BY history_id"
        own = ("history_", "event_id", "salt")
        with sessions.open("app", self.database) as session:
            rows = [row for (row,) in session.execute(statement).fetchall()]
        return [{name: row[name] for name in row if not name.startswith(own)} for row in rows]


def as_url(conninfo: str) -> str:
    """URL form, which the settings ask for."""
    parts = conninfo_to_dict(conninfo)
    user, password = quote(str(parts["user"])), quote(str(parts.get("password", "")))
    where = "&".join(
        f"{name}={quote(str(parts[name]), safe='')}" for name in ("host", "port") if name in parts
    )
    return f"postgresql://{user}:{password}@/{parts['dbname']}?{where}"
