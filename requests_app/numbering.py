"""Gap-free document numbers per entity and year."""

from __future__ import annotations

from collections.abc import Collection

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from requests_app.models import Entity, NumberSeries

REQUESTS = "R"
MOST_DIGITS = 9
# One statement takes the counter's row lock and raises it: the number becomes free again only with
# the rollback of the whole transaction, so none is lost and none is given twice.
RAISE = """
    INSERT INTO requests_app_numberseries (entity_id, series, year, last)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (entity_id, series, year)
    DO UPDATE SET last = requests_app_numberseries.last + excluded.last
    RETURNING last
"""


def next_numbers(
    entity: Entity, series: str, count: int = 1, using: str = DEFAULT_DB_ALIAS, year: int = 0
) -> list[str]:
    """The next numbers, such as US-R-2026-000123, in the year it is now at the entity's place if no
    other one is given.

    Must run in the transaction that uses them. Others who number the same entity wait until it
    ends, so call it late.
    """
    if not connections[using].in_atomic_block:
        raise transaction.TransactionManagementError("Numbers are given inside a transaction only.")
    year = year or entity.today().year
    with connections[using].cursor() as cursor:
        cursor.execute(RAISE, [entity.pk, series, year, count])
        last = int(cursor.fetchone()[0])
    return [f"{entity.code}-{series}-{year}-{n:06d}" for n in range(last - count + 1, last + 1)]


def ending_in(
    text: str, entity_ids: Collection[int] | None = None, series: str = REQUESTS
) -> list[str]:
    """The whole numbers that were given out in these entities, or in all, and end so: 36 is
    US-R-2026-000036, of whatever year. Empty where the text is not of digits alone."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS) or int(text) == 0:
        return []
    rows = NumberSeries.objects.filter(series=series, last__gte=int(text))
    if entity_ids is not None:
        rows = rows.filter(entity_id__in=entity_ids)
    reached = rows.order_by("-year", "entity__code")
    return [
        f"{code}-{series}-{year}-{int(text):06d}"
        for code, year in reached.values_list("entity__code", "year")
    ]
