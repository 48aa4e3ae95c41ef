"""manage.py sweep_files: destroys redacted files that are still there, and leftovers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from audit import actors
from requests_app.management.lengthy import LengthyCommand
from requests_app.models import Attachment
from requests_app.services import sweeping
from requests_app.services.sweeping import Swept


class Command(LengthyCommand):
    help = (
        "Destroys files that were redacted, and what was received and never kept. Ends with 0 when "
        "it is done, 130 when it was interrupted; the same command does the rest."
    )
    unit = "files"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--orphans", action="store_true",
            help="also files of more than a day without a row; not after a backup was restored",
        )  # fmt: skip
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be destroyed; destroy nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with self.progress(options, Attachment.objects.count()) as reached:
            if options["dry_run"]:
                swept = sweeping.would_sweep(looked_at=reached)
            else:
                swept = sweeping.sweep_files(
                    by=actors.command("sweep_files"), destroys_orphans=options["orphans"],
                    looked_at=reached,
                )  # fmt: skip
        facts = {"redacted": swept.redacted, "unfinished": swept.unfinished}
        facts |= {"orphans": swept.orphans, "dry_run": options["dry_run"]}
        self.told(options, facts, *lines_of(swept, options))


def lines_of(swept: Swept, options: dict[str, Any]) -> list[str]:
    did = "To destroy:" if options["dry_run"] else "Destroyed"
    lines = [f"{did} {swept.redacted} redacted and {swept.unfinished} unfinished files."]
    if swept.orphans:
        if options["orphans"]:
            done = "to destroy" if options["dry_run"] else "destroyed"
        else:
            done = "left; --orphans destroys them"
        lines.append(f"{swept.orphans} files have no row: {done}.")
    return lines
