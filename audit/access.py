"""Who may read what of the trail, asked of the app that knows people and subjects.

The recorder knows no business noun, so its pages ask through these functions; the app that has
the answers hands them over when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db import models

from audit.actors import Actor
from audit.models import Event, EventQuerySet

VersionKey = tuple[str, int]  # (model label, id of the version)
Row = Mapping[str, Any]


class Veil(Protocol):
    """What one reader is not shown of some rows and events."""

    def hides(self, model: type[models.Model], row: Row) -> bool:
        """Whether the personal fields of this row are hidden."""

    def stand_in(self, model: type[models.Model], name: str, row: Row) -> str:
        """What is shown instead of a hidden field."""

    def name(self, label: str, key: str, row: Row) -> str | None:
        """What stands for the name of a row that ``row`` refers to; None if nothing has to."""

    def text(self, text: str) -> str:
        """A text without the names and addresses that are known to be hidden ones, and without the
        words of such names."""

    def label(self, text: str) -> str:
        """The same of what is a name or a code itself: without whole names and addresses."""

    def event(self, event: Event) -> Event:
        """The event, or a copy that tells as much as this reader is shown."""


@dataclass(frozen=True)
class About:
    """What is about to be shown: plain rows with their models, and events."""

    rows: Sequence[tuple[type[models.Model], Row]] = ()
    events: Sequence[Event] = ()


@dataclass(frozen=True)
class Landmark:
    """A version of a row that has a name of its own, such as the one that was approved."""

    label: str
    version_id: int


def no_landmarks(label: str, row_id: int) -> list[Landmark]:
    return []


def nobody_told(person: Any, path: str, is_ready: bool) -> None:  # noqa: FBT001
    """Where no app knows how to reach people."""


@dataclass(frozen=True)
class Access:
    """``events_for`` a person are those they may see; the rest answer like what is not there.

    ``reads_trail`` says who may open the trail of everything, ``coverage`` what it shows them, and
    ``audits`` the ids of the entities of which they read it.
    ``entity_names`` and ``addresses`` (event id to the page of its subject) work in bulk.
    ``sees_row`` says whether a person may see the row of a version, and so all its versions;
    ``unseen`` tells in bulk which of some versions are of rows they may not see.
    ``veil`` gives what a person is not shown of some rows and events; None if they are shown all.
    ``searchable`` narrows events to those that a search for some words may find for a person.
    ``looked`` puts on record that somebody read what belongs to the support request of this id.
    ``landmarks`` names versions of a row (model label, id) worth comparing with the newest.
    ``find_request`` is the id of the request of a number, None where the person sees none.
    ``scope`` is what an event about what a person read must say, so that it is shown to those
    alone who may read as much. ``failed_sign_ins`` are those that used the name of a person.
    ``export_ended`` tells a person where an export stands that a worker finished or gave up.
    """

    events_for: Callable[[Any], EventQuerySet]
    reads_trail: Callable[[Any], bool]
    audits: Callable[[Any], frozenset[int]]
    coverage: Callable[[Any], str]
    entity_names: Callable[[Collection[int]], dict[int, str]]
    addresses: Callable[[Iterable[Event], Any], dict[int, str]]
    sees_row: Callable[[Any, Any], bool]
    unseen: Callable[[Any, Collection[VersionKey]], set[VersionKey]]
    veil: Callable[[Any, About], Veil | None]
    searchable: Callable[[Any, str], models.Q]
    looked: Callable[[int, Actor], None]
    find_request: Callable[[Any, str], int | None]
    scope: Callable[[Any], dict[str, Any]]
    failed_sign_ins: Callable[[str], EventQuerySet]
    landmarks: Callable[[str, int], list[Landmark]] = no_landmarks
    export_ended: Callable[[Any, str, bool], None] = nobody_told


_access: Access | None = None


def set_access(given: Access) -> None:
    global _access  # noqa: PLW0603
    _access = given


def access() -> Access:
    if _access is None:
        raise ImproperlyConfigured("No app has called audit.access.set_access() in its ready().")
    return _access
