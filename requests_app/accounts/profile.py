"""What people set for themselves: how pages look and behave for them, and where mail reaches them.

The name is not among it: it stands in the trail, so an administrator keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from audit import actors
from audit.actors import Actor
from audit.recording import Recording, recording
from audit.standing import Standing, refuse_stale
from requests_app import people
from requests_app.accounts import tasks
from requests_app.models import User

COLUMNS = {"theme": "theme", "order": "timeline_order", "shortcuts": "has_shortcuts"}
OWN = ("time_zone", "theme", "has_shortcuts", "timeline_order")


def put(event: Recording, person: User, **columns: Any) -> None:
    """Writes these columns. Where none of them would change, the act ends without an event."""
    if all(getattr(person, name) == value for name, value in columns.items()):
        event.discard()
    for name, value in columns.items():
        setattr(person, name, value)
    person.save(update_fields=list(columns))


def change(*, person: User, by: Actor, seen: Standing | None = None, **columns: Any) -> None:
    """Only one's own, and only what is listed in OWN."""
    with recording("person.profile_changed", by=by, subject=person, locked=True) as event:
        people.refuse(why_not_own(person, by))
        refuse_stale(person, seen, by)
        assert columns.keys() <= set(OWN)
        put(event, person, **columns)


def change_email(*, person: User, by: Actor, email: str, seen: Standing | None = None) -> None:
    """The old address is told, where there is one."""
    with recording("person.email_changed", by=by, subject=person, locked=True) as event:
        people.refuse(why_not_own(person, by))
        refuse_stale(person, seen, by)
        people.refuse(people.why_not_email(email, person))
        old = person.email
        put(event, person, email=email.lower())
        tasks.tell_old_address(person, old)


def why_not_own(person: User, by: Actor) -> str:
    if by.kind == "user" and by.id == str(person.pk):
        return ""
    return "A profile is changed by its person alone."


def keep(request: HttpRequest, chosen: Mapping[str, str]) -> bool:
    """What is chosen in a menu becomes that of all one's browsers. Whether there is a profile."""
    if not request.user.is_authenticated:
        return False
    columns: dict[str, Any] = {
        COLUMNS[name]: value == "on" if name == "shortcuts" else value
        for name, value in chosen.items()
    }
    if columns:
        person = User.objects.get(pk=request.user.pk)
        change(person=person, by=actors.from_request(request), **columns)
    return True
