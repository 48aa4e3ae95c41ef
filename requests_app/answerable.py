"""Who answers for what acts by itself, a rule or a mailbox: who set it up, and who changed it last.

Read from the trail, which nobody writes by hand; there is no column that could say otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextField, Value

from audit import sentences
from audit.models import Event
from requests_app.models import Mailbox, Rule

# What people do with it; what it does by itself says nothing of who answers for it.
BY_PEOPLE = {
    Rule: ("rule.added", "rule.changed", "rule.ended"),
    Mailbox: ("mailbox.added", "mailbox.changed"),
}


@dataclass(frozen=True)
class Answers:
    """``changed`` is None where it stands as it was set up."""

    set_up: Event
    changed: Event | None

    @property
    def set_up_by(self) -> str:
        return named(self.set_up)

    @property
    def changed_by(self) -> str:
        return named(self.changed) if self.changed is not None else ""


def named(event: Event) -> str:
    """A name; what is no person says what it is."""
    if event.actor_kind == "user":
        return event.actor_label
    kind = sentences.named(sentences.ACTORS, event.actor_kind)
    return f"{event.actor_label} ({kind[:1].lower()}{kind[1:]})"


def note(rows: Sequence[Any]) -> None:
    """Puts ``answers`` on each row of one model, or None where the trail began later. One query."""
    found = answers_of(rows) if rows else {}
    for row in rows:
        row.answers = found.get(row.pk)


def answers_of(rows: Sequence[Any]) -> dict[int, Answers]:
    model = type(rows[0])
    events = Event.objects.filter(
        subject_type=model._meta.label_lower, subject_id__in=[str(row.pk) for row in rows],
        kind__in=BY_PEOPLE[model], outcome="done",
    ).distinct("subject_id")  # fmt: skip
    first, last = (
        events.order_by("subject_id", order).annotate(place=Value(order, TextField()))
        for order in ("id", "-id")
    )
    told: dict[str, dict[int, Event]] = {"id": {}, "-id": {}}
    both: Any = first.union(last, all=True)
    for event in both:
        told[event.place][int(event.subject_id)] = event
    return {
        key: Answers(event, told["-id"][key] if told["-id"][key].pk != event.pk else None)
        for key, event in told["id"].items()
        if event.kind.endswith(".added")
    }
