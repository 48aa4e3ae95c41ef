"""Measures every page that people open, among 100,000 requests and 2,000,000 events."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.test import Client

from audit import roles
from audit.models import Event
from bench import furnishing, visits
from bench.report import IS_QUICK, Target, at_least, heading, say
from bench.sample import Sample
from requests_app.models import Role, SupportRequest

REQUESTS, EVENTS = (2_000, 40_000) if IS_QUICK else (100_000, 2_000_000)
WARM_UP, MEASURED = (1, 10) if IS_QUICK else (10, 100)


@dataclass(frozen=True)
class Reader:
    """The browser of a person, and what they see."""

    client: Client
    sample: Sample

    @classmethod
    def of(cls, role: Role) -> Reader:
        person, client = furnishing.holder(role), Client(headers={"host": "localhost"})
        client.force_login(person)
        return cls(client, Sample.of(person))

    def milliseconds(self, draw: visits.Draw) -> float:
        address = draw(self.sample)
        start = time.perf_counter()
        answer = self.client.get(address)
        spent = (time.perf_counter() - start) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}, so nothing was measured")
        return spent


def run() -> list[Target]:
    prepare()
    requests, events = SupportRequest.objects.count(), Event.objects.count()
    heading(f"Pages among {requests:,} requests and {events:,} events, server time, warm")
    # Pages among fewer than these would prove nothing.
    counted = [
        at_least("requests in the database of the pages", requests, REQUESTS),
        at_least("events in the database of the pages", events, EVENTS),
    ]
    readers = {role: Reader.of(role) for role in (*visits.BOTH, visits.ADMINISTRATOR)}
    return counted + [
        measure(readers[role], title, visit) for title, role, visit in visits.of_roles()
    ]


def prepare() -> None:
    """The data set, unless an earlier run left it here."""
    call_command("migrate", interactive=False, verbosity=0)
    missing = REQUESTS - SupportRequest.objects.count()
    if missing > 0:
        heading(f"Writing {missing:,} requests; they stay for the next run")
        call_command("make_dataset", missing)
    furnishing.furnish()
    if missing > 0:
        with roles.as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def measure(reader: Reader, title: str, visit: visits.Visit) -> Target:
    for _ in range(WARM_UP):
        reader.milliseconds(visit.address)
    figures = sorted(reader.milliseconds(visit.address) for _ in range(MEASURED))
    middle, late = figures[MEASURED // 2], figures[MEASURED * 95 // 100]
    say(f"{title:<52} p50 {middle:6.1f}   p95 {late:6.1f}   slowest {figures[-1]:6.1f} ms")
    return Target(f"{title}: p95 in ms", late, visit.limit)
