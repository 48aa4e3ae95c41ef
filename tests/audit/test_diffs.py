"""Two versions of a row become changes that say exactly what differs, field by field."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.diffs import (
    NO_DIFFERENCES,
    NOT_RECORDED,
    Change,
    FieldSpec,
    Kind,
    changes,
    field_count,
    summary,
)

AMOUNT = FieldSpec("amount", "Amount", "money", currency="currency")
STATUS = FieldSpec("status", "Status", "choice", choices={"new": "New", "done": "Resolved"})
OWNER = FieldSpec("owner_id", "Assigned to", "reference", reference="requests_app.user")
CUSTOM = FieldSpec("custom", "Custom fields", "json", expand=True)


def only(before: object, after: object, spec: FieldSpec | Kind = "text", **row: Any) -> Change:
    """The one change of a row that has one field of this kind."""
    field = FieldSpec("value", "Value", spec) if isinstance(spec, str) else spec
    old, new = {field.name: before, **row}, {field.name: after, **row}
    (change,) = changes(old, new, [field], {("requests_app.user", "1"): "Ana"})
    return change


def both(change: Change) -> tuple[str, str]:
    return change.before, change.after


def test_equal_versions_have_no_changes_and_say_so() -> None:
    row = {"amount": Decimal("1.00"), "currency": "EUR", "status": "new", "custom": {"a": [1]}}
    found = changes(row, dict(row), [AMOUNT, STATUS, CUSTOM])
    assert found == []
    assert summary(found, 3) == "There are no differences between these two versions"


def test_only_changed_fields_are_listed_in_the_order_of_the_fields() -> None:
    before = {"status": "new", "amount": 1, "currency": "EUR", "owner_id": 1}
    after = {"status": "done", "amount": 2, "currency": "EUR", "owner_id": 1}
    found = changes(before, after, [AMOUNT, OWNER, STATUS])
    assert [change.field for change in found] == ["amount", "status"]


def test_all_fields_can_be_listed_and_unchanged_ones_are_marked() -> None:
    before, after = {"status": "new", "owner_id": 1}, {"status": "done", "owner_id": 1}
    found = changes(before, after, [STATUS, OWNER], all_fields=True)
    assert [(change.field, change.is_changed) for change in found] == [
        ("status", True),
        ("owner_id", False),
    ]
    assert summary(found, 2) == "1 of 2 fields changed: status"


def test_the_summary_names_the_changed_fields_and_keeps_acronyms() -> None:
    fields = [FieldSpec("a", "Amount"), FieldSpec("b", "IBAN"), FieldSpec("c", "Due on")]
    found = changes({"a": "1", "b": "2", "c": "3"}, {"a": "9", "b": "9", "c": "9"}, fields)
    assert summary(found, 14) == "3 of 14 fields changed: amount, IBAN, due on"


def test_the_summary_of_a_creation_and_of_a_deletion_does_not_say_changed() -> None:
    row = {"status": "new"}
    assert summary(changes(None, row, [STATUS]), 1) == "1 of 1 field set: status"
    assert summary(changes(row, None, [STATUS]), 1) == "1 of 1 field removed: status"


@pytest.mark.parametrize(
    ("value", "state", "words"),
    [
        ("text", "value", "text"),
        (None, "null", "not set"),
        ("", "blank", "empty"),
        (NOT_RECORDED, "not_recorded", "not recorded then"),
    ],
)
def test_value_null_blank_and_not_recorded_are_four_different_words(
    value: object, state: str, words: str
) -> None:
    change = only(value, "something else")
    assert (change.before_state, change.before) == (state, words)


def test_a_text_that_reads_like_the_word_for_null_is_told_apart_by_its_state() -> None:
    change = only(None, "not set")
    assert (change.before_state, change.after_state) == ("null", "value")


def test_null_to_blank_is_a_change() -> None:
    assert both(only(None, "")) == ("not set", "empty")


def test_a_column_that_a_version_lacks_was_not_recorded_then() -> None:
    (change,) = changes({}, {"status": "new"}, [STATUS])
    assert both(change) == ("not recorded then", "New")


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_new_column_without_a_value_is_no_change(nothing: object) -> None:
    assert changes({}, {"status": nothing}, [STATUS]) == []


def test_a_creation_lists_what_was_set_and_nothing_that_was_not() -> None:
    (change,) = changes(None, {"status": "new", "owner_id": None}, [STATUS, OWNER])
    assert (change.before_state, change.after) == ("absent", "New")


def test_a_deletion_lists_what_was_lost() -> None:
    (change,) = changes({"status": "new", "owner_id": None}, None, [STATUS, OWNER])
    assert (change.before, change.after_state) == ("New", "absent")


def test_money_is_whole_with_currency_and_signed_difference() -> None:
    change = only(Decimal("1250.00"), Decimal("1350.00"), AMOUNT, currency="EUR")
    assert both(change) == ("EUR 1,250.00", "EUR 1,350.00")
    assert change.difference == "+100.00"


def test_less_money_has_a_minus_sign() -> None:
    assert only(Decimal("1000.10"), Decimal("0.20"), AMOUNT).difference == "-999.90"


def test_a_change_of_currency_alone_is_a_change_of_the_amount_without_difference() -> None:
    before = {"amount": Decimal("5.00"), "currency": "EUR"}
    (change,) = changes(before, before | {"currency": "USD"}, [AMOUNT])
    assert both(change) == ("EUR 5.00", "USD 5.00")
    assert (change.difference, change.notice[:20]) == ("", "the currency changed")


def test_a_currency_may_be_given_as_its_code() -> None:
    spec = FieldSpec("value", "Value", "money", currency="KWD")
    assert only(Decimal("1.000"), Decimal("1.250"), spec).after == "KWD 1.250"


def test_a_change_of_scale_alone_is_shown_exactly_and_named() -> None:
    change = only(Decimal("1.0"), Decimal("1.00"), "number")
    assert both(change) == ("1.0", "1.00")
    assert (change.difference, "scale" in change.notice) == ("", True)


def test_large_amounts_are_never_rounded() -> None:
    old, new = Decimal("12345678901234567890123456789.01"), Decimal("0.02")
    change = only(old, new, AMOUNT)
    assert change.before == "12,345,678,901,234,567,890,123,456,789.01"
    assert change.difference == "-12,345,678,901,234,567,890,123,456,788.99"


@given(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(allow_nan=False))
@settings(deadline=None)
def test_the_difference_added_to_the_old_number_is_the_new_one(old: Decimal, new: Decimal) -> None:
    found = changes({"value": old}, {"value": new}, [FieldSpec("value", "Value", "number")])
    for change in found:
        if change.difference:
            exact = Decimal(change.difference.replace(",", ""))
            assert _sum(Decimal(change.before), exact) == new


def _sum(one: Decimal, other: Decimal) -> Decimal:
    return Context(prec=5_000).add(one, other)


@pytest.mark.parametrize(
    "odd",
    [Decimal("NaN"), Decimal("sNaN"), Decimal("1E+999999"), pytest.param(10**5_000, id="long")],
)
def test_a_number_that_cannot_be_subtracted_is_still_shown(odd: object) -> None:
    change = only(odd, 1, "number")
    assert (change.before != "", change.difference) == (True, "")


def test_a_number_has_a_signed_difference_and_a_year_no_comma() -> None:
    change = only(2026, 2025, "number")
    assert (*both(change), change.difference) == ("2026", "2025", "-1")


def test_choices_are_shown_by_label_and_unknown_ones_as_they_are() -> None:
    assert both(only("new", "gone", STATUS)) == ("New", "gone")


def test_two_choices_of_one_label_are_told_apart() -> None:
    spec = FieldSpec("value", "Value", "choice", choices={"a": "Open", "b": "Open"})
    assert both(only("a", "b", spec)) == ("Open (id a)", "Open (id b)")


def test_references_are_shown_by_name_and_unknown_ones_by_id() -> None:
    assert both(only(1, 2, OWNER)) == ("Ana", "id 2")


def test_a_reference_whose_name_is_empty_is_shown_by_id() -> None:
    (change,) = changes({"owner_id": 1}, None, [OWNER], {("requests_app.user", "1"): ""})
    assert change.before == "id 1"


def test_two_people_of_one_name_are_told_apart() -> None:
    names = {("requests_app.user", "1"): "Ana", ("requests_app.user", "2"): "Ana"}
    (change,) = changes({"owner_id": 1}, {"owner_id": 2}, [OWNER], names)
    assert both(change) == ("Ana (id 1)", "Ana (id 2)")


def test_moments_are_shown_in_utc_to_the_microsecond() -> None:
    moment = datetime(2026, 3, 1, 15, 0, tzinfo=timezone(timedelta(hours=1)))
    change = only(moment, moment + timedelta(microseconds=1), "datetime")
    assert both(change) == ("2026-03-01 14:00:00 UTC", "2026-03-01 14:00:00.000001 UTC")


def test_a_moment_without_zone_says_so() -> None:
    naive = datetime(2026, 3, 1, 15, 0)  # noqa: DTZ001
    assert only(naive, None, "datetime").before == "2026-03-01 15:00:00 (no zone)"


def test_the_last_moment_of_the_calendar_is_shown() -> None:
    last = datetime.max.replace(tzinfo=timezone(-timedelta(hours=5)))
    assert only(last, None, "datetime").before == "9999-12-31 23:59:59.999999-05:00"


def test_days_are_whole() -> None:
    assert both(only(date(2026, 3, 1), date(2026, 3, 2), "date")) == ("2026-03-01", "2026-03-02")


def test_durations_have_a_signed_difference() -> None:
    change = only(timedelta(days=1, minutes=5), timedelta(minutes=5), "duration")
    assert (*both(change), change.difference) == ("1 d 0:05:00", "0:05:00", "-1 d 0:00:00")


def test_the_longest_and_the_shortest_duration_have_no_difference_to_show() -> None:
    assert only(timedelta.min, timedelta.max, "duration").difference == ""


def test_booleans_are_words() -> None:
    assert both(only(True, False, "boolean")) == ("yes", "no")


def test_ids_are_shown_as_they_are() -> None:
    assert both(only(1234567, 1234568, "id")) == ("1234567", "1234568")


def test_files_are_shown_by_name_size_and_hash() -> None:
    old = {"name": "invoice.pdf", "size": 1234, "sha256": "ab" * 32}
    change = only(old, {**old, "sha256": "cd" * 32}, "file")
    assert change.before == f"invoice.pdf, 1234 bytes, SHA-256 {'ab' * 32}"
    assert change.after.endswith("cd" * 32)


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview])
def test_binary_values_are_shown_by_length_and_hash(wrap: Any) -> None:
    change = only(wrap(b"abc"), wrap(b""), "binary")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert both(change) == (f"3 bytes, SHA-256 {digest}", "empty")


def test_an_expanded_json_object_is_shown_field_by_field() -> None:
    old = {"assignment_group": "Group 1", "reopen_count": 0, "made_sla": True, "same": "x"}
    new = {"assignment_group": "Group 2", "reopen_count": 2, "made_sla": False, "same": "x"}
    found = changes({"custom": old}, {"custom": new}, [CUSTOM])
    assert [(change.field, change.label, change.kind) for change in found] == [
        ("custom.assignment_group", "Assignment group", "text"),
        ("custom.made_sla", "Made sla", "boolean"),
        ("custom.reopen_count", "Reopen count", "number"),
    ]
    assert [both(change) for change in found] == [("Group 1", "Group 2"), ("yes", "no"), ("0", "2")]


def test_expanded_keys_that_come_and_go_were_not_set() -> None:
    found = changes({"custom": {"a": 1}}, {"custom": {"b": 2}}, [CUSTOM])
    assert [both(change) for change in found] == [("1", "not set"), ("not set", "2")]


def test_each_expanded_key_counts_as_a_field() -> None:
    before, after = {"custom": {"a": 1, "b": 1}}, {"custom": {"b": 2, "c": 3}}
    assert field_count(before, after, [CUSTOM, STATUS]) == 4
    assert summary(changes(before, after, [CUSTOM]), 4) == "3 of 4 fields changed: a, b, c"


def test_a_key_that_only_holds_null_is_not_passed_off_as_no_difference() -> None:
    (change,) = changes({"custom": {}}, {"custom": {"a": None}}, [CUSTOM])
    assert change.notice == "looks the same, but is stored differently"


def test_an_expanded_field_that_holds_no_object_is_compared_as_one_value() -> None:
    (change,) = changes({"custom": {"a": 1}}, {"custom": "broken"}, [CUSTOM])
    assert (change.field, *both(change)) == ("custom", '{"a": 1}', "broken")


def test_expanded_keys_of_a_created_row_did_not_exist_before() -> None:
    (change,) = changes(None, {"custom": {"a": "x", "b": None}}, [CUSTOM])
    assert (change.field, change.before_state, change.after) == ("custom.a", "absent", "x")


def test_a_short_text_is_shown_as_old_and_new() -> None:
    change = only("Printer broken", "Printer on fire")
    assert (*both(change), change.segments) == ("Printer broken", "Printer on fire", ())


def test_a_text_of_several_lines_is_compared_whatever_its_kind_says() -> None:
    assert only("one\ntwo\n", "one\nthree\n").segments


def test_a_short_text_that_differs_in_case_only_says_so() -> None:
    assert only("Ana", "ANA").notice == "only upper and lower case changed"


def test_a_text_of_spaces_is_not_shown_as_nothing() -> None:
    assert only("   ", "x").before == "only spacing, 3 long"


def test_hidden_and_reordering_characters_are_made_visible() -> None:
    change = only("a\0b", "pay \u202eevil\u200b \udc80")
    assert both(change) == ("a\u2400b", "pay [U+202E]evil[U+200B] [U+DC80]")


def test_emoji_joiners_and_line_ends_are_left_alone() -> None:
    text = "👩\u200d👩\u200d👧 \t\r\n"
    assert only(text, None).before == text


def test_markup_in_values_names_labels_and_keys_is_kept_as_text() -> None:
    (change,) = changes({"custom": {}}, {"custom": {"<b>": "<script>"}}, [CUSTOM])
    assert (change.label, change.after) == ("<b>", "<script>")


@pytest.mark.parametrize("kind", ["money", "date", "file", "list", "reference", "binary", "new"])
@pytest.mark.parametrize("value", ["text", 7, 1.5, math.inf, b"x", {"a": 1}, [1], object, date.min])
def test_a_value_that_does_not_fit_its_kind_is_still_shown(kind: Any, value: object) -> None:
    change = only(value, None, kind)
    assert (change.before != "", change.after) == (True, "not set")


def test_no_differences_is_a_sentence_pages_may_use() -> None:
    assert summary([], 5) == NO_DIFFERENCES


def test_moments_equal_in_time_are_equal_in_any_zone() -> None:
    utc = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
    other = utc.astimezone(timezone(timedelta(hours=2)))
    assert changes({"v": utc}, {"v": other}, [FieldSpec("v", "V", "datetime")]) == []
