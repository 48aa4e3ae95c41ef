"""Pure: working hours, and moments counted by them.

All results are in UTC. A minute of work is a minute that passes, so on the day the clocks change a
span over that hour is an hour shorter or longer than the wall says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

DAY = 24 * 60
# Beyond this nothing is counted: a date so far away is a mistake in the hours or in the level.
YEARS = 20
HORIZON = timedelta(days=366 * YEARS)
FIRST_LOOK_BACK = timedelta(days=14)
NONE = timedelta(0)
WRITTEN = re.compile(r"([0-9]{1,2}):([0-9]{2}) *[-\u2013] *([0-9]{1,2}):([0-9]{2})")


class NoWorkingTime(Exception):
    """The hours never add up to what was to be counted."""


class Unreadable(ValueError):
    """Hours that cannot be read; the message says what to write."""


@dataclass(frozen=True, order=True)
class Span:
    """Minutes from the midnight that its day begins with. One over midnight closes after DAY."""

    opens: int
    closes: int

    def __str__(self) -> str:
        closes = self.closes if self.closes <= DAY else self.closes - DAY
        return f"{clock(self.opens)}-{clock(closes)}"


Spans = tuple[Span, ...]


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def words(spans: Spans) -> str:
    return ", ".join(map(str, spans))


def parsed(text: str) -> Spans:
    """For example "09:00-12:30, 13:30-17:00"; empty for a day off. Raises Unreadable."""
    spans = tuple(sorted(span(part.strip()) for part in text.split(",") if part.strip()))
    for earlier, later in pairwise(spans):
        if earlier.closes > later.opens:
            raise Unreadable(f"{earlier} and {later} overlap. Write one span for both.")
    return spans


def span(text: str) -> Span:
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise Unreadable(f"“{text}” is no span of hours. Write it like 09:00-17:00.")
    opens_hour, opens_minute, closes_hour, closes_minute = map(int, found.groups())
    opens, closes = opens_hour * 60 + opens_minute, closes_hour * 60 + closes_minute
    if max(opens_minute, closes_minute) > 59 or opens >= DAY or closes > DAY:
        raise Unreadable(f"“{text}” is no time of a day. Hours go from 00:00 to 24:00.")
    if opens == closes:
        raise Unreadable(
            f"“{text}” ends when it begins. Leave a day off empty; write 00:00-24:00 for all of it."
        )
    return Span(opens, closes if closes > opens else closes + DAY)


@dataclass(frozen=True)
class WorkingTime:
    """``hours_on`` tells the spans that begin on a day, at the place of ``zone``."""

    zone: tzinfo
    hours_on: Callable[[date], Spans]

    def after(self, moment: datetime, amount: timedelta) -> datetime:
        """The moment at which so much working time has passed. Raises NoWorkingTime."""
        left = amount
        if left <= NONE:
            return moment.astimezone(UTC)
        for begins, ends in self.periods(moment, moment + HORIZON):
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        raise NoWorkingTime(f"So much working time does not pass within {YEARS} years.")

    def before(self, moment: datetime, amount: timedelta) -> datetime:
        """The latest moment from which so much working time passes until this one."""
        if amount <= NONE:
            return moment.astimezone(UTC)
        reach = NONE
        while reach < HORIZON:
            reach = min(max(reach * 4, FIRST_LOOK_BACK), HORIZON)
            left = amount
            for begins, ends in reversed(list(self.periods(moment - reach, moment))):
                if ends - begins >= left:
                    return ends - left
                left -= ends - begins
        raise NoWorkingTime(f"So much working time has not passed within {YEARS} years.")

    def between(self, earlier: datetime, later: datetime) -> timedelta:
        """The working time that passes between two moments."""
        return sum((ends - begins for begins, ends in self.periods(earlier, later)), NONE)

    def periods(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working periods between two moments, in order; what overlaps counts once."""
        reached, until = since.astimezone(UTC), until.astimezone(UTC)
        # A day earlier for a span over midnight, another for a zone that skips one.
        day = since.astimezone(self.zone).date() - timedelta(days=2)
        last = until.astimezone(self.zone).date()
        while day <= last:
            for hours in self.hours_on(day):
                begins = max(self.at(day, hours.opens), reached)
                ends = min(self.at(day, hours.closes), until)
                if begins < ends:
                    yield begins, ends
                    reached = ends
            day += timedelta(days=1)

    def at(self, day: date, minutes: int) -> datetime:
        """The moment the wall shows this. An hour that the clocks skip is counted on from before
        it; of one that comes twice the first is meant."""
        whole = day + timedelta(days=minutes // DAY)
        wall = time(minutes % DAY // 60, minutes % 60)
        return datetime.combine(whole, wall, tzinfo=self.zone).astimezone(UTC)
