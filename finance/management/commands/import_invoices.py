"""Imports invoices or payments from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import actors
from audit.recording import Refusal
from finance.models import InvoiceImport
from finance.services import invoice_imports
from finance.services.invoice_imports import Preview
from requests_app.models import Entity


class Command(BaseCommand):
    help = (
        "Imports invoices with their lines, or payments, from a CSV file (docs/invoices.md names "
        "the columns): all of it or nothing, and the same file never twice. With --dry-run it "
        "says what it would do, and which lines are wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--entity", required=True, help="the code of the entity, such as US")
        parser.add_argument("--kind", choices=InvoiceImport.Kind.values, default="invoices")
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {
            "entity": entity_of(options["entity"]), "kind": options["kind"],
            "content": content_of(options["file"]), "by": actors.command("import_invoices"),
        }  # fmt: skip
        try:
            if options["dry_run"]:
                self.tell(invoice_imports.preview(**given), as_json=options["json"])
                return
            made = invoice_imports.import_file(name=options["file"].name, **given)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        report = {"rows": made.rows, "added": made.added, "sha256": made.sha256}
        told = f"{made.added} {made.kind} of {made.rows} rows added."
        self.stdout.write(json.dumps(report) if options["json"] else told)

    def tell(self, shown: Preview, *, as_json: bool) -> None:
        """Fails where the import would."""
        found = shown.found
        wrong = [f"Line {each.line}: {each.reason}" for each in found.rejected]
        report = {"rows": found.rows, "would_add": found.added, "sha256": shown.sha256,
                  "rejected": wrong}  # fmt: skip
        told = [*wrong, f"{found.added} {shown.kind} of {found.rows} rows would be added."]
        self.stdout.write(json.dumps(report) if as_json else "\n".join(told))
        if shown.refusal:
            raise CommandError(shown.refusal)


def entity_of(code: str) -> Entity:
    found = Entity.objects.filter(code=code).first()
    if found is None:
        raise CommandError(f"There is no entity {code}.")
    return found


def content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
