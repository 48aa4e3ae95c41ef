"""Counts over the rows of a file: what a reader may check an import against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from requests_app.importing.source.tracking import Step

LABELS = {
    "requests": "support requests",
    "rows": "rows",
    "updates": "updates after the first row",
    "field_changes": "field changes, old to new",
    "updates_without_change": "updates that show no visible change",
    "gaps": "gaps: jumps of the order number by more than one",
    "updates_lost": "updates the source lost in those gaps",
    "order_backward": "steps of the order number backwards",
    "order_repeated": "steps with the same order number",
    "time_backward": "steps of time backwards",
    "unlogged_creations": "requests whose creation was not logged",
    "actors": "distinct actors",
    "doubtful_times": "times the zone's clocks skipped or had twice",
}


class Counts:
    """Adds up steps. Most are counts of rows; `LABELS` says what else."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._totals: Counter[str] = Counter()
        self._changes: Counter[int] = Counter()
        self._actors: set[str] = set()

    def add(self, step: Step) -> None:
        totals = self._totals
        totals["rows"] += 1
        totals["doubtful_times"] += bool(step.row.time.doubt)
        self._actors.add(step.row.actor)
        if step.first:
            totals["requests"] += 1
            totals["unlogged_creations"] += not step.logged_creation
            return
        totals["updates"] += 1
        totals["updates_without_change"] += not step.changed
        totals["field_changes"] += len(step.changed)
        self._changes.update(step.changed)
        totals["time_backward"] += step.time_back
        if step.order_step > 1:
            totals["gaps"] += 1
            totals["updates_lost"] += step.order_step - 1
        totals["order_repeated"] += step.order_step == 0
        totals["order_backward"] += step.order_step < 0

    @property
    def changes(self) -> dict[str, int]:
        """Changes by column of the source, most changed first."""
        return {self._columns[place]: number for place, number in self._changes.most_common()}

    def report(self) -> dict[str, Any]:
        """The counts as plain data, every one present even when it is zero."""
        totals: dict[str, Any] = {name: self._totals[name] for name in LABELS}
        return totals | {"actors": len(self._actors), "changes": self.changes}
