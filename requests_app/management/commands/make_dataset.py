"""Writes a large realistic set of requests, for benches and for looking at big lists."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import actors
from requests_app.demo import dataset
from requests_app.importing.progress import Progress


class Command(BaseCommand):
    help = "Write a large realistic set of requests (local trial only): make dataset N=100000."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("requests", type=int, help="how many requests; about 20 events each")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "A trail never forgets, so made-up requests are written in the local trial only, "
                "never where DATABASE_URL is set. Run make setup, then make dataset."
            )
        if options["requests"] < 1:
            raise CommandError("Say how many requests to write, 1 or more: make dataset N=10000")
        progress = Progress(options.get("stderr") or sys.stderr)
        progress.begins(options["requests"])
        start = time.monotonic()
        events = dataset.write(
            options["requests"], by=actors.command("make_dataset"), reached=progress.reached
        )
        progress.close()
        seconds = time.monotonic() - start
        self.stdout.write(
            f"{options['requests']:,} requests with {events:,} events in {seconds:,.0f} s: "
            f"{events / seconds:,.0f} events/s."
        )
