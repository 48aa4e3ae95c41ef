"""When the web server and the workers begin and end, on record, with how far their clock is off.

What is killed cannot say that it ends: the next one of its machine says it instead.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from audit import actors
from audit.models import Event
from audit.recording import record
from config import health, newest
from config.items import BAD, GOOD, UNKNOWN, WARN, Item

# As whom each is on record, and by which word its command line is known.
WEB, WORKER = "web server", "worker"
WORDS = {WEB: b"gunicorn", WORKER: b"procrastinate"}
STARTED, STOPPED = "process.started", "process.stopped"
# In the environment of what begins: the event of its beginning, for whoever tells of its end.
VARIABLE = "CASETRAIL_STARTED"
NEWEST = 20
# It is measured every hour.
CLOCK_IS_STALE = timedelta(hours=2)
LOST_IS_NEWS = timedelta(days=1)
CLOCKS, LOST = "the-clocks-differ", "a-process-ended-without-a-word"
_UNSYNCHRONIZED = 5
_TIMEX = 512  # bytes; the kernel fills in fewer


def begin(process: str) -> int:
    """Records that this process begins; returns the event's id."""
    by, detail = actors.command(process), about(process) | clock()
    lost = left_behind(process)
    return record(STARTED, by=by, detail=detail | ({"left_behind": lost} if lost else {}))


def end(process: str, started: int, why: str = "") -> None:
    told = about(process) | {"started": started} | ({"error": why} if why else {})
    record(STOPPED, by=actors.command(process), detail=told)


@contextmanager
def recorded(process: str) -> Iterator[None]:
    started, why = begin(process), ""
    try:
        yield
    except BaseException as error:
        why = type(error).__name__
        raise
    finally:
        end(process, started, why)


def about(process: str) -> dict[str, Any]:
    from config import overview

    return {
        "process": process, "host": socket.gethostname(), "pid": os.getpid(),
        "version": overview.own_version(),
    }  # fmt: skip


def clock() -> dict[str, Any]:
    """How this machine's clock stands against the database's, whose word the trail keeps."""
    return {"clock_offset_ms": round(offset() * 1000), "clock_synchronized": is_synchronized()}


def offset() -> float:
    """Seconds that the database is ahead of this machine."""
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::double precision")
        (theirs,) = cursor.fetchone() or (0.0,)
    # Halfway through the question, so that a slow line does not count as a wrong clock.
    return float(theirs - (before + time.time()) / 2)


def is_synchronized() -> bool | None:
    """Whether something sets this machine's clock, as its kernel was told; None where it cannot be
    asked."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX))
    except (AttributeError, OSError):
        return None
    return None if state < 0 or sys.platform != "linux" else state != _UNSYNCHRONIZED


def left_behind(process: str) -> list[int]:
    """Beginnings on this machine whose ends nobody told, and that live no more."""
    own = Event.objects.of_actor("command", process)
    here = own.filter(kind=STARTED, detail__host=socket.gethostname())
    begun = {event.pk: event.detail for event in here.reverse()[:NEWEST]}
    ended = own.filter(kind=STOPPED, detail__started__in=list(begun))
    told = set(ended.values_list("detail__started", flat=True))
    told |= {each for detail in begun.values() for each in detail.get("left_behind", [])}
    return sorted(pk for pk in begun.keys() - told if not is_alive(process, begun[pk]))


def is_alive(process: str, detail: Mapping[str, Any]) -> bool:
    """A number may have been given to another process since, such as this one."""
    pid = detail.get("pid")
    if pid == os.getpid():
        return False
    try:
        return WORDS[process] in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def clock_item(given: Mapping[str, Any]) -> Item:
    """That of this machine now, and of a worker's as it was measured last."""
    name, ahead = "Clock", offset()
    if abs(ahead) > health.LARGEST_OFFSET:
        return Item(name, BAD, f"This machine is {abs(ahead):.1f} s off the database.", CLOCKS)
    agreed = f"This machine and the database are {abs(ahead) * 1000:.0f} ms apart."
    last = newest.event(given, "clock")
    if last is None or timezone.now() - last.recorded_at > CLOCK_IS_STALE:
        told = f"{agreed} That of a worker was not measured in the last two hours."
        return Item(name, WARN, told, CLOCKS, last.recorded_at if last is not None else None)
    if last.outcome != "done":
        apart = abs(last.detail["clock_offset_ms"]) / 1000
        told = f"A worker's machine was {apart:.1f} s off the database."
        return Item(name, BAD, told, CLOCKS, last.recorded_at)
    return Item(name, GOOD, agreed, at=last.recorded_at)


def processes_item(_given: object) -> Item:
    """Which began last, and whether one was found that had ended without a word."""
    newest = list(Event.objects.filter(kind=STARTED).order_by("-pk")[:NEWEST])
    if not newest:
        return Item("Processes", UNKNOWN, "None has said that it began.", LOST)
    lost = next((event for event in newest if "left_behind" in event.detail), None)
    if lost is not None and timezone.now() - lost.recorded_at < LOST_IS_NEWS:
        told = f"A {lost.detail['process']} had ended without a word when the next one began."
        return Item("Processes", WARN, told, LOST, lost.recorded_at)
    told = f"The last that began is a {newest[0].detail['process']}."
    return Item("Processes", GOOD, told, at=newest[0].recorded_at)
