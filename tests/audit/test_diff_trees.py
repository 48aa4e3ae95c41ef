"""Lists and JSON values that differ become rows of what was added, removed and changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.diffs import Change, FieldSpec, Kind, changes
from audit.diffs.details import ROW_CAP

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


def only(before: object, after: object, kind: Kind) -> Change:
    """The one change of a row that has one field of this kind."""
    (change,) = changes({"v": before}, {"v": after}, [FieldSpec("v", "V", kind)])
    return change


def test_lists_show_what_left_and_what_joined_them() -> None:
    change = only(["a", "b", "b"], ["b", "c"], "list")
    assert [(row.op, row.before, row.after) for row in change.rows] == [
        ("removed", "a", ""),
        ("removed", "b", ""),
        ("added", "", "c"),
    ]


def test_a_list_in_another_order_says_so() -> None:
    change = only(["a", "b"], ["b", "a"], "list")
    assert (change.notice, change.rows) == ("only the order changed", ())


def test_a_list_of_references_tells_people_of_one_name_apart() -> None:
    spec = FieldSpec("ids", "Watchers", "list", reference="user")
    names = {("user", "1"): "Ana", ("user", "2"): "Ana"}
    (change,) = changes({"ids": [1]}, {"ids": [2]}, [spec], names)
    assert [row.before + row.after for row in change.rows] == ["Ana (id 1)", "Ana (id 2)"]


def test_json_is_compared_by_path() -> None:
    old = {"address": {"city": "Bonn"}, "lines": [{"n": 1}, {"n": 2}], "a b": 1}
    new = {"address": {"city": "Köln"}, "lines": [{"n": 0}, {"n": 1}, {"n": 2}], "x": None}
    change = only(old, new, "json")
    assert [(row.op, row.path, row.before, row.after) for row in change.rows] == [
        ("removed", '["a b"]', "1", ""),
        ("changed", "address.city", "Bonn", "Köln"),
        ("added", "lines[0]", "", '{"n": 0}'),
        ("added", "x", "", "not set"),
    ]


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), (1, True), (1, "1"), (0.0, -0.0)])
def test_json_values_of_different_types_are_different(old: object, new: object) -> None:
    (row,) = only({"a": old}, {"a": new}, "json").rows
    assert (row.op, row.path) == ("changed", "a")


def test_json_nested_deeper_than_python_can_follow_is_still_compared() -> None:
    old: Any = 1
    new: Any = 2
    for _ in range(5_000):
        old, new = [old], [new]
    (row,) = only(old, new, "json").rows
    assert (row.op, row.before) == ("changed", "nested too deeply to show")


@given(JSON, JSON)
@settings(deadline=None)
def test_json_values_that_differ_always_show_a_difference(old: object, new: object) -> None:
    found = changes({"v": old}, {"v": new}, [FieldSpec("v", "V", "json")])
    if not found:
        assert repr(old) == repr(new)
    for change in found:
        assert change.rows or change.segments or change.notice or change.before != change.after


@pytest.mark.parametrize("kind", ["list", "json"])
def test_more_rows_than_anyone_reads_are_shown_whole_with_a_notice(kind: Kind) -> None:
    change = only(list(range(ROW_CAP + 1)), ["none of them"], kind)
    assert (change.rows, change.notice) == ((), "more than 500 differences; shown whole")
    assert change.before.endswith(str(ROW_CAP) + ("]" if kind == "json" else ""))
