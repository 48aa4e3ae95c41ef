"""Pure: moments in words, exact with their zone and relative to now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

MINUTE, HOUR, DAY = 60, 3_600, 86_400
STEPS = (
    (MINUTE, 1, "s"),
    (HOUR, MINUTE, "min"),
    (DAY, HOUR, "h"),
    (60 * DAY, DAY, "days"),
    (730 * DAY, 30 * DAY, "months"),
)


def exact(moment: datetime, zone: tzinfo) -> str:
    """For example "21 Nov 2026, 14:05:09 CET"."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M:%S} {zone_name(local)}"


def fine(moment: datetime, zone: tzinfo) -> str:
    """The same to the microsecond, for moments within one second."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M:%S.%f} {zone_name(local)}"


def short(moment: datetime, zone: tzinfo) -> str:
    """To the minute and without the zone, for tables whose caption names it."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def zone_name(local: datetime) -> str:
    """The zone's abbreviation; zones without one have only their offset."""
    name = local.strftime("%Z")
    return f"UTC{name}" if name[:1] in "+-" else name


def machine(moment: datetime) -> str:
    """ISO 8601 in UTC with six digits, as exports and ``<time datetime>`` have it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def relative(moment: datetime, now: datetime) -> str:
    """For example "5 min ago" or "in 3 days"; never the only word on when something was."""
    seconds = int((now - moment).total_seconds())
    length = abs(seconds)
    if length < 10:
        return "just now"
    words = span(timedelta(seconds=length))
    return f"{words} ago" if seconds > 0 else f"in {words}"


def span(length: timedelta) -> str:
    """For example "6 min" or "3 days": how long something took, in its largest unit."""
    seconds = int(length.total_seconds())
    unit_size, unit = next(
        ((size, name) for limit, size, name in STEPS if seconds < limit), (365 * DAY, "years")
    )
    count = seconds // unit_size
    return f"{count} {unit.removesuffix('s') if count == 1 and len(unit) > 3 else unit}"
