"""Where each row stands in a file, also those that have not been reached yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from requests_app.importing.source import reading
from requests_app.importing.source.layout import Layout, RowError
from requests_app.importing.source.reading import Records
from requests_app.importing.source.tracking import Tracker

Place = tuple[str, int]  # a row's digest, and the line it begins on


class Places:
    """The lines of rows by their digests, in SQLite's temporary file.

    `read` gives all of the file's rows. It is called when a line is first asked for, because it
    costs a whole reading of the file and most imports need none.
    """

    def __init__(self, read: Callable[[], Iterable[Place]]) -> None:
        self._read = read
        self._kept: sqlite3.Connection | None = None

    def last(self, digests: Iterable[str]) -> int:
        """The line of the last of these rows; 0 if the file has none of them."""
        if self._kept is None:
            self._kept = _kept(self._read())
        find = "SELECT line FROM place WHERE digest = ?"
        found = (self._kept.execute(find, (digest,)).fetchone() for digest in digests)
        return max((line for (line,) in filter(None, found)), default=0)

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()


def places_in(path: Path, layout: Layout) -> Iterator[Place]:
    """Of every row that can be read."""
    with reading.opened(path) as stream, closing(Tracker(layout)) as tracker:
        records = Records(stream, layout.profile.delimiter)
        reading.header(records, path.name)
        for record in records:
            if record.reason:
                continue
            try:
                step = tracker.step(layout.row(record))
            except RowError:
                continue
            yield step.digest, step.row.line


def _kept(places: Iterable[Place]) -> sqlite3.Connection:
    # An empty name is a private file that SQLite itself deletes.
    kept = sqlite3.connect("", isolation_level=None)
    kept.execute("CREATE TABLE place (digest TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
    kept.execute("BEGIN")
    kept.executemany("INSERT INTO place VALUES (?, ?)", places)
    kept.execute("COMMIT")
    return kept
