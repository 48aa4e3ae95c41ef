"""The numbers of the start page. Each is a filter of a list: the tile counts what that filter
finds, in the same words, and leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Now
from django.http import QueryDict
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from audit import seen, timeline
from audit.access import access
from audit.asking import TrailFilter
from audit.models import Event
from requests_app import currencies, people
from requests_app.filters import asked, listed
from requests_app.models import Role, Status, SupportRequest
from requests_app.models.support_request import CLOSED_STATUSES


@dataclass(frozen=True)
class Tile:
    """``means`` says what is counted; a number above zero is good news, bad news or neither."""

    label: str
    means: str
    query: str
    page: str = "requests"
    is_warning: bool = False


@dataclass(frozen=True)
class Shown:
    tile: Tile
    count: int
    address: str

    @property
    def state(self) -> str:
        return "warn" if self.tile.is_warning and self.count else "plain"


MINE = Tile("Mine, open", "Requests that are assigned to you and are not resolved yet.",
            "assignee=me&status=undone")  # fmt: skip
WAITING_FOR_ME = Tile(
    "Mine, to be worked on", "Yours, in progress: nobody else is waited for.",
    "assignee=me&status=in_progress",
)  # fmt: skip
MINE_OVERDUE = Tile(
    "Mine, overdue", "Yours, whose answer or end was due before now.", "assignee=me&due=overdue",
    is_warning=True,
)  # fmt: skip
MINE_SOON = Tile("Mine, due soon", "Yours, whose end is near enough to warn of.",
                 "assignee=me&due=soon")  # fmt: skip
UNASSIGNED = Tile("Unassigned", "Open requests that nobody works on.",
                  "assignee=nobody&status=open", is_warning=True)  # fmt: skip
OVERDUE = Tile("Overdue", "Requests whose answer or end was due before now.", "due=overdue",
               is_warning=True)  # fmt: skip
SOON = Tile("Due soon", "Requests whose end is near enough to warn of.", "due=soon")
WAITING = Tile("Waiting", "Requests that wait for somebody else, whoever it is.",
               "status=waiting")  # fmt: skip
REOPENED = Tile("Reopened, open", "Open requests that had ended once already.",
                "reopened=yes&status=open")  # fmt: skip
OPEN = Tile("Open", "Requests that have not ended, in any status.", "status=open")
REFUSED = Tile("Refused acts", "Events of what a rule refused, of all time.", "outcome=denied",
               "trail")  # fmt: skip
FAILED = Tile("Failed acts", "Events of what ended in an error, of all time.", "outcome=failed",
              "trail", is_warning=True)  # fmt: skip

NEXT = 8
CHECK = "audit.check_trail"
AGENT = (MINE, WAITING_FOR_ME, MINE_OVERDUE, MINE_SOON, UNASSIGNED)
LEAD = (UNASSIGNED, OVERDUE, SOON, WAITING, REOPENED, OPEN)
AUDITOR = (REFUSED, FAILED)
GROUPS = {
    "work": (Role.AGENT, AGENT), "team": (Role.LEAD, LEAD), "exceptions": (Role.AUDITOR, AUDITOR),
}  # fmt: skip
ADDRESSES = {"requests": "requests:request-list", "trail": "audit:trail-list"}
FINANCE = frozenset({Role.CONTROLLER, Role.EXECUTIVE, Role.ACCOUNTANT, Role.TREASURER})


def shown(tiles: tuple[Tile, ...], person: Any) -> list[Shown]:
    """All of these, counted as their lists count; one query."""
    counts = counted([rows_of(tile, person) for tile in tiles])
    return [
        Shown(tile, count, f"{reverse(ADDRESSES[tile.page])}?{tile.query}")
        for tile, count in zip(tiles, counts, strict=True)
    ]


def grouped(groups: dict[str, tuple[Tile, ...]], person: Any) -> dict[str, list[Shown]]:
    """The same of several groups, still in one query."""
    if not groups:
        return {}
    every = iter(shown(tuple(tile for group in groups.values() for tile in group), person))
    return {name: list(islice(every, len(group))) for name, group in groups.items()}


def rows_of(tile: Tile, person: Any) -> QuerySet[Any]:
    if tile.page == "requests":
        return asked(tile.query, person).found()
    form = TrailFilter(QueryDict(tile.query), person=person)
    events = access().events_for(person)
    return form.applied_to(events) if form.is_valid() else events.none()


def counted(groups: list[QuerySet[Any]]) -> list[int]:
    """How many each of them has, no further than one past what is counted, by one statement."""
    parts: list[str] = []
    parameters: list[Any] = []
    for rows in groups:
        keys = rows.order_by().values("pk")[: timeline.COUNTED + 1]
        try:
            sql, given = keys.query.sql_with_params()
        except EmptyResultSet:
            sql, given = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608 - Django's own SQL
        parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return list(cursor.fetchone())


def next_due(person: Any) -> tuple[list[SupportRequest], str]:
    """What this person has to do next, and where the whole of it is listed; one query."""
    query = "assignee=me&status=in_progress&sort=due"
    rows = asked(query, person).found().filter(due_at__isnull=False).select_related("customer")
    return list(rows.order_by("due_at", "pk")[:NEXT]), f"{reverse(ADDRESSES['requests'])}?{query}"


@dataclass(frozen=True)
class Load:
    """What one person has before them: their open requests, and where these are listed."""

    name: str
    count: int
    address: str


def loads(person: Any) -> list[Load]:
    """Open requests by assignee, where this person leads; one query."""
    led = [entity.pk for entity in people.entities_of(person, {Role.LEAD})]
    open_requests = SupportRequest.objects.visible_to(person).filter(entity_id__in=led).open()
    counted = (
        open_requests.filter(assignee__isnull=False).order_by()
        .values("assignee_id", name=F("assignee__display_name"))
        .annotate(count=Count("pk")).order_by("-count", "name")
    )  # fmt: skip
    return [
        Load(row["name"], row["count"], listed(assignee=row["assignee_id"], status="open"))
        for row in counted
    ]


@dataclass(frozen=True)
class Claim:
    status: str
    status_label: str
    currency: str
    count: int
    total: str
    address: str


def claims(person: Any) -> list[Claim]:
    """What customers claim, by status and currency, of requests that have not ended; one query."""
    counted = (
        SupportRequest.objects.visible_to(person).exclude(status__in=CLOSED_STATUSES)
        .filter(claimed_amount__isnull=False).order_by()
        .values("status", "claimed_currency")
        .annotate(count=Count("pk"), total=Sum("claimed_amount"))
    )  # fmt: skip
    order = {code: place for place, code in enumerate(Status.values)}
    rows = sorted(counted, key=lambda row: (order[row["status"]], row["claimed_currency"]))
    return [
        Claim(
            row["status"], str(Status(row["status"]).label), row["claimed_currency"], row["count"],
            currencies.shown(row["total"], row["claimed_currency"]),
            listed(status=row["status"], currency=row["claimed_currency"]),
        )
        for row in rows
    ]  # fmt: skip


def latest_looks(person: Any) -> list[Event]:
    """Who looked at which request last, as far as this person may read of it."""
    looks = access().events_for(person).filter(kind="request.viewed")
    return seen.events(list(looks.order_by("-id")[:8]), person)


@dataclass(frozen=True)
class Check:
    """The last run of the hourly check of the recorder. It proves nothing once it is old."""

    event: Event | None
    is_stale: bool
    is_under_way: bool = False  # the first one of all

    @property
    def state(self) -> str:
        if self.event is None or self.is_stale:
            return "stale"
        return "good" if self.event.outcome == "done" else "bad"


def last_check() -> Check:
    """Two hours leave room for one that is late."""
    checks = Event.objects.filter(kind="trail.checked").order_by("-id")
    is_old = Q(recorded_at__lt=Now() - timedelta(hours=2))
    event: Any = checks.annotate(is_old=ExpressionWrapper(is_old, BooleanField())).first()
    if event is None:
        waiting = ProcrastinateJob.objects.filter(task_name=CHECK, status__in=("todo", "doing"))
        return Check(None, is_stale=False, is_under_way=waiting.exists())
    return Check(event, bool(event.is_old))
