"""From a file, packed or not, to records: lines, cells and the reason why a record cannot be read.

Reading streams and never stops at a bad line. The digest is of the unpacked bytes, so a file is
the same file whether it comes as .csv, .csv.xz or .csv.gz.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import lzma
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, Protocol, cast

CHUNK = 1 << 20
# A file without line ends must not fill the memory.
MAX_LINE = 1_000_000
XZ, GZIP, ZIP = b"\xfd7zXZ\x00", b"\x1f\x8b", b"PK\x03\x04"
BROKEN = (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile)


class SourceError(Exception):
    """The file as a whole cannot be imported; the message says what to do."""


class SourceChanged(SourceError):
    """The file is not the one that was surveyed."""


class Survey(NamedTuple):
    """What the quick first pass finds: enough for a percentage and to recognise the file again."""

    sha256: str
    size: int
    lines: int


class Record(NamedTuple):
    """One CSV record as found. `reason` is empty when `cells` can be used."""

    line: int
    raw: str
    cells: list[str]
    reason: str


class Line(NamedTuple):
    number: int
    text: str
    reason: str


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The unpacked bytes of `path`, told by its first bytes and not by its name."""
    with path.open("rb") as plain:
        start = plain.read(6)
        plain.seek(0)
        if start.startswith(ZIP):
            raise SourceError(
                f"{path.name} is a ZIP or Excel file. Unpack it or save it as CSV, and import that."
            )
        if start.startswith(XZ):
            with lzma.open(plain) as unpacked:
                yield unpacked
        elif start.startswith(GZIP):
            with gzip.open(plain) as unpacked:
                yield cast("IO[bytes]", unpacked)
        else:
            yield plain


def survey(path: Path) -> Survey:
    """Read the whole file once, so that a damaged one is refused before anything is written."""
    try:
        with opened(path) as stream:
            found = _surveyed(stream)
    except BROKEN as error:
        raise SourceError(
            f"{path.name} is damaged or cut off ({error}). Fetch it again and repeat the command."
        ) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not found.size:
        raise SourceError(f"{path.name} is empty.")
    return found


def _surveyed(stream: IO[bytes]) -> Survey:
    digest, size, lines, last = hashlib.sha256(), 0, 0, b"\n"
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    return Survey(digest.hexdigest(), size, lines + (last != b"\n"))


class Hashed:
    """Hashes the lines that are read through it, to tell whether the file was the surveyed one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def readline(self, size: int) -> bytes:
        line = self._stream.readline(size)
        self._digest.update(line)
        return line

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class Lines(Protocol):
    def readline(self, size: int, /) -> bytes: ...


def physical_lines(stream: Lines) -> Iterator[Line]:
    """Each line with its number, decoded; what cannot be text says so instead of raising."""
    number = 0
    while data := stream.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        if len(data) > MAX_LINE:
            yield Line(
                number,
                data[:200].decode(errors="backslashreplace"),
                f"longer than {MAX_LINE:,} bytes",
            )
            while data and not data.endswith(b"\n"):
                data = stream.readline(CHUNK)
        elif b"\0" in data:
            yield Line(number, data.decode(errors="backslashreplace"), "contains a NUL character")
        else:
            yield _decoded(number, data)


def _decoded(number: int, data: bytes) -> Line:
    try:
        return Line(number, data.decode(), "")
    except UnicodeDecodeError as error:
        return Line(
            number, data.decode(errors="backslashreplace"), f"is not UTF-8 (byte {error.start + 1})"
        )


class Records:
    """CSV records of a stream. Of a wrong record over several lines only the first is given up and
    the others are read again: one stray quote costs one row, not all that follow."""

    def __init__(self, stream: Lines, delimiter: str) -> None:
        self._lines = physical_lines(stream)
        self._again: deque[Line] = deque()
        self._delimiter = delimiter
        self.width = 0

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        while True:
            record, taken = self._read()
            if not taken:
                raise StopIteration
            if record.reason and len(taken) > 1:
                self._again.extendleft(reversed(taken[1:]))
            # The reader gives an empty list for an empty line, which is nobody's row.
            if record.cells or record.reason:
                return record

    def _read(self) -> tuple[Record, list[Line]]:
        taken: list[Line] = []
        cells: list[str] = []
        reason = ""
        try:
            cells = next(csv.reader(self._feed(taken), delimiter=self._delimiter, strict=True), [])
        except csv.Error as error:
            reason = f"is not proper CSV ({error})"
        reason = next((line.reason for line in taken if line.reason), reason)
        if not reason and cells and self.width and len(cells) != self.width:
            reason = f"has {len(cells)} columns where the header has {self.width}"
        number = taken[0].number if taken else 0
        raw = taken[0].text if reason else "".join(line.text for line in taken)
        return Record(number, raw.rstrip("\r\n"), cells, reason), taken

    def _feed(self, taken: list[Line]) -> Iterator[str]:
        while True:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            taken.append(line)
            yield line.text


def header(records: Records, file_name: str) -> list[str]:
    """The first record, as column names; from then on every record must have as many cells."""
    record = next(records, None)
    if record is None:
        raise SourceError(f"{file_name} has no header line.")
    if record.reason:
        raise SourceError(
            f"The header of {file_name} {record.reason}. Save the file as CSV in UTF-8."
        )
    records.width = len(record.cells)
    return [name.strip() for name in record.cells]
