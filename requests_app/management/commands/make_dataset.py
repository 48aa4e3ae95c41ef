"""Writes a large realistic set of requests, for benches and for looking at big lists."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from audit import actors
from requests_app.demo import dataset
from requests_app.management.lengthy import USAGE, LengthyCommand


class Command(LengthyCommand):
    help = (
        "Write a large realistic set of requests (local trial only): make dataset N=100000. Ends "
        "with 0 when it is done, 2 when it could not start, 130 when it was interrupted."
    )
    unit = "requests"
    left = "What was written stays; the same command writes as many again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("requests", type=int, help="how many requests; about 20 events each")

    def handle(self, *args: Any, **options: Any) -> None:
        requests = options["requests"]
        refuse(requests)
        start = time.monotonic()
        with self.progress(options, requests) as reached:
            events = dataset.write(requests, by=actors.command("make_dataset"), reached=reached)
        seconds = time.monotonic() - start
        self.told(
            options,
            {"requests": requests, "events": events, "seconds": seconds},
            f"{requests:,} requests with {events:,} events in {seconds:,.0f} s: "
            f"{events / seconds:,.0f} events/s.",
        )


def refuse(requests: int) -> None:
    if not settings.LOCAL:
        raise CommandError(
            "A trail never forgets, so made-up requests are written in the local trial only, "
            "never where DATABASE_URL is set. Run make setup, then make dataset.",
            returncode=USAGE,
        )
    if requests < 1:
        told = "Say how many requests to write, 1 or more: make dataset N=10000"
        raise CommandError(told, returncode=USAGE)
