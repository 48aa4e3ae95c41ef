"""Measures reading: the newest fifty with differences, and one ticket as it was at a moment."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from audit import actors, roles, timeline, versions
from audit.models import Event
from audit.recording import recording
from bench import case
from bench.desk import Desk
from bench.long_trail import change_often
from bench.models import OwnTicket, SimpleHistoryTicket
from bench.report import IS_QUICK, Spread, Target, heading, ratios, say
from requests_app.models import Customer, User

SHORT, LONG = 1_000, 10_000 if IS_QUICK else 100_000
PAGE, ROUNDS, BLOCK = 50, 10 if IS_QUICK else 60, 5
NEVER_LONGER, TO_SIMPLE_HISTORY = 1.5, 1.25

# The peer's table holds the very same versions: what its own writer would have written.
COPY = """
INSERT INTO bench_historicalsimplehistoryticket (
    {columns}, history_date, history_change_reason, history_type, history_user_id)
SELECT {columns}, history_date, left(history_change_reason, 100), history_type, history_user_id
FROM bench_historicalownticket WHERE id = %s ORDER BY history_id
"""


@dataclass(frozen=True)
class Trail:
    """The same ticket kept by us and by the peer, with so many versions."""

    length: int
    own: OwnTicket
    peer: SimpleHistoryTicket
    first: datetime
    last: datetime

    def moment(self, share: float) -> datetime:
        return self.first + (self.last - self.first) * share


def grow(desk: Desk, length: int) -> Trail:
    change, values = desk.new_ticket()
    own = OwnTicket(**values | {"number": f"LONG-{length}"})
    by = actors.user(User.objects.get(pk=change.person))
    with recording("bench.created", by=by, subject=own):
        own.save()
    change_often(own, length, list(Customer.objects.values_list("pk", flat=True)))
    columns = ", ".join(str(field.column) for field in OwnTicket._meta.local_concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(COPY.format(columns=columns), [own.pk])
    span = own.history.aggregate(first=Min("history_date"), last=Max("history_date"))
    return Trail(length, own, SimpleHistoryTicket(pk=own.pk), span["first"], span["last"])


def own_page(trail: Trail) -> list[str]:
    """What a page shows, by us: actor, reason and each difference with names."""
    events = Event.objects.about("bench.ownticket", trail.own.pk)
    shown = timeline.page(events.filter(support_request_id__isnull=True), size=PAGE)
    return [
        f"{entry.event.actor_label}: {change.field}: {change.before} → {change.after}"
        for entry in shown.entries
        for row in entry.rows
        for change in row.changes
    ]


def peer_page(trail: Trail) -> list[str]:
    """The same by django-simple-history, as its documentation advises: one list, names joined."""
    names = ("history_user", "customer", "assignee", "entity")
    rows = list(trail.peer.history.select_related(*names)[: PAGE + 1])
    return [
        f"{newer.history_user}: {change.field}: {change.old} → {change.new}"
        for newer, older in pairwise(rows)
        for change in newer.diff_against(older, foreign_keys_are_objs=True).changes
    ]


def seconds(act: Callable[[], Any]) -> float:
    """The middle of a few calls, which a pause of the machine does not move."""
    figures = []
    for _ in range(BLOCK):
        start = time.perf_counter()
        act()
        figures.append(time.perf_counter() - start)
    return statistics.median(figures)


def measure(acts: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
    for act in acts.values():
        act()
    figures: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            figures[name].append(seconds(act))
    return figures


def compare(title: str, mine: list[float], theirs: list[float], limit: float) -> Target:
    spread = ratios(mine, theirs)
    middle = Spread.of(mine).median * 1000, Spread.of(theirs).median * 1000
    say(f"{title:<66}{spread}   {middle[0]:.2f} ms to {middle[1]:.2f} ms")
    return Target(title, spread.median, limit, spread.quartiles)


def measure_pages(short: Trail, long: Trail) -> list[Target]:
    figures = measure(
        {
            "own": lambda: own_page(short),
            "own, long": lambda: own_page(long),
            "peer": lambda: peer_page(short),
        }
    )
    return [
        compare(
            "newest 50 with differences, casetrail to simple-history",
            figures["own"], figures["peer"], TO_SIMPLE_HISTORY,
        ),
        compare(
            f"newest 50 with differences, {LONG:,} versions to {SHORT:,}",
            figures["own, long"], figures["own"], NEVER_LONGER,
        ),
    ]  # fmt: skip


def as_of_acts(name: str, read: Callable[[Trail, datetime], Any], trail: Trail) -> dict[str, Any]:
    """Early, middle and late moments: a scan from either end would show."""
    moments = [trail.moment(share) for share in (0.02, 0.5, 0.98)]
    return {f"{name} {trail.length}": lambda: [read(trail, moment) for moment in moments]}


def measure_as_of(short: Trail, long: Trail) -> list[Target]:
    readers: dict[str, Callable[[Trail, datetime], Any]] = {
        "versions.as_of": lambda trail, moment: versions.as_of(OwnTicket, moment, pk=trail.own.pk),
        "ticket.history.as_of": lambda trail, moment: trail.own.history.as_of(moment),
    }
    acts: dict[str, Callable[[], Any]] = {}
    for name, read in readers.items():
        for trail in (short, long):
            acts |= as_of_acts(name, read, trail)
    figures = measure(acts)
    return [
        compare(
            f"{name}, {LONG:,} versions to {SHORT:,}",
            figures[f"{name} {LONG}"], figures[f"{name} {SHORT}"], NEVER_LONGER,
        )
        for name in readers
    ]  # fmt: skip


def measure_cases(desk: Desk) -> list[Target]:
    """A real support request: its page by the browser, and itself with its parts as it was."""
    short, long = case.grow(desk, SHORT), case.grow(desk, LONG)
    analyze()
    client = case.reader(desk)
    figures = measure(
        {
            "page": case.pages(client, short),
            "page, long": case.pages(client, long),
            "past": case.as_it_was(short),
            "past, long": case.as_it_was(long),
        }
    )
    titles = {"page": "request page", "past": "past.as_of, a request with its parts"}
    return [
        compare(
            f"{title}, {LONG:,} versions to {SHORT:,}",
            figures[f"{name}, long"], figures[name], NEVER_LONGER,
        )
        for name, title in titles.items()
    ]  # fmt: skip


def analyze() -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def check_truth(trail: Trail) -> Target:
    """Both must show the same differences, but for order and the field's name."""
    own = sorted(line.replace("_id: ", ": ") for line in own_page(trail))
    peer = sorted(peer_page(trail))
    wrong = len(set(own) ^ set(peer)) + abs(len(own) - len(peer))
    say(
        f"Of {trail.length:,} versions casetrail shows {len(own)} differences, the peer {len(peer)}"
    )
    return Target(f"differences of {trail.length:,} versions shown by one alone", wrong, 0)


def run() -> list[Target]:
    desk = Desk.again()
    short, long = grow(desk, SHORT), grow(desk, LONG)
    analyze()
    heading(f"Reading: {ROUNDS} rounds, ratio (quartiles) and middle times")
    targets = measure_pages(short, long) + measure_as_of(short, long) + measure_cases(desk)
    return [*targets, check_truth(short), check_truth(long)]
