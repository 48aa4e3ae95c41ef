"""Which events changed which field: read from an index that follows the versions.

The index is made behind the writes, by a job, so that it costs them nothing. What it does not hold
yet is compared as it is asked for, up to NEWEST_VERSIONS of each model; beyond them `missing` says
that something was left out.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q

from audit import specs
from audit.models import EventQuerySet, FieldChange, FieldProgress
from audit.pairs import quoted
from audit.versions import version_model

NEWEST_VERSIONS = 2_000
BATCH = 20_000

# Each field of each version that differs from the version before, and every amount of a new row.
CHANGED = """
    SELECT changed.field, version.event_id, version.history_type = '+' AS is_new, changed.value
    FROM {table} version
    LEFT JOIN LATERAL (
        SELECT * FROM {table} older
        WHERE older.{key} = version.{key} AND older.history_id < version.history_id
        ORDER BY older.history_id DESC LIMIT 1
    ) before ON true
    CROSS JOIN LATERAL (VALUES {values}) AS changed (field, differs, value)
    WHERE version.history_id > %(after)s AND version.history_id <= %(to)s
      AND changed.differs AND version.history_type <> '-'
      AND (version.history_type = '~' OR changed.value IS NOT NULL)
"""
VALUE = "('{name}', version.{column} IS DISTINCT FROM before.{column}, {amount}::numeric)"
FILL = "INSERT INTO audit_fieldchange (field, event_id, is_new, value) "
ASKED = """
    SELECT event_id FROM ({changed}) found
    WHERE (%(field)s = '' AND value IS NOT NULL OR field = %(field)s AND NOT is_new)
      AND (%(least)s::numeric IS NULL OR value >= %(least)s::numeric)
      AND (%(most)s::numeric IS NULL OR value <= %(most)s::numeric)
"""
NEWEST = "(SELECT coalesce(max(history_id), 0) FROM {table})"
# Each transaction that writes holds a lock on its number; our own, with age 0, is one of them.
UNDERWAY = """
    SELECT min(pg_current_xact_id()::text::bigint - age(held.transactionid))
    FROM pg_locks held LEFT JOIN pg_stat_activity USING (pid)
    WHERE held.locktype = 'transactionid' AND held.granted
      AND (datname = current_database() OR datname IS NULL)
"""


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every field of every versioned model, by model."""
    found = [
        (
            str(model._meta.verbose_name).capitalize(),
            [(f"{label}.{spec.name}", spec.label) for spec in specs.of_model(model)],
        )
        for label, model in specs.versioned_models().items()
    ]
    return sorted(found)


def within(
    events: EventQuerySet, field: str, least: Decimal | None, most: Decimal | None
) -> EventQuerySet:
    """Those that changed this field; with amounts, those that wrote one in this range into it, or
    into any field that holds one."""
    if not field and least is None and most is None:
        return events
    indexed = FieldChange.objects.order_by()
    if field:
        indexed = indexed.filter(field=field, is_new=False)
    else:
        indexed = indexed.filter(value__isnull=False)
    if least is not None:
        indexed = indexed.filter(value__gte=least)
    if most is not None:
        indexed = indexed.filter(value__lte=most)
    newest = not_indexed(field, least, most)
    return events.filter(Q(pk__in=indexed.values("event_id")) | Q(pk__in=newest)) if newest else (
        events.filter(pk__in=indexed.values("event_id"))
    )  # fmt: skip


def not_indexed(field: str, least: Decimal | None, most: Decimal | None) -> list[int]:
    """The events among the newest versions, which the index does not hold yet."""
    asked = {"field": field, "least": least, "most": most}
    found: set[int] = set()
    done, newest_of = progress(), newest_versions()
    for label, model in specs.versioned_models().items():
        if (field and not field.startswith(f"{label}.")) or not (field or has_money(model)):
            continue
        newest = newest_of[label]
        after = max(done.get(label, 0), newest - NEWEST_VERSIONS)
        if newest > after:
            with connection.cursor() as cursor:
                statement = ASKED.format(changed=changed_sql(model))
                cursor.execute(statement, asked | {"after": after, "to": newest})
                found |= {event_id for (event_id,) in cursor.fetchall()}
    return sorted(found)


def missing() -> int:
    """How many versions neither the index holds nor a search compares."""
    done = progress()
    behind = (
        newest - done.get(label, 0) - NEWEST_VERSIONS for label, newest in newest_versions().items()
    )
    return sum(count for count in behind if count > 0)


def catch_up() -> int:
    """Indexes the versions that came since the last time. Returns how many there were.

    Ids are given out before they are committed. So this remembers the newest id it sees and the
    transactions that could still be writing below it, and goes so far once all these are over.
    Only then it looks further: else some that are always underway would hold it up for ever.
    """
    count = 0
    for label, model in specs.versioned_models().items():
        row, _ = FieldProgress.objects.get_or_create(model=label)
        # Before this transaction has its number: what was to write a lower id has a lower one.
        newest = newest_version(model)
        with transaction.atomic():
            row = FieldProgress.objects.select_for_update().get(pk=row.pk)
            if row.seen_before > oldest_underway():
                continue
            count += index_up_to(row, model)
            if row.version_id >= row.seen_version:
                row.seen_version, row.seen_before = newest, own_transaction()
            row.save()
    return count


def index_up_to(row: FieldProgress, model: type[models.Model]) -> int:
    """Indexes what was seen the last time, a batch at most."""
    to = min(row.seen_version, row.version_id + BATCH)
    count = max(0, to - row.version_id)
    if count:
        with connection.cursor() as cursor:
            cursor.execute(FILL + changed_sql(model), {"after": row.version_id, "to": to})
        row.version_id = to
    return count


def progress() -> dict[str, int]:
    return dict(FieldProgress.objects.values_list("model", "version_id"))


def newest_version(model: type[models.Model]) -> int:
    newest = version_model(model).objects.order_by("-history_id")
    found: int | None = newest.values_list("history_id", flat=True).first()
    return found or 0


def newest_versions() -> dict[str, int]:
    """Of every versioned model, by its label; one query, which reads the end of each index."""
    labels = list(specs.versioned_models())
    with connection.cursor() as cursor:
        cursor.execute(newest_sql())
        return dict(zip(labels, cursor.fetchone() or (), strict=True))


@cache
def newest_sql() -> str:
    tables = [version_model(each)._meta.db_table for each in specs.versioned_models().values()]
    return f"SELECT {', '.join(NEWEST.format(table=quoted(table)) for table in tables)}"


def oldest_underway() -> int:
    """Of this database, and of those prepared to commit: others of the server write elsewhere."""
    return number_of(UNDERWAY)


def own_transaction() -> int:
    return number_of("SELECT pg_current_xact_id()::text::bigint")


def number_of(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def has_money(model: type[models.Model]) -> bool:
    return any(spec.kind == "money" for spec in specs.of_model(model))


@cache
def changed_sql(model: type[models.Model]) -> str:
    version: Any = version_model(model)
    column_of = {field.attname: quoted(field.column) for field in version._meta.concrete_fields}
    values = [
        VALUE.format(
            name=f"{model._meta.label_lower}.{spec.name}",
            column=column_of[spec.name],
            amount=f"version.{column_of[spec.name]}" if spec.kind == "money" else "NULL",
        )
        for spec in specs.of_model(model)
    ]
    return CHANGED.format(
        table=quoted(version._meta.db_table),
        key=quoted(str(model._meta.pk.column)),
        values=", ".join(values),
    )
