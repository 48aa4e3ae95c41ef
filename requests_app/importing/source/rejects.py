"""The reject file: every row that was not imported, with its line and the reason, for people."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import IO, Any, Self

from requests_app.importing.source.reading import SourceError

HEADER = ("line", "reason", "row")
# The file's own lines are untrusted; a spreadsheet runs a cell that starts like a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHOWN = 5


class Rejects:
    """Counts rejected rows, keeps the first few for the report and writes all to `path`.

    The file is made at the first one; without a path they are only counted. What is not a reject
    file is never overwritten.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.count = 0
        self.first: list[dict[str, Any]] = []
        self._file: IO[str] | None = None
        if path is not None and path.exists() and not _is_ours(path):
            raise SourceError(
                f"{path} exists and is not a reject file. Name another one with --rejects."
            )

    def add(self, line: int, reason: str, raw: str) -> None:
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append({"line": line, "reason": reason[:500]})
        if self.path is None:
            return
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(HEADER)
        csv.writer(self._file).writerow((line, _harmless(reason), _harmless(raw)))
        # A killed import keeps what it rejected.
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()


def _harmless(text: str) -> str:
    text = text.replace("\0", "\\x00")
    return f"'{text}" if text.startswith(FORMULA) else text


def _is_ours(path: Path) -> bool:
    with path.open("rb") as found:
        return found.readline(100).strip() == ",".join(HEADER).encode()
