"""`manage.py ready`: what `/readyz` says, for timers and scripts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import health


class Command(BaseCommand):
    help = (
        "Say of each thing that serving needs whether it is well. Ends with 0 when all is, 1 when "
        "something is not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--before-start", action="store_true",
            help="do without the worker and its queue, which are not started yet",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        left_out = ("worker", "queue") if options["before_start"] else ()
        items = {name: state for name, state in health.look().items() if name not in left_out}
        for name, state in items.items():
            self.stdout.write(f"{name:12} {state}")
        failing = [name for name, state in items.items() if state != "ok"]
        if failing:
            raise CommandError(f"Not ready: {', '.join(failing)}.")
