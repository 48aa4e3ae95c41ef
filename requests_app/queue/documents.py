"""What is searched of each row, as expressions: the indexes and the queries name the same ones, so
the database keeps them in step by itself, and what is cleared in a row is found no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db.models import (
    Case,
    DateTimeField,
    DecimalField,
    F,
    Func,
    Index,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left

from audit.searching import any_of

# PostgreSQL would read addresses, hosts, signed numbers and tags as one word each.
PARTED = any_of("-./@:_'+,#&;=~?<>\"()[]{}|!$^")
# Of a text so long, the index entry stays below the megabyte that PostgreSQL allows.
LONGEST = 100_000


class Words(Func):
    """The words of a text, lower case, none left out."""

    template = "to_tsvector('simple'::regconfig, %(expressions)s)"
    output_field = SearchVectorField()

    def __init__(self, text: Combinable, **extra: Any) -> None:
        parted = Func(text, Value(PARTED), Value(" "), Value("g"), function="regexp_replace")
        super().__init__(parted, **extra)


class Together(Func):
    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = SearchVectorField()


def of_request() -> Combinable:
    return Together(
        Words(F("number")), Words(F("source_number")), Words(F("subject")),
        Words(Left("description", LONGEST)),
    )  # fmt: skip


def of_customer() -> Combinable:
    return Together(Words(F("name")), Words(F("email")), Words(F("reference")))


def of_message() -> Combinable:
    return Words(Left("body", LONGEST))


def claimed() -> Combinable:
    """The claimed amount; without one, less than any."""
    return Coalesce("claimed_amount", Value(-1), output_field=DecimalField())


def urgency() -> Combinable:
    """The most urgent first."""
    ranks = enumerate(("critical", "high", "normal", "low"))
    steps = [When(priority=code, then=Value(rank)) for rank, code in ranks]
    return Case(*steps, default=Value(4), output_field=IntegerField())


# After every date there is.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def due() -> Combinable:
    """When the work is due; never, if it has ended, if nothing is promised, or if others are on."""
    running = Q(ended_at__isnull=True, due_at__isnull=False)
    on_time = running & Q(Q(due_paused_at__isnull=True) | Q(due_by_hand_at__isnull=False))
    return Case(When(on_time, then=F("due_at")), default=Value(NEVER), output_field=DateTimeField())


def of_requests() -> list[Index]:
    """The indexes of the list: one that is searched, and one for each order; ties go by the key."""
    return [
        GinIndex(of_request(), name="support_request_search"),
        Index(claimed(), F("id"), name="support_request_by_amount"),
        Index(urgency(), F("id"), name="support_request_by_urgency"),
        Index(due(), F("id"), name="support_request_by_due"),
        Index(fields=["received_at"], name="support_request_received"),
    ]
