"""Changes in two columns: exact on either side, and lines opposite those they come from."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.diffs import FieldSpec, changes, have_sides, side_by_side
from audit.diffs.sides import Line, paired
from audit.diffs.texts import Segment, compare

NOTE = FieldSpec("note", "Note", "long_text")
TITLE = FieldSpec("title", "Title")
LINES = st.lists(st.sampled_from(["a b c", "a x c", "b", "c d", "", " ", "é\r"]), max_size=30)
TEXTS = st.one_of(LINES.map("\n".join), st.text(max_size=50))
SEGMENTS = st.lists(
    st.builds(
        Segment,
        st.sampled_from(["same", "removed", "added", "folded"]),
        st.text(alphabet="ab\n", min_size=1, max_size=6),
    ),
    max_size=12,
)
MARKS = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}


def joined(parts: Iterable[Segment]) -> str:
    return "".join(part.text for part in parts)


def sides(lines: Iterable[Line]) -> tuple[str, str]:
    listed = list(lines)
    return (
        "".join(joined(line.before) for line in listed),
        "".join(joined(line.after) for line in listed),
    )


def opposite(before: str, after: str) -> list[tuple[str, str]]:
    """What stands left and right, line by line, with its marks."""
    return [
        (marked(line.before), marked(line.after))
        for line in paired(compare(before, after).segments)
    ]


def marked(parts: Iterable[Segment]) -> str:
    return "".join(MARKS[part.op].format(part.text) for part in parts)


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_the_left_side_is_the_old_text_and_the_right_side_the_new_one(old: str, new: str) -> None:
    assert sides(paired(compare(old, new).segments)) == (old, new)


@given(SEGMENTS)
def test_no_part_is_lost_or_crosses_over_however_the_parts_come(segments: list[Segment]) -> None:
    lines = list(paired(segments))
    assert sides(lines) == (
        joined(part for part in segments if part.op != "added"),
        joined(part for part in segments if part.op != "removed"),
    )
    assert all(line.before or line.after for line in lines)
    assert not any(part.op == "added" for line in lines for part in line.before)
    assert not any(part.op == "removed" for line in lines for part in line.after)


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_lines_that_are_shared_whole_stand_opposite_themselves(old: str, new: str) -> None:
    for line in paired(compare(old, new).segments):
        if {part.op for part in (*line.before, *line.after)} == {"same"}:
            assert line.before == line.after


def test_a_changed_line_stands_opposite_the_line_it_came_from() -> None:
    assert opposite("one\npay 10 now\ntwo\n", "one\npay 20 now\ntwo\n") == [
        ("one\n", "one\n"),
        ("pay [-10-] now\n", "pay [+20+] now\n"),
        ("two\n", "two\n"),
    ]


def test_a_line_that_came_or_went_stands_opposite_nothing() -> None:
    assert opposite("a\nb\nc\n", "b\nc\nd\n") == [
        ("[-a\n-]", ""),
        ("b\n", "b\n"),
        ("c\n", "c\n"),
        ("", "[+d\n+]"),
    ]


def test_lines_before_a_line_that_goes_on_do_not_push_it_from_its_counterpart() -> None:
    parts = [Segment("added", "new\n2. "), Segment("same", "old\n")]
    assert [(marked(line.before), marked(line.after)) for line in paired(parts)] == [
        ("", "[+new\n+]"),
        ("old\n", "[+2. +]old\n"),
    ]


def test_lines_without_likeness_stand_opposite_each_other_as_one() -> None:
    assert opposite("Nothing here stays.\nkept\n", "All other words\nand more\nkept\n") == [
        ("[-Nothing here stays.\n-]", "[+All other words\nand more\n+]"),
        ("kept\n", "kept\n"),
    ]


def test_folded_lines_are_one_line_that_says_what_it_hides() -> None:
    before = "".join(f"{n}\n" for n in range(20))
    first, *rest = paired(compare(before, before + "end\n").segments)
    assert first.hides == "17 unchanged lines"
    assert first.before == first.after
    assert not any(line.hides for line in rest)


def test_a_change_is_as_high_as_its_lines_rows_and_notice() -> None:
    data = FieldSpec("data", "Data", "json")
    found = changes(
        {"note": "a\nb\n", "data": {"a": 1, "b": 1}, "title": "Old"},
        {"note": "a\nB\n", "data": {"a": 2}, "title": "New"},
        [NOTE, data, TITLE],
    )
    heights = {pair.change.field: pair.height for pair in side_by_side(found)}
    assert heights == {"note": 2 + 1, "data": 2, "title": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, {"title": "New"}),
        ({"title": "Old"}, None),
        ({"title": "Same"}, {"title": "Same"}),
        ({}, {}),
    ],
)
def test_nothing_is_offered_in_columns_where_one_would_be_empty_or_both_the_same(
    before: dict[str, str] | None, after: dict[str, str] | None
) -> None:
    found = changes(before, after, [TITLE], all_fields=True)
    assert not have_sides(found)
    assert side_by_side(found) == []


def test_unchanged_fields_stand_in_columns_beside_changed_ones() -> None:
    found = changes(
        {"title": "Same", "note": "a"}, {"title": "Same", "note": "b"}, [TITLE, NOTE],
        all_fields=True,
    )  # fmt: skip
    assert [pair.change.field for pair in side_by_side(found)] == ["title", "note"]
