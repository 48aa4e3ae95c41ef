"""The views that everybody has, and which of them is the first of a role. Each is a filter like any
other: it stands in the address and as chips above the list, and can be taken off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from requests_app import people, saved_views
from requests_app.models import Role, SavedView


@dataclass(frozen=True)
class Preset:
    name: str
    query: str


EVERYTHING = Preset("Everything", "")
MINE = Preset("Mine, open", saved_views.tidy("assignee=me&status=undone"))
UNASSIGNED = Preset("Unassigned", saved_views.tidy("assignee=nobody&status=open"))
WAITING = Preset("Waiting", saved_views.tidy("status=waiting"))
PRESETS = {SavedView.Page.REQUESTS.value: (EVERYTHING, MINE, UNASSIGNED, WAITING)}


def of(page: str) -> tuple[Preset, ...]:
    return PRESETS.get(page, (EVERYTHING,))


def first_of(person: Any) -> Preset:
    """Where a person's work begins: with their own, with what nobody has, or with everything."""
    roles = people.roles_in(person, None)
    if Role.LEAD in roles:
        return UNASSIGNED
    return MINE if Role.AGENT in roles else EVERYTHING
