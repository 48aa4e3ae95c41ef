"""What commands that may take long have in common: how far they are, how they end, and how they
are stopped."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.importing.progress import Progress

FOUND, USAGE, INTERRUPTED = 1, 2, 130
Reached = Callable[[int], None]


class LengthyCommand(BaseCommand):
    """``told`` says how it ended, as text or as JSON; ``progress`` how far it is; ``left`` what an
    interruption leaves."""

    unit = "rows"
    left = "What was done stays; the same command does the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")
        parser.add_argument("--no-progress", action="store_true", help="only say how it ended")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except KeyboardInterrupt:
            raise CommandError(f"Interrupted. {self.left}", returncode=INTERRUPTED) from None

    @contextmanager
    def progress(self, options: dict[str, Any], total: int) -> Iterator[Reached]:
        """On standard error, so that it is no part of the outcome."""
        if options["quiet"] or options["no_progress"]:
            yield lambda done: None
            return
        shown = Progress(options.get("stderr") or sys.stderr, unit=self.unit)
        shown.begins(total)
        with closing(shown):
            yield lambda done: shown.reached(min(done, total))

    def told(self, options: dict[str, Any], outcome: dict[str, Any], *lines: str) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        elif not options["quiet"]:
            for line in lines:
                self.stdout.write(line)
