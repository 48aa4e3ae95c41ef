"""Where people are signed in: the list of sessions, and how they end.

Nobody's session is shown to others by its key; ending one is an act on record.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from audit import actors
from audit.actors import Actor
from audit.recording import record, recording
from requests_app import people
from requests_app.models import User

BEGAN, SEEN = "began_at", "seen_at"
LISTED = 200
NOTED_EVERY = 60  # seconds: a page more often than that writes nothing


def seen(request: HttpRequest) -> None:
    rows = UserSession.objects.filter(session_key=request.session.session_key)
    rows.update(last_seen_at=timezone.now())


def expired(request: HttpRequest, limit: str) -> None:
    by = actors.from_request(request)
    record("session.expired", by=by, subject=by.person, detail={"limit": limit})
    forget([str(request.session.session_key)])


def of_person(person: User) -> list[UserSession]:
    """The sessions that still open something, newest first. Reads only: dead rows are left for the
    next sign-in to clear."""
    rows = UserSession.objects.filter(user=person).order_by("-last_seen_at", "-pk")[:LISTED]
    keys = [row.session_key for row in rows]
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    known = set(alive.values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in known]


def end(
    *, person: User, by: Actor, sessions: Iterable[UserSession], reason: str = "", refusal: str = ""
) -> int:
    """Ends some sessions of a person, in one event. Returns how many."""
    keys = [row.session_key for row in sessions if row.user_id == person.pk]
    detail = {"sessions": [actors.fingerprint(key) for key in keys]}
    with recording("session.ended", by=by, subject=person, reason=reason, detail=detail) as event:
        people.refuse(refusal)
        if not keys:
            event.discard()
        forget(keys)
    return len(keys)


def end_all(
    *, person: User, by: Actor, but: str | None = "", reason: str = "", refusal: str = ""
) -> int:
    """Ends every session of a person but the one of this key."""
    rows = UserSession.objects.filter(user=person).exclude(session_key=but or "")
    return end(person=person, by=by, sessions=rows, reason=reason, refusal=refusal)


def forget(keys: list[str]) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    for key in keys:
        store.delete(key)
    UserSession.objects.filter(session_key__in=keys).delete()


def device(user_agent: str) -> str:
    """A browser and a system, as far as the header tells; made for people, not for decisions."""
    browser = first(user_agent, BROWSERS) or "Unknown browser"
    system = first(user_agent, SYSTEMS)
    return f"{browser} on {system}" if system else browser


def first(text: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in text), "")


BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("curl/", "curl"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
