"""A transaction's number is not enough: a restored server counts again from where it was.

An event that bears this transaction's number, but was recorded before the transaction began, is
of another transaction of the same number.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from audit import roles
from tests.recorder_models.models import Parent


def write_under_an_event_recorded(since_the_beginning: str, parent: Parent) -> None:
    """As the owner, who may forge within a transaction that is undone."""
    with roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_open('parent.changed', 'Ana')")
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_guard")
        cursor.execute(
            "UPDATE audit_event SET recorded_at = transaction_timestamp() + %s::interval"
            " WHERE id = current_setting('audit.event')::bigint"
            " AND txid = pg_current_xact_id()::text::bigint",
            [since_the_beginning],
        )
        assert cursor.rowcount == 1
        cursor.execute("UPDATE recorder_models_parent SET name = 'new' WHERE id = %s", [parent.pk])
        transaction.set_rollback(True)


@pytest.mark.parametrize("earlier", ["-1 microsecond", "-1 hour", "-1 year"])
def test_an_event_from_before_the_transaction_covers_no_write(earlier: str, parent: Parent) -> None:
    with pytest.raises(IntegrityError, match="unrecorded change: UPDATE on recorder_models_parent"):
        write_under_an_event_recorded(earlier, parent)


@pytest.mark.parametrize("later", ["0", "1 microsecond"])
def test_an_event_since_the_beginning_of_the_transaction_covers_it(
    later: str, parent: Parent
) -> None:
    write_under_an_event_recorded(later, parent)
