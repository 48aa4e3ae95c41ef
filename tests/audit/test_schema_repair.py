"""After migrating, triggers, guards and rights are put right, and what is right is left alone."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from audit import checks
from tests.audit import sessions
from tests.recorder_models.models import Parent


@pytest.mark.parametrize("damage", [
    "DROP TRIGGER audit_write ON recorder_models_parent",
    "ALTER TABLE recorder_models_parent DISABLE TRIGGER USER",
    "DROP TRIGGER audit_guard ON audit_event",
    "GRANT ALL ON audit_event, recorder_models_historicalparent TO {app}",
    "GRANT UPDATE (reason) ON audit_event TO {app}",
    "GRANT EXECUTE ON FUNCTION audit_install TO PUBLIC",
    "ALTER FUNCTION audit_open RESET search_path",
    "CREATE OR REPLACE FUNCTION audit_stamp() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN new; END'",
    "DROP FUNCTION audit_refuse_insert CASCADE",
])  # fmt: skip
def test_migrating_again_repairs(damage: str, own_database: str) -> None:
    with sessions.open("owner") as owner:
        owner.execute(damage.replace("{app}", sessions.name_of("app")))
    assert checks.problems(connection) != []

    call_command("migrate", verbosity=0)

    assert checks.problems(connection) == []


def test_migrating_a_healthy_database_again_locks_no_table(own_database: str) -> None:
    """A row that somebody is just changing does not hold up a start that migrates."""
    with sessions.open("app") as busy:
        busy.execute("SELECT audit_open('x.y', 'busy')")
        busy.execute("INSERT INTO recorder_models_parent (name, note, count) VALUES ('a', '', 0)")

        call_command("migrate", verbosity=0)

        busy.commit()
    assert Parent.objects.count() == 1
