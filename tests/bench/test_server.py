"""The large database is kept as long as the migrations that made it stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import server

MADE_BY = {"audit/0001.py": "a", "finance/0001.py": "b"}


@pytest.mark.parametrize(
    ("present", "is_kept"),
    [
        (MADE_BY, True),
        (MADE_BY | {"audit/0002.py": "c"}, True),
        (MADE_BY | {"audit/0001.py": "another"}, False),
        ({"audit/0001.py": "a"}, False),
    ],
    ids=["the same", "one more", "one rewritten", "one gone"],
)
def test_only_what_is_new_may_differ(
    tmp_path: Path, present: dict[str, str], is_kept: bool
) -> None:
    mark = tmp_path / "casetrail.migrations"
    mark.write_text(json.dumps(MADE_BY))
    assert server.is_made_by(mark, present) is is_kept


def test_a_database_without_a_mark_is_made_anew(tmp_path: Path) -> None:
    assert not server.is_made_by(tmp_path / "casetrail.migrations", MADE_BY)


def test_every_app_with_tables_is_watched() -> None:
    folders = {path.split("/")[0] for path in server.migrations()}
    assert folders == {"audit", "finance", "requests_app"}
