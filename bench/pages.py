"""Measures the list and the page of a request among 100,000 requests and 2,000,000 events."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from audit import roles
from audit.models import Event
from bench.report import IS_QUICK, Target, at_least, heading, say
from requests_app import people
from requests_app.models import RoleGrant, SupportRequest, User

REQUESTS, EVENTS = (2_000, 40_000) if IS_QUICK else (100_000, 2_000_000)
WARM_UP, MEASURED = (10, 60) if IS_QUICK else (40, 400)
LIMIT = 100.0
SORTS = ("oldest", "due", "-due", "priority", "-amount", "amount", "-changed", "changed")
SEARCH_LIMIT = 200.0
# What people look for: a number, a customer, an address, an amount, rare words and common ones.
SOUGHT = ("{number}", "{digits}", "customer {key}", "customer{key}@customers.example", "damaged",
          "order {key}", "photos carrier", "portal locked", "$412.50", '"water hardness"',
          "status:open tax", "thank you")  # fmt: skip


def prepare() -> None:
    """The data set, unless an earlier run left it here."""
    call_command("migrate", interactive=False, verbosity=0)
    missing = REQUESTS - SupportRequest.objects.count()
    if missing <= 0:
        return
    heading(f"Writing {missing:,} requests; they stay for the next run")
    call_command("make_dataset", missing)
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def widest_person() -> User:
    """Who works for the most entities, and so sees the most requests."""
    grants = RoleGrant.objects.filter(role__in=people.WORKS_ON_REQUESTS)
    counted = grants.values("person").annotate(entities=Count("entity")).order_by("-entities")
    return User.objects.get(pk=counted.values_list("person", flat=True)[0])


def milliseconds(client: Client, address: str) -> float:
    start = time.perf_counter()
    answer = client.get(address)
    spent = (time.perf_counter() - start) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}, so nothing was measured")
    return spent


def measure(
    client: Client, name: str, next_address: Callable[[], str], limit: float = LIMIT
) -> Target:
    for _ in range(WARM_UP):
        milliseconds(client, next_address())
    figures = sorted(milliseconds(client, next_address()) for _ in range(MEASURED))
    middle, late = figures[MEASURED // 2], figures[MEASURED * 95 // 100]
    say(f"{name:<40} p50 {middle:6.1f}   p95 {late:6.1f}   slowest {figures[-1]:6.1f} ms")
    return Target(f"{name}: p95 in ms", late, limit)


def addresses(
    chance: random.Random, numbers: list[str], keys: list[int]
) -> dict[str, Callable[[], str]]:
    shown = reverse("requests:request-list")

    def listed(**query: object) -> str:
        return f"{shown}?{urlencode(query)}"

    return {
        "request page": lambda: reverse("requests:request-show", args=[chance.choice(numbers)]),
        "request list, newest": lambda: shown,
        "request list, anywhere": lambda: listed(before=chance.choice(keys)),
        "request list, by status": lambda: listed(status=chance.choice(["closed", "in_progress"])),
        "request list, in any order": lambda: listed(sort=chance.choice(SORTS)),
        "request list, search": lambda: listed(q=sought(chance, numbers)),
        "start page": lambda: reverse("home"),
    }


def sought(chance: random.Random, numbers: list[str]) -> str:
    number = chance.choice(numbers)
    digits, key = number[-6:], chance.randrange(1, len(numbers) // 4 + 2)
    return chance.choice(SOUGHT).format(number=number, digits=digits, key=key)


def run() -> list[Target]:
    prepare()
    person, client = widest_person(), Client(headers={"host": "localhost"})
    client.force_login(person)
    requests, events = SupportRequest.objects.count(), Event.objects.count()
    heading(f"Pages among {requests:,} requests and {events:,} events, server time, warm")
    seen = SupportRequest.objects.visible_to(person).values_list("number", "pk")
    numbers, keys = zip(*seen, strict=True)
    chance = random.Random(7)  # noqa: S311
    found = addresses(chance, list(numbers), list(keys))
    # Pages among fewer than these would prove nothing.
    targets = [
        at_least("requests in the database of the pages", requests, REQUESTS),
        at_least("events in the database of the pages", events, EVENTS),
    ]
    targets += [
        measure(client, name, address, SEARCH_LIMIT if "search" in name else LIMIT)
        for name, address in found.items()
    ]
    longest = longest_trail(list(keys))
    say(f"\nThe longest trail seen, {longest[1]:,} events:")
    address = reverse("requests:request-show", args=[numbers[keys.index(longest[0])]])
    measure(client, "its request page", lambda: address)
    return targets


def longest_trail(keys: list[int]) -> tuple[int, int]:
    counted = Event.objects.filter(support_request_id__in=keys[:20_000])
    per_request = counted.values("support_request_id").annotate(events=Count("id"))
    row = per_request.order_by("-events").values_list("support_request_id", "events").first()
    request, events = row or (None, 0)
    return request or keys[0], events
