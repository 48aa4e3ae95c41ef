"""Who may read what of the trail, asked of the app that knows people and subjects.

The recorder knows no business noun, so its pages ask through these functions; the app that has
the answers hands them over when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from audit.actors import Actor
from audit.models import Event, EventQuerySet

VersionKey = tuple[str, int]  # (model label, id of the version)


@dataclass(frozen=True)
class Landmark:
    """A version of a row that has a name of its own, such as the one that was approved."""

    label: str
    version_id: int


def no_landmarks(label: str, row_id: int) -> list[Landmark]:
    return []


@dataclass(frozen=True)
class Access:
    """``events_for`` a person are those they may see; the rest answer like what is not there.

    ``reads_trail`` says who may open the trail of everything, ``coverage`` what it shows them.
    ``entity_names`` and ``addresses`` (event id to the page of its subject) work in bulk.
    ``sees_row`` says whether a person may see the row of a version, and so all its versions;
    ``unseen`` tells in bulk which of some versions are of rows they may not see.
    ``looked`` puts on record that somebody read what belongs to the support request of this id.
    ``landmarks`` names versions of a row (model label, id) worth comparing with the newest.
    """

    events_for: Callable[[Any], EventQuerySet]
    reads_trail: Callable[[Any], bool]
    coverage: Callable[[Any], str]
    entity_names: Callable[[Collection[int]], dict[int, str]]
    addresses: Callable[[Iterable[Event]], dict[int, str]]
    sees_row: Callable[[Any, Any], bool]
    unseen: Callable[[Any, Collection[VersionKey]], set[VersionKey]]
    looked: Callable[[int, Actor], None]
    landmarks: Callable[[str, int], list[Landmark]] = no_landmarks


_access: Access | None = None


def set_access(given: Access) -> None:
    global _access  # noqa: PLW0603
    _access = given


def access() -> Access:
    if _access is None:
        raise ImproperlyConfigured("No app has called audit.access.set_access() in its ready().")
    return _access
