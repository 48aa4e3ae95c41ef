"""Measures how fast `make dataset` fills an empty database."""

from __future__ import annotations

import io
import json

from django.core.management import call_command

from bench.report import IS_QUICK, Target, at_least, heading, say

REQUESTS = 1_000 if IS_QUICK else 8_000
EVENTS_PER_SECOND = 5_000


def run() -> list[Target]:
    call_command("migrate", interactive=False, verbosity=0)
    heading("make dataset, into an empty database")
    return [at_least("data set, events/s", written(REQUESTS), EVENTS_PER_SECOND)]


def written(requests: int) -> float:
    """Events per second, as the command itself counts and times them."""
    told = io.StringIO()
    call_command("make_dataset", requests, "--json", stdout=told)
    outcome = json.loads(told.getvalue())
    events, seconds = outcome["events"], outcome["seconds"]
    say(f"{requests:,} requests with {events:,} events in {seconds:,.0f} s")
    return float(events / seconds)
