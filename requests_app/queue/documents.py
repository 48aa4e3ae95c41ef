"""What is searched of each row, as expressions: the indexes and the queries name the same ones, so
the database keeps them in step by itself, and what is cleared in a row is found no more."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Case, F, Func, IntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left

# PostgreSQL would read addresses, hosts, signed numbers and tags as one word each.
PARTED = "-./@:_'+,#&;=~?<>\"()[]{}|!$^"
# Of a text so long, the index entry stays below the megabyte that PostgreSQL allows.
LONGEST = 100_000


class Words(Func):
    """The words of a text, lower case, none left out."""

    template = "to_tsvector('simple'::regconfig, %(expressions)s)"
    output_field = SearchVectorField()

    def __init__(self, text: Combinable, **extra: Any) -> None:
        parted = Func(text, Value(PARTED), Value(" " * len(PARTED)), function="translate")
        super().__init__(parted, **extra)


class Weighted(Func):
    """Words marked by the place they stand in: A, B, C or D."""

    template = "setweight(%(expressions)s, '%(weight)s'::\"char\")"
    output_field = SearchVectorField()


class Together(Func):
    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = SearchVectorField()


NUMBER, SUBJECT, TEXT = "A", "B", "D"


def of_request() -> Combinable:
    return Together(
        Weighted(Words(F("number")), weight=NUMBER),
        Weighted(Words(F("source_number")), weight=NUMBER),
        Weighted(Words(F("subject")), weight=SUBJECT),
        Words(Left("description", LONGEST)),
    )


def of_customer() -> Combinable:
    return Together(Words(F("name")), Words(F("email")), Words(F("reference")))


def of_message() -> Combinable:
    return Words(Left("body", LONGEST))


def claimed() -> Combinable:
    """The claimed amount; without one, less than any."""
    return Coalesce("claimed_amount", Value(-1))


def urgency() -> Combinable:
    """The most urgent first."""
    ranks = enumerate(("critical", "high", "normal", "low"))
    steps = [When(priority=code, then=Value(rank)) for rank, code in ranks]
    return Case(*steps, default=Value(4), output_field=IntegerField())
