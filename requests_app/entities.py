"""What may change of a legal entity after it was founded. Its code and currency stand on documents,
so they stay."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from audit.actors import Actor
from audit.recording import recording
from requests_app import people
from requests_app.models import Entity, Role
from requests_app.services import refuse


def change(
    *, entity: Entity, name: str, time_zone: str, is_active: bool, reason: str, by: Actor
) -> Entity:
    """By the zone its days begin and end: roles, years of numbers and due dates follow at once."""
    with recording("entity.changed", by=by, subject=entity, reason=reason, locked=True) as event:
        refuse(why_not_change(by.person, entity))
        refuse(why_not_zone(time_zone))
        given = {"name": name, "time_zone": time_zone, "is_active": is_active}
        if all(getattr(entity, column) == value for column, value in given.items()):
            event.discard()
        for column, value in given.items():
            setattr(entity, column, value)
        entity.save(update_fields=list(given))
    return entity


def why_not_change(person: Any, entity: Entity | None) -> str:
    """Why a person may not change an entity; empty if they may."""
    if entity is not None and Role.ADMINISTRATOR in people.roles_in(person, entity.pk):
        return ""
    return "Changing an entity needs the role administrator there."


def why_not_zone(name: str) -> str:
    if name in available_timezones():
        return ""
    return "This is no time zone. Give one by its name, for example Europe/Berlin."
