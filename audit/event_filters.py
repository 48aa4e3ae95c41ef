"""Parts of a trail that pages offer: one rule, asked of a query and of a single event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

ANY = "*"


@dataclass(frozen=True)
class EventFilter:
    """Events of these kinds, or of all but those, with one of these outcomes; all where nothing is
    named. A kind may be named by how it begins ("session.*") or ends ("*.viewed")."""

    label: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()

    @property
    def condition(self) -> Q:
        found = Q(outcome__in=self.outcomes) if self.outcomes else Q()
        found &= any_of(self.only) if self.only else Q()
        return found & ~any_of(self.without) if self.without else found

    def holds(self, kind: str, outcome: str) -> bool:
        """The same of one event."""
        return (
            (not self.outcomes or outcome in self.outcomes)
            and (not self.only or is_any_of(kind, self.only))
            and not is_any_of(kind, self.without)
        )


def any_of(names: Iterable[str]) -> Q:
    found = Q(kind__in=[name for name in names if ANY not in name])
    for name in names:
        if name.endswith(ANY):
            found |= Q(kind__startswith=name.removesuffix(ANY))
        elif name.startswith(ANY):
            found |= Q(kind__endswith=name.removeprefix(ANY))
    return found


def is_any_of(kind: str, names: Iterable[str]) -> bool:
    return any(
        kind.startswith(name.removesuffix(ANY)) if name.endswith(ANY)
        else kind.endswith(name.removeprefix(ANY)) if name.startswith(ANY)
        else kind == name
        for name in names
    )  # fmt: skip
