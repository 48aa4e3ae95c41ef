"""How this installation is: read for the management page and for metrics, never guessed.

What could not be read, or was read too long ago, is never good.
"""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, partial
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import django
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import Event
from config import backups, health, lifetimes, local, newest, post
from config.items import BAD, GOOD, UNKNOWN, WARN, Item

# The recorder is checked every hour, and once more after half of one.
CHECK_IS_STALE = timedelta(hours=2)
MEASURE_IS_STALE = timedelta(days=2)
TABLES, FAILED_JOBS = 8, 20
SIZES = """
    SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 2 DESC
"""


NUMBERS = {
    "heartbeat": "SELECT extract(epoch FROM now() - max(last_heartbeat))::integer "
    "FROM procrastinate_workers",
    "queue": health.QUEUE_AGE,
    "failed": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
    "sessions": "SELECT count(*) FROM django_session WHERE expire_date > now()",
    "cached": "SELECT count(*) FROM casetrail_cache WHERE expires > now()",
}
Numbers = Mapping[str, Any]  # those, and the newest events by their names


@dataclass(frozen=True)
class Table:
    name: str
    size: int
    growth: int | None  # bytes since it was measured about a week before; None where nothing was


Reader = Callable[[Numbers], Item]


@dataclass
class Overview:
    items: list[Item] = field(default_factory=list)
    versions: list[tuple[str, str]] = field(default_factory=list)
    failed: list[Any] = field(default_factory=list)
    queues: list[tuple[str, int, int, int]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    mailboxes: list[post.Watched] = field(default_factory=list)

    @property
    def worst(self) -> str:
        states = {item.state for item in self.items}
        return next((state for state in (BAD, UNKNOWN, WARN) if state in states), GOOD)


def look(person: Any = None) -> Overview:
    """All of the installation; of entities what the person may see, or all of them for nobody."""
    mailboxes = post.watched(person)
    given = known()
    found = Overview(items(person, mailboxes, given), mailboxes=mailboxes)
    found.versions = versions()
    found.failed = failed_jobs()
    found.queues = queues()
    found.tables = tables(given)
    return found


def known() -> Numbers:
    """The numbers by one statement and the events by another; nothing where that fails, so that
    each is read by itself."""
    try:
        with transaction.atomic():
            return numbers(tuple(NUMBERS)) | newest.read()
    except DatabaseError:
        return {}


def items(person: Any, mailboxes: list[post.Watched], given: Numbers) -> list[Item]:
    """Read together; each by itself where that fails, so that one that cannot be read spoils no
    other."""
    try:
        with transaction.atomic():
            found = [told_by(read(given), runbook) for _, runbook, read in READERS]
            replies = post.replies(person)
    except DatabaseError:
        found = [alone(name, runbook, partial(read, {})) for name, runbook, read in READERS]
        replies = alone("Replies", post.REPLIES, partial(post.replies, person))
    return [*found, post.mailboxes(mailboxes), replies]


def told_by(item: Item, runbook: str) -> Item:
    """What is good leads to the section that says what is looked at, as what is not does."""
    return item if item.runbook else replace(item, runbook=runbook)


def alone(name: str, runbook: str, read: Callable[[], Item]) -> Item:
    try:
        with transaction.atomic():
            return read()
    except DatabaseError as error:
        return Item(name, UNKNOWN, f"Could not be read ({type(error).__name__}).", runbook)


def numbers(names: tuple[str, ...]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'({NUMBERS[name]})' for name in names)}")
        return dict(zip(names, cursor.fetchone() or (), strict=True))


def number(given: Numbers, name: str) -> int | None:
    found: int | None = given[name] if name in given else numbers((name,))[name]
    return found


