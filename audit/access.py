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
class Access:
    """``events_for`` a person are those they may see; the rest answer like what is not there.

    ``reads_trail`` says who may open the trail of everything, ``coverage`` what it shows them.
    ``entity_names`` and ``addresses`` (event id to the page of its subject) work in bulk.
    ``sees_row`` says whether a person may see the row of a version, and so all its versions;
    ``unseen`` tells in bulk which of some versions are of rows they may not see.
    ``looked`` puts on record that somebody read what belongs to the support request of this id.
    ``find_request`` is the id of the request of a number, None where the person sees none.
    ``scope`` is what an event about what a person read must say, so that it is shown to those
    alone who may read as much. ``failed_sign_ins`` are those that used the name of a person.
    """

    events_for: Callable[[Any], EventQuerySet]
    reads_trail: Callable[[Any], bool]
    coverage: Callable[[Any], str]
    entity_names: Callable[[Collection[int]], dict[int, str]]
    addresses: Callable[[Iterable[Event]], dict[int, str]]
    sees_row: Callable[[Any, Any], bool]
    unseen: Callable[[Any, Collection[VersionKey]], set[VersionKey]]
    looked: Callable[[int, Actor], None]
    find_request: Callable[[Any, str], int | None]
    scope: Callable[[Any], dict[str, Any]]
    failed_sign_ins: Callable[[str], EventQuerySet]


_access: Access | None = None


def set_access(given: Access) -> None:
    global _access  # noqa: PLW0603
    _access = given


def access() -> Access:
    if _access is None:
        raise ImproperlyConfigured("No app has called audit.access.set_access() in its ready().")
    return _access
