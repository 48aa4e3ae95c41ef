"""What parts of the bench read from the product's commands is what those write."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from audit import actors
from bench import dataset, importing, incidents
from bench.importing import Measured
from requests_app import people

pytestmark = pytest.mark.django_db


def test_the_rate_is_the_one_that_make_dataset_tells() -> None:
    assert dataset.written(3) > 0


def test_an_import_counts_only_if_every_row_became_an_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by = actors.command("test")
    people.add_entity(by=by, code="US", name="Example Inc.", currency="USD")
    incidents.write(tmp_path / "log.csv", 40)
    out = io.StringIO()
    call_command(
        "import_requests", str(tmp_path / "log.csv"), "--profile=servicenow-incident",
        "--entity=US", f"--rejects={tmp_path / 'rejects.csv'}", "--json", "--quiet", stdout=out,
    )  # fmt: skip
    measured = Measured(rows=40, seconds=0.5, peak=80 * 2**20)
    importing.check(json.loads(out.getvalue()), measured)
    assert "80 rows/s, 80.0 MB" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="nothing was measured"):
        importing.check(json.loads(out.getvalue()), dataclasses.replace(measured, rows=41))
