"""Measures how fast `make dataset` fills an empty database."""

from __future__ import annotations

import io
import re

from django.core.management import call_command

from bench.report import IS_QUICK, Target, at_least, heading, say

REQUESTS = 1_000 if IS_QUICK else 8_000
EVENTS_PER_SECOND = 5_000


def run() -> list[Target]:
    call_command("migrate", interactive=False, verbosity=0)
    heading("make dataset, into an empty database")
    said = io.StringIO()
    call_command("make_dataset", REQUESTS, stdout=said)
    say(said.getvalue().strip())
    return [at_least("data set, events/s", rate(said.getvalue()), EVENTS_PER_SECOND)]


def rate(said: str) -> float:
    """The figure at which the command itself arrives."""
    found = re.search(r"([\d,]+) events/s", said)
    if found is None:
        raise RuntimeError(f"make_dataset told no rate, so nothing was measured: {said}")
    return float(found[1].replace(",", ""))
