"""How a row stands, by which a form knows what it showed: nobody overwrites what nobody read.

A form carries the standing of its row; the service compares it under the lock of the row and
refuses what is stale; the page then shows what came between (conflicts.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import models
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value

from audit import kinds, sentences
from audit.access import access
from audit.actors import Actor
from audit.models import Event
from audit.recording import Refusal
from audit.versions import key_of, version_model

WRITTEN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})(?:-([0-9]{1,9}))?")
MOST = 10  # acts that a page tells of
READ_IT = "Read it, then send again if it still holds."
OTHERWISE = "This page shows it otherwise than it stands."


@dataclass(frozen=True)
class Standing:
    """The ids of the newest version of a row and of the newest of its parts, 0 for none; and how
    many parts there are: one that went elsewhere leaves the others as they were."""

    version: int
    part: int
    parts: int = 0

    def __str__(self) -> str:
        return f"{self.version}-{self.part}" + (f"-{self.parts}" if self.parts else "")

    @classmethod
    def parsed(cls, text: str) -> Standing | None:
        """What a form carried; None for what is none."""
        found = WRITTEN.fullmatch(text)
        return cls(int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


class Stale(Refusal):
    """The row is not any more what its form showed; ``seen`` and ``now`` say between what,
    ``events`` under which newest ones."""

    def __init__(
        self, sentence: str, row: models.Model, seen: Standing, now: Standing, events: set[int]
    ) -> None:
        super().__init__(sentence)
        self.row, self.seen, self.now, self.events = row, seen, now, events


def read_with(row: Any) -> Standing:
    """How a row stood when it was read by an ``annotated`` query. A page takes it from there: asked
    for later, it would say that more was shown than was."""
    return Standing(row.newest_version or 0, row.newest_part or 0, row.count_of_parts or 0)


def annotated(rows: Any) -> Any:
    """These rows, each with how it stands: by the indexes of versions, however many there are."""
    model: type[models.Model] = rows.model._meta.concrete_model
    relation, none = relation_of(model), Value(0, IntegerField())
    return rows.annotate(
        newest_version=newest_version(model),
        newest_part=newest_part(relation) if relation is not None else none,
        count_of_parts=count_of_parts(relation) if relation is not None else none,
    )


def standing_of(row: models.Model) -> Standing:
    """As it stands now: for a service that holds the lock."""
    found = annotated(model_of(row)._base_manager.filter(pk=row.pk)).only("pk").first()
    return read_with(found) if found is not None else Standing(0, 0)


def newest_part(relation: Any) -> Subquery:
    model: Any = relation.related_model
    parts = model._base_manager.filter(**{relation.field.attname: OuterRef("pk")})
    versions = parts.annotate(newest=newest_version(model)).order_by("-newest")
    return Subquery(versions.values("newest")[:1])


def count_of_parts(relation: Any) -> Subquery:
    name = relation.field.attname
    parts = relation.related_model._base_manager.order_by().filter(**{name: OuterRef("pk")})
    return Subquery(parts.values(name).annotate(count=Count("pk")).values("count"))


def newest_version(model: type[models.Model]) -> Subquery:
    versions = version_model(model).objects.filter(**{key_of(model): OuterRef("pk")})
    return Subquery(versions.order_by("-history_id").values("history_id")[:1])


def parts_of(row: models.Model) -> QuerySet[Any] | None:
    """The rows that a form about this one shows as well. Models name their relation, such as
    ``standing_parts = "addresses"``."""
    relation = relation_of(row)
    if relation is None:
        return None
    rows: Any = relation.related_model._base_manager
    return rows.filter(**{relation.field.attname: row.pk})


def relation_of(row: models.Model | type[models.Model]) -> Any:
    name = getattr(row, "standing_parts", "")
    return row._meta.get_field(name) if name else None


def model_of(row: models.Model) -> type[models.Model]:
    return row._meta.concrete_model or type(row)


def refuse_stale(row: models.Model, seen: Standing | None, by: Actor) -> None:
    """For a service that holds the lock. None is what no form sent: a command, an import."""
    if seen is None:
        return
    now = standing_of(row)
    if now != seen:
        found = newest_events(row, seen, by.person)
        gone = departures(row, seen) if now.parts < seen.parts else set()
        refuse_with(found | gone, row, seen, now)


def refuse_with(ids: set[int], row: models.Model, seen: Standing, now: Standing) -> NoReturn:
    """Names the newest of these events, all of which the person may see."""
    newest = list(Event.objects.filter(pk__in=ids).order_by("-pk")[:2])
    raise Stale(f"{told(newest)} {READ_IT}", row, seen, now, ids)


def newest_events(row: models.Model, seen: Standing, person: Any) -> set[int]:
    """Ids of the newest events under which the row changed since, or a part of it that the person
    may see."""
    model, most = model_of(row), MOST + 1
    own = version_model(model).objects.filter(**{key_of(model): row.pk})
    found = ids_of(own.filter(history_id__gt=seen.version), most)
    parts = parts_of(row)
    if parts is not None:
        of_parts = versions_of(parts).filter(history_id__gt=seen.part)
        keys = {(parts.model._meta.label_lower, version) for version in newest_of(of_parts, most)}
        hidden = access().unseen(person, keys) if keys and person is not None else set()
        shown = [version for _, version in keys - hidden]  # nothing but what was asked about
        found |= ids_of(of_parts.filter(history_id__in=shown), most)
    return found


def departures(row: models.Model, seen: Standing) -> set[int]:
    """Ids of the events by which parts went elsewhere since what was seen was written: their newest
    versions are not this row's any more. Models name their kinds in ``parts_leave_by``."""
    model = model_of(row)
    kinds_of_leaving = getattr(model, "parts_leave_by", ())
    parts = parts_of(row)
    if not kinds_of_leaving or parts is None:
        return set()
    begun = max(event_of(model, seen.version), event_of(parts.model, seen.part))
    events = Event.objects.about(model._meta.label_lower, str(row.pk)).filter(
        kind__in=kinds_of_leaving, outcome="done", pk__gt=begun
    )
    return set(events.order_by("-pk").values_list("pk", flat=True)[: MOST + 1])


def event_of(model: type[models.Model], version: int) -> int:
    """The event under which a version was written; 0 where there is no such version."""
    found = version_model(model).objects.filter(history_id=version)
    return found.values_list("event_id", flat=True).first() or 0


def versions_of(parts: QuerySet[Any]) -> QuerySet[Any]:
    model: type[models.Model] = parts.model
    keys = list(parts.values_list("pk", flat=True))
    versions: QuerySet[Any] = version_model(model).objects.filter(**{f"{key_of(model)}__in": keys})
    return versions


def newest_of(versions: QuerySet[Any], most: int) -> list[int]:
    return list(versions.order_by("-history_id").values_list("history_id", flat=True)[: 4 * most])


def ids_of(versions: QuerySet[Any], most: int) -> set[int]:
    """Of the newest. One event may have written several, so a few more are read."""
    rows = versions.order_by("-history_id").values_list("event_id", flat=True)[: 4 * most]
    return set(sorted(set(rows), reverse=True)[:most])


def told(events: Sequence[Event]) -> str:
    """Who did what since then, in one sentence: the newest act, and whether there was more."""
    if not events:
        return OTHERWISE
    newest, *older = events
    did = f"{newest.actor_label} {said(newest)} since you opened this page"
    return f"{did}, and there was more before." if older else f"{did}."


def said(event: Event) -> str:
    return sentences.said(kinds.describe(event.kind), event.outcome)
