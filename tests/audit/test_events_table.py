"""Nothing that happens elsewhere can touch an event, and every registered kind is listed."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection

from audit import kinds, triggers
from audit.triggers import EVENT_TABLE

VERSIONS = [pair.version for pair in triggers.pairs()]


def foreign_keys(table: str) -> list[str]:
    """Those of the table to others and those of others to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f'"
            " AND %s::regclass IN (conrelid, confrelid)",
            [table],
        )
        return [row[0] for row in cursor]


@pytest.mark.django_db
def test_no_foreign_key_leads_from_events_or_to_them() -> None:
    assert foreign_keys(EVENT_TABLE) == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", VERSIONS)
def test_no_foreign_key_leads_from_versions_or_to_them(table: str) -> None:
    assert foreign_keys(table) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attnotnull FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attname = 'event_id'",
            [table],
        )
        assert cursor.fetchall() == [(True,)]


@pytest.mark.django_db
def test_foreign_keys_would_be_found() -> None:
    assert foreign_keys("requests_app_supportrequest")


def test_every_registered_kind_is_printed_with_its_meaning() -> None:
    out = io.StringIO()

    call_command("event_kinds", stdout=out)

    lines = out.getvalue().splitlines()
    known = kinds.registered()
    assert [line.split()[0] for line in lines] == [kind.name for kind in known]
    for line, kind in zip(lines, known, strict=True):
        assert kind.label in line
        assert f"… {kind.sentence}" in line
        assert line.endswith("(needs a reason)") == kind.needs_reason
