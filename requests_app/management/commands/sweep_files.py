"""manage.py sweep_files: destroys redacted files that are still there, and leftovers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit import actors
from requests_app.services import sweeping


class Command(BaseCommand):
    help = "Destroys files that were redacted, and what was received and never kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--orphans", action="store_true",
            help="also files of more than a day without a row; not after a backup was restored",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweeping.sweep_files(
            by=actors.command("sweep_files"), destroys_orphans=options["orphans"]
        )
        self.stdout.write(
            f"Destroyed {swept.redacted} redacted and {swept.unfinished} unfinished files."
        )
        if swept.orphans:
            done = "destroyed" if options["orphans"] else "left; --orphans destroys them"
            self.stdout.write(f"{swept.orphans} files have no row: {done}.")