@cache
def own_version() -> str:
    with (local.PROJECT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def versions() -> list[tuple[str, str]]:
    connection.ensure_connection()
    server = connection.connection.info.parameter_status("server_version")  # said when it connected
    return [
        ("Casetrail", own_version()), ("Django", django.get_version()),
        ("Python", platform.python_version()), ("PostgreSQL", str(server)),
    ]  # fmt: skip


def migrations(_given: Numbers) -> Item:
    missing = health.missing_migrations()
    if missing:
        told = f"{len(missing)} not applied, the first is {missing[0]}."
        return Item("Migrations", BAD, told, "migrations-are-missing")
    return Item("Migrations", GOOD, "All are applied.")


def worker(given: Numbers) -> Item:
    age = number(given, "heartbeat")
    if age is None:
        told = "No worker has ever started. Mails, checks and clocks stand still."
        return Item("Worker", BAD, told, "the-worker-is-silent")
    at = timezone.now() - timedelta(seconds=age)
    if age > health.OLDEST_HEARTBEAT:
        return Item("Worker", BAD, f"No sign for {age} seconds.", "the-worker-is-silent", at)
    return Item("Worker", GOOD, "Alive.", at=at)


def is_alive(age: int | None) -> bool:
    return age is not None and age <= health.OLDEST_HEARTBEAT


def heartbeat_age() -> int | None:
    return number({}, "heartbeat")


def queue(given: Numbers) -> Item:
    age = number(given, "queue")
    if age is not None and age > health.OLDEST_JOB:
        told = f"The oldest job has waited {age // 60} minutes."
        return Item("Queue", BAD, told, "jobs-wait-too-long")
    return Item("Queue", GOOD, "No job waits longer than it should.")


def failures(given: Numbers) -> Item:
    count = number(given, "failed")
    if count:
        told = "1 job has failed for good." if count == 1 else f"{count} jobs have failed for good."
        link = listed(status="failed")
        return Item("Failed jobs", BAD, told, "a-job-has-failed", link=link, link_words="Show them")
    return Item("Failed jobs", GOOD, "None.")


def listed(**query: str) -> str:
    """The address of the jobs for which this holds."""
    return f"{reverse('job-list')}?{urlencode(query)}"


def recorder(given: Numbers) -> Item:
    """The last check's own word, as long as it is fresh."""
    last = newest.event(given, "check")
    name, runbook = "Recorder", "the-recorder-reports-a-problem"
    if last is None:
        told = "It has never been checked by the hourly job."
        if is_alive(number(given, "heartbeat")):
            told = "The first check is under way. The worker makes it when it starts."
        return Item(name, UNKNOWN, told, runbook)
    if last.outcome != "done":
        found = last.detail.get("problems") or ["the check itself failed"]
        return Item(
            name, BAD, f"{len(found)} found, the first: {found[0]}.", runbook, last.recorded_at
        )
    if timezone.now() - last.recorded_at > CHECK_IS_STALE:
        told = "The last check found nothing, but it is too long ago to count."
        return Item(name, UNKNOWN, told, runbook, last.recorded_at)
    back = last.detail.get("clock_went_back")
    if back:
        told = f"The database's clock went back {back[0]}."
        return Item(name, WARN, told, "the-clock-went-back", last.recorded_at)
    return Item(name, GOOD, "Triggers, guards and rights are whole.", at=last.recorded_at)


def last_check() -> Event | None:
    return newest.event({}, "check")


def sessions(given: Numbers) -> Item:
    return Item("Sessions", GOOD, f"{number(given, 'sessions')} open.")


def storage(given: Numbers) -> Item:
    last = newest.event(given, "measure")
    name, runbook = "Storage", "storage-grows"
    if last is None or timezone.now() - last.recorded_at > MEASURE_IS_STALE:
        at = last.recorded_at if last is not None else None
        return Item(name, WARN, "It was not measured in the last two days.", runbook, at)
    told = f"{sum(last.detail['tables'].values()) / 2**20:,.0f} MB in tables and indexes."
    return Item(name, GOOD, told, at=last.recorded_at)


def cached(given: Numbers) -> Item:
    return Item("Shared cache", GOOD, f"{number(given, 'cached')} entries; it counts attempts.")


def sizes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        return dict(cursor.fetchall())


def tables(given: Numbers = MappingProxyType({})) -> list[Table]:
    """The largest now, and what they gained in about a week."""
    before = newest.event(given, "measured before")
    old = before.detail["tables"] if before is not None else None
    largest = list(sizes().items())[:TABLES]
    return [
        Table(name, size, None if old is None else size - old.get(name, 0))
        for name, size in largest
    ]  # fmt: skip


def queues() -> list[tuple[str, int, int, int]]:
    """Each queue with how many jobs wait, run and have failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, count(*) FILTER (WHERE status = 'todo'),"
            " count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed')"
            " FROM procrastinate_jobs GROUP BY 1 ORDER BY 1"
        )
        return list(cursor.fetchall())


def failed_jobs() -> list[Any]:
    failed = ProcrastinateJob.objects.filter(status="failed")
    return list(failed.prefetch_related("procrastinateevent_set").order_by("-id")[:FAILED_JOBS])


READERS: tuple[tuple[str, str, Reader], ...] = (
    ("Migrations", "migrations-are-missing", migrations),
    ("Recorder", "the-recorder-reports-a-problem", recorder),
    ("Worker", "the-worker-is-silent", worker),
    ("Queue", "jobs-wait-too-long", queue),
    ("Failed jobs", "a-job-has-failed", failures),
    ("Clock", lifetimes.CLOCKS, lifetimes.clock_item),
    ("Processes", lifetimes.LOST, lifetimes.processes_item),
    (backups.NAME, backups.RUNBOOK, backups.item),
    ("Storage", "storage-grows", storage),
    ("Sessions", "", sessions),
    ("Shared cache", "", cached),
)
