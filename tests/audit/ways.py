"""Ways to write to versioned rows: through the ORM, the library and SQL. One function each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import override_settings
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from audit import recording
from requests_app.models import Customer
from tests.recorder_models.models import Child, EveryField, Parent, ParentProxy, ParentTag, Tag


@dataclass(frozen=True)
class Rows:
    """What a way may write to: a parent with a child and a tag, another tag, a file to load."""

    parent: Parent
    child: Child
    tag: Tag
    spare_tag: Tag
    fixture: Path


Way = Callable[[Rows], object]


def save(rows: Rows) -> None:
    rows.parent.name = "saved"
    rows.parent.save()


def save_of_some_fields_with_others_dirty(rows: Rows) -> None:
    rows.parent.note = "in memory only"
    rows.parent.name = "saved"
    rows.parent.save(update_fields=["name"])


def save_with_an_expression(rows: Rows) -> None:
    rows.parent.count = F("count") + 1
    rows.parent.save()


def save_of_a_proxy(rows: Rows) -> None:
    proxy = ParentProxy.objects.get(pk=rows.parent.pk)
    proxy.name = "by proxy"
    proxy.save()


def create(rows: Rows) -> None:
    Child.objects.create(parent=rows.parent, name="created")


def create_with_a_key_of_its_own(rows: Rows) -> None:
    EveryField.objects.create(token=uuid.uuid4(), words=["one"])


def update_or_create(rows: Rows) -> None:
    Parent.objects.update_or_create(pk=rows.parent.pk, defaults={"name": "updated or created"})


def update(rows: Rows) -> None:
    Parent.objects.filter(pk=rows.parent.pk).update(name="updated", count=F("count") + 5)


def bulk_create(rows: Rows) -> None:
    Child.objects.bulk_create([Child(parent=rows.parent, name=name) for name in ("a", "b", "c")])


def bulk_update(rows: Rows) -> None:
    rows.parent.name = "in bulk"
    Parent.objects.bulk_update([rows.parent], ["name"])


def upsert(rows: Rows) -> None:
    Parent.objects.bulk_create(
        [Parent(pk=rows.parent.pk, name="upserted"), Parent(name="inserted beside it")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name"],
    )


def delete(rows: Rows) -> None:
    rows.child.delete()


def delete_by_query(rows: Rows) -> None:
    Child.objects.filter(pk=rows.child.pk).delete()


def delete_past_the_collector(rows: Rows) -> None:
    Child.objects.filter(pk=rows.child.pk)._raw_delete("default")


def cascade(rows: Rows) -> None:
    rows.parent.delete()


def cascade_by_query(rows: Rows) -> None:
    Parent.objects.filter(pk=rows.parent.pk).delete()


def many_to_many_add(rows: Rows) -> None:
    rows.parent.tags.add(rows.spare_tag)


def many_to_many_remove(rows: Rows) -> None:
    rows.parent.tags.remove(rows.tag)


def many_to_many_set_from_the_other_side(rows: Rows) -> None:
    rows.tag.parent_set.set([])


def many_to_many_clear(rows: Rows) -> None:
    rows.parent.tags.clear()


def many_to_many_through_row(rows: Rows) -> None:
    ParentTag.objects.create(parent=rows.parent, tag=rows.spare_tag)


def loaddata(rows: Rows) -> None:
    call_command("loaddata", str(rows.fixture), verbosity=0)


def run(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def raw_insert(rows: Rows) -> None:
    run("INSERT INTO recorder_models_tag (name) VALUES (%s)", f"raw {rows.parent.pk}")


def raw_update(rows: Rows) -> None:
    run("UPDATE recorder_models_parent SET name = 'raw' WHERE id = %s", rows.parent.pk)


def raw_delete(rows: Rows) -> None:
    run("DELETE FROM recorder_models_child WHERE id = %s", rows.child.pk)


def raw_upsert(rows: Rows) -> None:
    run(
        "INSERT INTO recorder_models_tag (name) VALUES (%s)"
        " ON CONFLICT (name) DO UPDATE SET name = excluded.name || ' again'",
        rows.tag.name,
    )


def open_before_copy() -> None:
    """COPY cannot carry the opening along: who copies in a recording asks for its id first."""
    opened = recording.current()
    assert opened is None or opened.id


def copy_from(rows: Rows) -> None:
    open_before_copy()
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY recorder_models_child (parent_id, name) FROM STDIN") as copy,
    ):
        copy.write_row((rows.parent.pk, "copied"))
        copy.write_row((rows.parent.pk, "copied too"))


def copy_customer(customer: Customer) -> None:
    """Adds one of the same entity, by COPY and without asking for an event's id."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY requests_app_customer (entity_id, name, email, phone, reference, is_active)"
            " FROM STDIN"
        ) as copy,
    ):
        copy.write_row((customer.entity_id, "Copied", "", "", "COPY-1", True))


def merge(rows: Rows) -> None:
    run(
        "MERGE INTO recorder_models_child AS child USING (VALUES (%s::bigint), (-1)) AS source (id)"
        " ON child.id = source.id WHEN MATCHED THEN UPDATE SET name = 'merged'"
        " WHEN NOT MATCHED THEN INSERT (parent_id, name) VALUES (%s, 'merged anew')",
        rows.child.pk,
        rows.parent.pk,
    )


def modifying_query(rows: Rows) -> None:
    run(
        "WITH gone AS (DELETE FROM recorder_models_child WHERE id = %s RETURNING *)"
        " UPDATE recorder_models_parent SET count = count + (SELECT count(*) FROM gone)"
        " WHERE id = %s",
        rows.child.pk,
        rows.parent.pk,
    )


def library_bulk_create(rows: Rows) -> None:
    children = [Child(parent=rows.parent, name=name) for name in ("a", "b")]
    bulk_create_with_history(children, Child, default_change_reason="never mind")


def library_bulk_create_ignoring_conflicts(rows: Rows) -> None:
    bulk_create_with_history([Tag(name=f"new {rows.tag}")], Tag, ignore_conflicts=True)


def library_bulk_update(rows: Rows) -> None:
    rows.parent.name = "by the library"
    bulk_update_with_history([rows.parent], Parent, ["name"])


def save_with_history_disabled(rows: Rows) -> None:
    with override_settings(SIMPLE_HISTORY_ENABLED=False):
        save(rows)


def save_that_asks_to_skip_history(rows: Rows) -> None:
    rows.parent.skip_history_when_saving = True
    save(rows)


WAYS: tuple[Way, ...] = (
    save, save_of_some_fields_with_others_dirty, save_with_an_expression, save_of_a_proxy, create,
    create_with_a_key_of_its_own, update_or_create, update, bulk_create, bulk_update, upsert,
    delete, delete_by_query, delete_past_the_collector, cascade, cascade_by_query,
    many_to_many_add, many_to_many_remove, many_to_many_set_from_the_other_side,
    many_to_many_clear, many_to_many_through_row, loaddata, raw_insert, raw_update, raw_delete,
    raw_upsert, copy_from, merge, modifying_query, library_bulk_create,
    library_bulk_create_ignoring_conflicts, library_bulk_update, save_with_history_disabled,
    save_that_asks_to_skip_history,
)  # fmt: skip
