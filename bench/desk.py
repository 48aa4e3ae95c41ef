"""The people, customers and changes that every column is given alike."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from audit import actors
from bench.columns import COLUMNS, Column, Recorded
from requests_app import people, services
from requests_app.models import Customer, Entity, User

CODE = "BENCH"
STATUSES = ("new", "in_progress", "waiting_customer", "waiting_vendor", "resolved", "closed")
PRIORITIES = ("critical", "high", "normal", "low")
REASONS = (
    "The customer called again and asked for a date",
    "Checked against the invoice of the vendor",
    "Wrong queue; the lead agreed on the phone",
    "Refund confirmed by the accountant, nothing left to do here",
)
DESCRIPTION = "The invoice was paid twice, once by card and once by transfer. " * 4


@dataclass(frozen=True)
class Change:
    """What one act does to the tickets at these places, whoever keeps the record."""

    places: tuple[int, ...]
    person: int
    reason: str
    status: str
    priority: str

    @property
    def values(self) -> dict[str, Any]:
        return {"status": self.status, "priority": self.priority}


@dataclass
class Desk:
    """What was done so far, by place. Place i is the i-th ticket of every column."""

    entity: Entity
    persons: list[User]
    customers: list[Customer]
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    keys: dict[str, list[int]] = field(default_factory=dict)
    done: list[tuple[int, str, int, str, str, str]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)

    @classmethod
    def open(cls) -> Desk:
        by = actors.command("bench")
        entity = people.add_entity(by=by, code=CODE, name="Bench", currency="EUR")
        persons = [
            people.add_person(by=by, username=f"bench{n}", display_name=f"Agent Number {n}")
            for n in range(8)
        ]
        customers = [
            services.add_customer(entity=entity, name=f"Customer Number {n}", by=by)
            for n in range(20)
        ]
        return cls(entity, persons, customers, keys={column.name: [] for column in COLUMNS})

    @classmethod
    def again(cls) -> Desk:
        """As an earlier part left it, for tickets beside those."""
        return cls(
            Entity.objects.get(code=CODE),
            list(User.objects.order_by("pk")),
            list(Customer.objects.order_by("pk")),
        )

    def new_ticket(self) -> tuple[Change, dict[str, Any]]:
        """The next ticket's columns, and its creation as a change at its place."""
        place = len(self.statuses)
        self.statuses.append("new")
        change = Change(
            (place,), self.chance.choice(self.persons).pk, self.chance.choice(REASONS), "new",
            self.chance.choice(PRIORITIES),
        )  # fmt: skip
        self.note(change, "+")
        return change, change.values | {
            "entity": self.entity,
            "number": f"{CODE}-R-2026-{place:06d}",
            "subject": f"Invoice {place} was paid twice",
            "description": DESCRIPTION,
            "customer": self.chance.choice(self.customers),
            "assignee": self.chance.choice(self.persons),
            "claimed_amount": Decimal(place % 900 + 1),
            "claimed_currency": "EUR",
            "received_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=place),
        }

    def change(self, count: int = 1, share: tuple[int, int] = (0, 1)) -> Change:
        """A change of other status to `count` tickets. `share` (n, of) picks every of-th place."""
        first, step = share
        places = tuple(self.chance.sample(range(first, len(self.statuses), step), count))
        before = {self.statuses[place] for place in places}
        status = self.chance.choice([each for each in STATUSES if each not in before])
        for place in places:
            self.statuses[place] = status
        change = Change(
            places, self.chance.choice(self.persons).pk, self.chance.choice(REASONS), status,
            self.chance.choice(PRIORITIES),
        )  # fmt: skip
        self.note(change, "~")
        return change

    def note(self, change: Change, kind: str) -> None:
        said = (kind, change.person, change.reason, change.status, change.priority)
        self.done += [(place, *said) for place in change.places]

    def keys_of(self, column: Column, change: Change) -> list[int]:
        return [self.keys[column.name][place] for place in change.places]

    def expected_of(self, column: Column) -> list[Recorded]:
        """Every change done so far, as this column should tell it; each ticket's in order."""
        keys = self.keys[column.name]
        told = [
            (keys[place], kind, person, reason, status, priority)
            for place, kind, person, reason, status, priority in self.done
        ]
        return sorted(told, key=lambda row: row[0])
