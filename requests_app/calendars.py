"""From a stored calendar to working time: weekly hours, public holidays and single days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import holidays

from requests_app.models import WorkCalendar
from requests_app.working_time import Spans, WorkingTime, parsed

LANGUAGE = "en_US"


@lru_cache(maxsize=1_024)
def public_holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """The public holidays of a year with their names, observed days included. Nobody changes them,
    so threads may share them: the library's own object fills itself while it is read."""
    if not country:
        return {}
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, expand=False, language=language(country)
    )
    return {day: str(name) for day, name in found.items()}


@lru_cache(maxsize=256)
def language(country: str) -> str | None:
    """English where the library has it for a country, else that country's own."""
    spoken = getattr(holidays, country).supported_languages if country in countries() else ()
    return LANGUAGE if LANGUAGE in spoken else None


@lru_cache(maxsize=1)
def countries() -> Mapping[str, list[str]]:
    """Country code to the codes of its parts, as the library has them."""
    return holidays.list_supported_countries(include_aliases=False)


def holiday(calendar: WorkCalendar, day: date) -> str:
    """The name of the day off, or of the day with other hours; empty for one like any other."""
    own = calendar.days.get(day.isoformat())
    if own is not None:
        return str(own["name"])
    return public_holidays(calendar.country, calendar.subdivision, day.year).get(day, "")


def working_time(calendar: WorkCalendar) -> WorkingTime:
    """Days named one by one go before public holidays, these before the week."""
    week = [parsed(calendar.hours.get(name, "")) for name in WorkCalendar.WEEKDAYS]
    own = {date.fromisoformat(day): parsed(said["hours"]) for day, said in calendar.days.items()}

    def hours_on(day: date) -> Spans:
        if day in own:
            return own[day]
        if day in public_holidays(calendar.country, calendar.subdivision, day.year):
            return ()
        return week[day.weekday()]

    return WorkingTime(ZoneInfo(calendar.time_zone), hours_on)


def why_not_place(country: str, subdivision: str) -> str:
    """Why the holidays of a place cannot be told; empty if they can."""
    if not country:
        return "Name the country of this part, or leave both empty." if subdivision else ""
    if country not in countries():
        return f"No holidays are known for the country {country}. Give two letters, such as DE."
    parts = countries()[country]
    if subdivision and subdivision not in parts:
        known = f"It has {', '.join(parts)}." if parts else "It has none."
        return f"{country} has no part {subdivision} with holidays of its own. {known}"
    return ""


def why_not_zone(name: str) -> str:
    if name in available_timezones():
        return ""
    return f"No time zone is called {name}. Write it like Europe/Berlin."
