"""One SQL statement per source row: it opens the row's event and writes under it.

Sent through a pipeline, so a row costs no round trip of its own. The triggers of a statement fire
at its end, when its event is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections, models

from audit import opening
from audit.opening import Facts
from requests_app.models import Customer, SupportRequest

# MATERIALIZED: the event is opened once, and before anything reads its id.
OPENED = f"WITH opened AS MATERIALIZED ({opening.OPEN} AS id)"

Statement = tuple[str, list[Any]]


class Table:
    """A model's columns as SQL, read from the model: a field that is added later is written too."""

    def __init__(self, model: type[models.Model], using: str) -> None:
        self._connection = connections[using]
        self._fields = [each for each in model._meta.local_concrete_fields if not each.generated]
        self._name = model._meta.db_table

    def insert(self, source: str) -> str:
        names = ", ".join(str(each.column) for each in self._fields)
        casts = ", ".join(self._cast(each) for each in self._fields)
        return f"INSERT INTO {self._name} ({names}) SELECT {casts} FROM {source}"  # noqa: S608

    def update(self, names: Sequence[str], source: str) -> str:
        sets = ", ".join(f"{each.column} = {self._cast(each)}" for each in self._named(names))
        return f"UPDATE {self._name} SET {sets} FROM {source} WHERE {self._name}.id = %s"  # noqa: S608

    def values(self, row: models.Model, names: Sequence[str] = ()) -> list[Any]:
        return [
            each.get_db_prep_save(getattr(row, each.attname), self._connection)
            for each in (self._named(names) if names else self._fields)
        ]

    def _named(self, names: Sequence[str]) -> Iterable[Any]:
        return [each for each in self._fields if each.name in names]

    def _cast(self, each: models.Field[Any, Any]) -> str:
        """The column's type without its length: a cast to the length would cut the text."""
        return "%s::" + re.sub(r"\(.*\)", "", each.db_type(self._connection) or "text")


class Statements:
    """Makes the statements of an import and sends them. `changing` are the fields updates touch."""

    def __init__(self, changing: Sequence[str], using: str) -> None:
        self._connection = connections[using]
        self._changing = tuple(changing)
        self._requests = Table(SupportRequest, using)
        self._customers = Table(Customer, using)
        self._insert, self._update = self._of_requests("opened")
        # It reads the new customer, so that the customer's version is made before its own.
        self._insert_both, self._update_both = self._of_requests("opened, customer")
        self._and_customer = f", customer AS ({self._customers.insert('opened')} RETURNING id)"

    def opening(self, facts: Facts, row: SupportRequest, customer: Customer | None) -> Statement:
        start, values = self._start(facts, customer)
        insert = self._insert if customer is None else self._insert_both
        return f"{start} {insert}", values + self._requests.values(row)

    def updating(self, facts: Facts, row: SupportRequest, customer: Customer | None) -> Statement:
        start, values = self._start(facts, customer)
        changed = self._requests.values(row, self._changing)
        update = self._update if customer is None else self._update_both
        return f"{start} {update}", [*values, *changed, row.pk]

    def noting(self, facts: Facts) -> Statement:
        """The event alone, of a row that changes nothing."""
        return opening.OPEN, [opening.listed(facts)]

    def send(self, statements: Iterable[Statement]) -> None:
        """Runs them in their order, in the transaction that is open. Each must write its row.

        Nothing else may ask the database while they are made.
        """
        raw = self._connection.connection
        cursors = []
        with self._connection.wrap_database_errors, self._prepared(raw), raw.pipeline():
            for text, values in statements:
                cursors.append(psycopg.Cursor(raw).execute(text, values))
        if any(cursor.rowcount != 1 for cursor in cursors):
            raise RuntimeError("A support request vanished while its row was being imported.")

    def _of_requests(self, source: str) -> tuple[str, str]:
        return self._requests.insert(source), self._requests.update(self._changing, source)

    def _start(self, facts: Facts, customer: Customer | None) -> Statement:
        values: list[Any] = [opening.listed(facts)]
        if customer is None:
            return OPENED, values
        return OPENED + self._and_customer, values + self._customers.values(customer)

    @contextmanager
    def _prepared(self, raw: psycopg.Connection[Any]) -> Iterator[None]:
        """Lets the server plan each kind of statement once, unless a pooler may stand between."""
        before = raw.prepare_threshold
        if not self._connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            raw.prepare_threshold = 0
        try:
            yield
        finally:
            raw.prepare_threshold = before
