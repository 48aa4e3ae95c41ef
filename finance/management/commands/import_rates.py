"""Imports exchange rates from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import actors
from audit.recording import Refusal
from finance.services import rates


class Command(BaseCommand):
    help = (
        "Imports exchange rates from a CSV file with the columns day, base, quoted and rate: one "
        "unit of base buys so many of quoted. All rows or none; rates that stand already are left "
        "out, and one that stands otherwise refuses the file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="who published them, such as ECB")
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        by = actors.command("import_rates")
        try:
            done = rates.import_rates(content=content, source=options["source"], by=by)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({"rows": done.rows, "added": done.added}))
        elif not options["quiet"]:
            self.stdout.write(f"{done.added} of {done.rows} rates added.")
