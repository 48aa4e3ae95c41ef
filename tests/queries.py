"""Counts what a page asks of the database, beside what the trail on it asks for itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = str(Path(__file__).resolve().parent.parent)
# A page of a trail asks once for each kind of row and of name that is on it, and the first look of
# somebody in fifteen minutes goes on record.
OF_THE_TRAIL = tuple(
    f"{ROOT}/{path}"
    for path in ("audit/timeline.py", "audit/seen.py", "audit/looks.py",
                 "requests_app/request_page/stream.py")
)  # fmt: skip
NO_QUERIES = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements of what runs in this block, without those of the trail."""
    found: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if not str(sql).startswith(NO_QUERIES) and not is_of_the_trail():
            found.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def is_of_the_trail() -> bool:
    """Whether a function of the trail is among those that led here."""
    frame = sys._getframe(2)
    while frame.f_back is not None:
        if frame.f_code.co_filename in OF_THE_TRAIL:
            return True
        frame = frame.f_back
    return False
