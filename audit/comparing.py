"""Chooses the two versions of one row that a page compares, if a person may see the row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import QueryDict

from audit import diffs, kinds, reaching, seen, specs, timeline, veils
from audit.access import access
from audit.kinds import Kind
from audit.models import Event
from audit.versions import key_of, version_model

NOTHING = 0  # stands in an address for "no version": what a first version is compared with


class Hidden(Exception):
    """The row exists, and this person may not see it."""


@dataclass(frozen=True)
class Choice:
    """A version with the event it was written under."""

    id: int
    event: Event
    kind: Kind


def context(
    label: str,
    row_id: int,
    person: Any,
    older_id: int | None,
    newer_id: int | None,
    *,
    reach: QueryDict,
    shows_all: bool = False,
    is_split: bool = False,
) -> dict[str, Any]:
    """What the page shows. Without ids, the newest version against the one before it; ``reach``
    asks for older ones to choose from (reaching.py).

    Raises Hidden, and LookupError where there is no such model, row or version.
    """
    model = specs.versioned_models()[label]
    versions = version_model(model).objects.filter(**{key_of(model): row_id})
    newest = newest_of(versions, person)
    newer_id = newest.history_id if newer_id is None else newer_id
    if older_id is None:
        older_id = before(versions, newer_id)
    wanted = {newer_id, older_id} - {NOTHING}
    chosen = versions.in_bulk(wanted)
    offered = reaching.offered(versions, reach)
    shown = [newest, *chosen.values()]
    choices = {choice.id: choice for choice in choices_of(offered.event_of, shown, person)}
    if not wanted <= choices.keys() or newer_id == NOTHING:
        raise LookupError("no such version")
    row = timeline.compare(model, row_id, newer_id, older_id or None, all_fields=shows_all)
    [row] = seen.row_changes([row], person)
    return surroundings(person, choices[newest.history_id].event, label, row_id) | {
        "model": label,
        "model_label": str(model._meta.verbose_name),
        "row_id": row_id,
        "row_label": label_of(newest, person),
        "newest": newest,
        "choices": [choices[key] for key in sorted(choices, reverse=True)],
        "older": choices.get(older_id),
        "newer": choices[newer_id],
        "versions": chosen,
        "first_id": first_of(versions, offered),
        "offered": offered,
        "newest_id": newest.history_id,
        "row": row,
        "shows_all": shows_all,
        "is_split": is_split,
        "have_sides": diffs.have_sides(row.changes),
        "sides": diffs.side_by_side(row.changes) if is_split else [],
    }


def newest_of(versions: models.QuerySet[Any], person: Any) -> Any:
    """Whoever may see the row sees all its versions: with one left out, the next would seem to have
    made its changes."""
    newest = versions.order_by("-history_id").first()
    if newest is None:
        raise LookupError("no such row")
    if not access().sees_row(person, newest):
        raise Hidden
    return newest


def surroundings(person: Any, present: Event, label: str, row_id: int) -> dict[str, Any]:
    """Where the row is shown, and versions of it that have a name."""
    address = access().addresses([present], person).get(present.pk, "")
    return {"address": address, "landmarks": access().landmarks(label, row_id)}


def version_of(label: str, row_id: int, version_id: int, person: Any) -> Any:
    """One version of a row. Raises Hidden, and LookupError where there is none."""
    model = specs.versioned_models()[label]
    versions = version_model(model).objects.filter(**{key_of(model): row_id})
    version = versions.filter(history_id=version_id).first()
    if version is None:
        raise LookupError("no such version")
    if not access().sees_row(person, version):
        raise Hidden
    return version


def before(versions: models.QuerySet[Any], version_id: int) -> int:
    older = versions.filter(history_id__lt=version_id).order_by("-history_id").first()
    return older.history_id if older is not None else NOTHING


def first_of(versions: models.QuerySet[Any], offered: reaching.Offered) -> int:
    if offered.event_of and offered.next_below is None:
        return min(offered.event_of)
    first: int = versions.order_by("history_id").values_list("history_id", flat=True)[0]
    return first


def choices_of(offered: dict[int, int], chosen: Iterable[Any], person: Any) -> list[Choice]:
    """The versions that are offered, and those that are asked for however old they are."""
    event_of = offered | {version.history_id: version.event_id for version in chosen}
    found = list(Event.objects.filter(pk__in=set(event_of.values())))
    events = {event.pk: event for event in seen.events(found, person)}
    return [
        Choice(version_id, events[event_id], kinds.describe(events[event_id].kind))
        for version_id, event_id in event_of.items()
    ]


def label_of(newest: Any, person: Any) -> str:
    """The row's name by its last version, which says what the row does, or did until it went."""
    named = newest.instance
    veils.cover([named], person)
    return str(named)
