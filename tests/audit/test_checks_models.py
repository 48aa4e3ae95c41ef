"""The system check refuses models that the recorder could not represent, and is registered."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import isolate_apps

from audit import checks, roles
from audit.versions import Versioned
from tests.recorder_models.models import Parent

LIVE, VERSION = "recorder_models_parent", "recorder_models_historicalparent"


def of(model: Any) -> list[str]:
    return [problem for problem, _hint in checks.model_problems(model)]


@isolate_apps("tests.recorder_models", "audit")
def test_a_composite_primary_key_is_refused() -> None:
    class Doubly(models.Model):
        pk = models.CompositePrimaryKey("left", "right")
        left = models.IntegerField()
        right = models.IntegerField()
        history = Versioned()

        class Meta:
            app_label = "recorder_models"

    assert of(Doubly) == ["a composite primary key cannot be versioned"]


@pytest.mark.parametrize(("is_stored", "expected"), [
    (False, ["virtual generated column doubled cannot be versioned"]),
    (True, []),
])  # fmt: skip
def test_a_generated_column_is_refused_unless_it_is_stored(
    is_stored: bool, expected: list[str]
) -> None:
    with isolate_apps("tests.recorder_models", "audit"):

        class Computed(models.Model):
            amount = models.IntegerField()
            doubled = models.GeneratedField(
                expression=models.F("amount") * 2,
                output_field=models.IntegerField(),
                db_persist=is_stored,
            )
            history = Versioned()

            class Meta:
                app_label = "recorder_models"

    assert of(Computed) == expected


def test_the_check_command_reports_it_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("tests.recorder_models", "audit") as isolated:

        class Grandparent(Parent):
            versions = Versioned()

            class Meta:
                app_label = "recorder_models"

    monkeypatch.setattr(checks, "apps", isolated)

    [error] = [message for message in run_checks() if message.id == "audit.E001"]

    assert error.is_serious()
    assert error.obj is Grandparent
    assert error.msg == "multi-table inheritance cannot be versioned"
    assert error.hint == "Inherit from an abstract model."


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("kind", ["virtual", "stored"])
def test_a_generated_column_added_by_hand_is_refused_unless_it_is_stored(kind: str) -> None:
    with roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        if kind == "virtual" and connection.pg_version < 18_00_00:
            pytest.skip("PostgreSQL has virtual generated columns since 18")
        cursor.execute(f"ALTER TABLE {LIVE} ADD twice int GENERATED ALWAYS AS (count * 2) {kind}")
        cursor.execute(f"ALTER TABLE {VERSION} ADD twice int")
        refusal = ""

        try:
            with transaction.atomic():
                cursor.execute(f"SELECT audit_install('{LIVE}', '{VERSION}')")
        except DatabaseError as error:
            refusal = str(error)
        transaction.set_rollback(True)

    refused = f"virtual generated column(s) twice of public.{LIVE} cannot be versioned"
    assert refusal.partition("\n")[0] == (refused if kind == "virtual" else "")
