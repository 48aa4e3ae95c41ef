"""`manage.py configuration`: what is in force, without the secrets."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config import checking, environment


class Command(BaseCommand):
    help = (
        "Print every setting that came from the environment, or its default, secrets masked. "
        f"With --check also what is missing or unsafe in production. {checking.EXIT_CODES}"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if something is not safe")
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """manage.py answers --check itself; here it is for who calls the command in Python."""
        reader: environment.Environment = settings.CONFIGURATION
        told = checking.report(reader)
        if not options["check"]:
            told = {"settings": told["settings"]}
        written = checking.words(reader) if options["check"] else checking.lines(reader)
        self.stdout.write(json.dumps(told, indent=2) if options["json"] else "\n".join(written))
        if options["check"] and not told["ok"]:
            sys.exit(checking.FOUND)
