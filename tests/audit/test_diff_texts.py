"""Differences of texts: exact, readable, and bounded whatever the texts are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.diffs import FieldSpec, Work, changes
from audit.diffs.alignment import WORK_STEPS
from audit.diffs.texts import (
    EDIT_CAP,
    NOTICE_PARTLY_WHOLE,
    NOTICE_WHOLE,
    TOKEN_CAP,
    TextDiff,
    compare,
    tokens,
    units,
)

HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab \n\r\t.,-0@\0\u202e\u2028é\u0301👩\u200d漢<&>\ufeff\x85"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=200,
)
PROSE = st.lists(
    st.sampled_from(["refund", "of", "EUR 10.00", "2026-03-01", "the", "card.", "\n", "a@b.org,"]),
    max_size=80,
).map(" ".join)
MARKS = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]", "folded": "<{}>"}


def marked(before: str, after: str) -> str:
    """The difference in one readable string."""
    return "".join(MARKS[part.op].format(part.text) for part in compare(before, after).segments)


def sides(found: TextDiff) -> tuple[str, str]:
    before = "".join(part.text for part in found.segments if part.op != "added")
    after = "".join(part.text for part in found.segments if part.op != "removed")
    return before, after


def large_texts() -> dict[str, tuple[str, str]]:
    """Pairs of about 100 kB each, the kinds that stop other tools."""
    chance = random.Random(498)  # noqa: S311
    few = [" ".join(chance.choices("abcd", k=50_000)) for _ in range(2)]
    lines = ["\n".join(chance.choices("abcd", k=50_000)) for _ in range(2)]
    blocks = [
        "\n".join(f"X{n}\n{' '.join(chance.choices('abcd', k=40))}" for n in range(1_000))
        for _ in range(2)
    ]
    reply = "\n".join(f"line {n} {chance.random()}" for n in range(4_000))
    return {
        "small vocabulary": (few[0], few[1]),
        "one-letter lines": (lines[0], lines[1]),
        "many hard blocks": (blocks[0], blocks[1]),
        "quoted reply": (reply, "> " + reply.replace("\n", "\n> ")),
        "brackets": ("(" * 100_000, "[" * 100_000),
        "dots": ("a." * 50_000, "a," * 50_000),
        "half addresses": ("a@" * 50_000, "https://" * 12_500),
        "half IBANs": ("DE89 3704 " * 10_000, "EUR " * 25_000),
        "no breaks": ("漢字仮名" * 25_000, "漢字假名" * 25_000),
        "NUL": ("\0" * 100_000, "\0" * 99_999),
        "combining marks": ("e" + "\u0301" * 100_000, "e" + "\u0301\u0300" * 50_000),
        "spaces": (" " * 100_000, "\n" * 100_000),
        "other line ends": ("a\r\n" * 33_000, "a\n" * 33_000),
        "megabytes": (few[0] * 20, few[1] * 20),
    }


@given(HOSTILE, HOSTILE)
@settings(deadline=None)
def test_segments_join_to_exactly_both_texts(before: str, after: str) -> None:
    assert sides(compare(before, after)) == (before, after)


@given(PROSE, PROSE, st.integers(0, 600))
@settings(deadline=None)
def test_segments_join_to_both_texts_however_little_work_is_allowed(
    before: str, after: str, limit: int
) -> None:
    work = Work(limit)
    assert sides(compare(before, after, work)) == (before, after)
    assert work.spent <= limit


@pytest.mark.parametrize("name", large_texts())
def test_large_texts_stay_within_the_account_and_pass_unharmed(name: str) -> None:
    before, after = large_texts()[name]
    work = Work()
    assert sides(compare(before, after, work)) == (before, after)
    assert work.spent <= WORK_STEPS


def test_one_account_bounds_all_texts_of_a_page() -> None:
    before, after = large_texts()["many hard blocks"]
    work, field = Work(), FieldSpec("note", "Note", "long_text")
    for _ in range(50):
        (change,) = changes({"note": before}, {"note": after}, [field], work=work)
    assert work.spent <= WORK_STEPS
    assert change.notice == NOTICE_WHOLE


@given(HOSTILE)
@settings(deadline=None)
def test_tokens_and_units_join_to_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text
    assert "".join(units(text)) == text


@pytest.mark.parametrize(
    "whole",
    [
        "1,250.00",
        "-100.00",
        "EUR 1,250.00",
        "2026-03-01",
        "14:02:03",
        "1.3.2026",
        "ana.lopez+x@example.com",
        "US-R-2026-000123",
        "INC0000045",
        "https://example.com/a?b=1&c=2#d",
        "DE89 3704 0044 0532 0130 00",
        "192.0.2.1",
        "50%",
    ],
)
def test_amounts_dates_addresses_and_ids_are_one_token(whole: str) -> None:
    assert whole in list(tokens(f"See {whole}, please."))


def test_a_changed_amount_is_shown_whole() -> None:
    found = marked("Refund EUR 1,250.00 to the card.", "Refund EUR 350.00 to the card.")
    assert found == "Refund [-EUR 1,250.00-][+EUR 350.00+] to the card."


def test_replaced_words_side_by_side_read_as_one_replacement() -> None:
    found = marked("We send one two to the customer.", "We send three four to the customer.")
    assert found == "We send [-one two-][+three four+] to the customer."


def test_an_added_word_is_not_mixed_with_its_neighbours() -> None:
    assert marked("a full refund", "a very full refund") == "a [+very +]full refund"


def test_texts_without_likeness_are_shown_one_after_the_other() -> None:
    found = marked("Nothing here stays.\n", "All other words\n")
    assert found == "[-Nothing here stays.\n-][+All other words\n+]"


def test_words_of_scripts_without_spaces_are_compared() -> None:
    assert marked("私は1250円です", "私は350円です") == "私は[-1250-][+350+]円です"


def test_unchanged_lines_fold_to_three_around_each_change() -> None:
    before = "".join(f"{n}\n" for n in range(20))
    found = compare(before, before.replace("10\n", "ten\n")).segments
    assert [(part.op, part.lines) for part in found] == [
        ("folded", 7),
        ("same", 0),
        ("removed", 0),
        ("added", 0),
        ("same", 0),
        ("folded", 6),
    ]
    assert (found[1].text, found[4].text) == ("7\n8\n9\n", "11\n12\n13\n")


def test_a_line_that_changed_in_its_middle_keeps_three_whole_lines_around_it() -> None:
    before = "".join(f"line {n} is here\n" for n in range(20))
    found = compare(before, before.replace("line 10 is", "line 10 was")).segments
    assert [part.lines for part in found if part.op == "folded"] == [7, 6]
    assert (found[1].text.count("\n"), found[4].text.count("\n")) == (3, 1 + 3)


def test_a_folded_part_carries_its_text_and_says_how_much_it_hides() -> None:
    found = compare("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\nf\ng\n").segments[0]
    assert (found.op, found.text, found.hides) == ("folded", "a\nb\nc\n", "3 unchanged lines")


def test_a_single_hidden_line_is_not_folded() -> None:
    assert compare("a\nb\nc\nd\n", "a\nb\nc\nd\ne\n").segments[0].op == "same"


def test_a_long_line_is_compared_and_folded_by_sentence() -> None:
    before = " ".join(f"Sentence number {n} is here." for n in range(3_000))
    found = compare(before, before.replace("number 1500 is", "number 1500 was"))
    assert "[-is-][+was+]" in "".join(MARKS[part.op].format(part.text) for part in found.segments)
    assert (found.segments[0].op, found.notice) == ("folded", "")


@pytest.mark.parametrize(
    ("before", "after", "notice"),
    [
        ("two  words", "two words", "only spacing changed"),
        ("a\r\nb", "a\nb", "only spacing changed"),
        ("Two Words", "two words", "only upper and lower case changed"),
        ("Two  Words", "two words", "only spacing and upper and lower case changed"),
        ("re\u0301sume\u0301", "résumé", "looks the same: only the way accented letters"),
        ("now here", "nowhere", ""),
        ("one", "two", ""),
    ],
)
def test_a_change_that_is_hard_to_see_is_said_in_words(
    before: str, after: str, notice: str
) -> None:
    found = compare(before, after).notice
    assert found.startswith(notice)
    assert bool(found) == bool(notice)


def test_a_text_above_the_cap_is_shown_whole_with_a_notice() -> None:
    middle = " ".join(f"word{n}" for n in range(TOKEN_CAP // 2))
    old, new = f"first {middle} last", f"1st {middle} end"
    found = compare(old, new)
    assert [(part.op, part.text) for part in found.segments] == [("removed", old), ("added", new)]
    assert found.notice == NOTICE_WHOLE


def test_one_part_above_the_cap_does_not_coarsen_the_others() -> None:
    chance = random.Random(1)  # noqa: S311
    old, new = (" ".join(chance.choices("abcd", k=TOKEN_CAP)) for _ in range(2))
    found = compare(f"Pay 10.00 now\nkeep\n{old}\n", f"Pay 20.00 now\nkeep\n{new}\n")
    assert found.segments[1].text == "10.00"
    assert found.notice == NOTICE_PARTLY_WHOLE


def test_more_edits_of_words_than_anyone_reads_are_shown_line_by_line() -> None:
    before = "".join(f"keep {n}\none {n} two same end {n} three\n" for n in range(EDIT_CAP // 2))
    found = compare(before, before.replace("one", "1").replace("two", "2").replace("three", "3"))
    assert found.segments[1].text == "one 0 two same end 0 three\n"
    assert found.notice == NOTICE_PARTLY_WHOLE


def test_a_long_shared_start_and_end_do_not_count_towards_the_cap() -> None:
    shared = "word " * TOKEN_CAP
    found = compare(f"{shared}old {shared}", f"{shared}new {shared}")
    assert [part.text for part in found.segments if part.op in ("removed", "added")] == [
        "old",
        "new",
    ]
    assert found.notice == ""


def test_segments_are_raw_and_shown_with_hidden_characters_visible() -> None:
    added = compare("a\n", "a\nb\u202e\0\n").segments[-1]
    assert (added.text, added.shown) == ("b\u202e\0\n", "b[U+202E]\u2400\n")
