"""Reading a source file: packed or not, good or bad, whole or damaged."""

from __future__ import annotations

import gzip
import io
import lzma
from pathlib import Path

import pytest

from requests_app.importing.source import reading
from requests_app.importing.source.reading import Record, Records, SourceError


def records(data: bytes) -> list[Record]:
    found = Records(io.BytesIO(data), ",")
    reading.header(found, "file.csv")
    return list(found)


def reasons(data: bytes) -> list[tuple[int, str]]:
    return [(record.line, record.reason) for record in records(data)]


def test_the_digest_is_of_the_unpacked_bytes(tmp_path: Path) -> None:
    data = b"a,b\n1,2\n"
    (tmp_path / "plain.csv").write_bytes(data)
    (tmp_path / "packed.csv.xz").write_bytes(lzma.compress(data))
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(data))
    surveys = {reading.survey(path) for path in tmp_path.iterdir()}
    assert len(surveys) == 1
    assert surveys.pop()[1:] == (8, 2)


def test_a_packed_file_is_recognised_under_any_name(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_bytes(lzma.compress(b"a,b\n1,2\n"))
    with reading.opened(path) as stream:
        assert stream.read() == b"a,b\n1,2\n"


def test_a_last_line_without_end_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2")
    assert reading.survey(path).lines == 2


@pytest.mark.parametrize("pack", [lzma.compress, gzip.compress])
def test_a_file_that_is_cut_off_is_refused_before_reading_rows(
    tmp_path: Path, pack: object
) -> None:
    path = tmp_path / "cut.csv.xz"
    path.write_bytes(pack(b"a,b\n" + b"1,2\n" * 1000)[:-9])  # type: ignore[operator]
    with pytest.raises(SourceError, match=r"damaged or cut off.*Fetch it again"):
        reading.survey(path)


def test_an_excel_file_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(SourceError, match="save it as CSV"):
        reading.survey(path)


def test_a_missing_file_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        reading.survey(tmp_path / "absent.csv")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(SourceError, match="is empty"):
        reading.survey(tmp_path / "empty.csv")


def test_good_records_have_their_line_and_cells() -> None:
    assert records(b'a,b\r\n1,"x, y"\r\n\r\n3,4\r\n') == [
        Record(2, '1,"x, y"', ["1", "x, y"], ""),
        Record(4, "3,4", ["3", "4"], ""),
    ]


def test_a_byte_order_mark_is_not_part_of_the_first_column() -> None:
    found = Records(io.BytesIO(b"\xef\xbb\xbfnumber,b\n"), ",")
    assert reading.header(found, "file.csv") == ["number", "b"]


def test_a_quoted_cell_may_span_lines() -> None:
    assert records(b'a,b\n1,"two\nlines"\n3,4\n')[0].cells == ["1", "two\nlines"]


def test_bad_rows_say_what_is_wrong_and_the_next_row_is_read() -> None:
    assert reasons(b"a,b\n1\n1,2,3\n\xff,2\n1,\0\n5,6\n") == [
        (2, "has 1 columns where the header has 2"),
        (3, "has 3 columns where the header has 2"),
        (4, "is not UTF-8 (byte 1)"),
        (5, "contains a NUL character"),
        (6, ""),
    ]


def test_a_stray_quote_costs_one_row_only() -> None:
    rows = b"".join(b"%d,x\n" % number for number in range(5000))
    found = reasons(b'a,b\n0,"x\n' + rows)
    assert [line for line, reason in found if reason] == [2]
    assert len(found) == 5001


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    found = records(b"a,b\n" + b"x" * 3_000_000 + b"\n1,2\n")
    assert found[0].reason == "longer than 1,000,000 bytes"
    assert len(found[0].raw) < 1000
    assert found[1].cells == ["1", "2"]


def test_a_header_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(SourceError, match=r"header of file\.csv is not UTF-8"):
        records(b"\xff\xfe\n")
