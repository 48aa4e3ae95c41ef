"""From which network address somebody acted: for who reads the trail there, and for themselves.

Everybody else reads that it is on record. Where people sit is nothing colleagues need for their
work.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from audit.access import access
from audit.models import Event

RECORDED = "recorded"
COLUMNS = ("address", "database_address")


def told(events: Sequence[Event], person: Any) -> list[Event]:
    """The events, or copies without the addresses that this person is not shown."""
    audited = access().audits(person)
    return [event if is_shown(event, person, audited) else without(event) for event in events]


def is_shown(event: Event, person: Any, audited: frozenset[int]) -> bool:
    """What belongs to no entity, such as a sign-in, is seen by those alone who audit somewhere."""
    if (event.actor_kind, event.actor_id) == ("user", str(person.pk)):
        return True
    return event.entity_id in audited if event.entity_id is not None else bool(audited)


def shown_to(person: Any) -> Q:
    """The events whose addresses a person may search: a filter must not tell what a page hides."""
    audited = access().audits(person)
    own = Q(actor_kind="user", actor_id=str(person.pk))
    of_none = Q(entity_id__isnull=True) if audited else Q()
    return own | Q(entity_id__in=audited) | of_none


def without(event: Event) -> Event:
    if not any(getattr(event, name) for name in COLUMNS):
        return event
    found = copy.copy(event)
    for name in COLUMNS:
        if getattr(event, name):
            setattr(found, name, RECORDED)
    return found


def place(address: str | None) -> str:
    return "address recorded" if address == RECORDED else address or ""


def words(address: str | None) -> str:
    """What follows a channel."""
    if not address:
        return ""
    return f", {place(address)}" if address == RECORDED else f" from {address}"
