"""Where long addresses may be broken into lines, how a plain change is marked up, and counts."""

from __future__ import annotations

import pytest
from django.template import loader
from django.utils.html import conditional_escape

from audit.diffs import Change
from audit.templatetags.differences import old_to_new
from audit.templatetags.trail import at_least, jointed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ana.reyes@example.com", "ana<wbr>.reyes<wbr>@example<wbr>.com"),
        ("requests_app.customer", "requests_app<wbr>.customer"),
        ("It ended. Nothing followed.", "It ended. Nothing followed."),
        ("", ""),
    ],
)
def test_an_address_breaks_before_its_signs(text: str, shown: str) -> None:
    assert jointed(text) == shown


def test_what_people_wrote_is_escaped_between_the_joints() -> None:
    assert jointed("a@b.<script>&") == "a<wbr>@b.&lt;script&gt;&amp;"


CHANGES = {
    "old to new": Change("a", "A", "text", "<b>", "x & y", "value", "value"),
    "set": Change("a", "A", "money", "not recorded then", "1", "not-recorded", "value", "+1"),
    "emptied": Change("a", "A", "text", "x", "empty", "value", "blank", notice="looks alike"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_plain_change_is_marked_up_as_its_values_are_elsewhere(name: str) -> None:
    change = CHANGES[name]
    value = loader.get_template("components/change_value.html")
    sides = [
        value.render({"side": side, "state": state, "text": text}).split("#}")[-1].strip()
        for side, state, text in (
            ("before", change.before_state, change.before),
            ("after", change.after_state, change.after),
        )
    ]
    line = old_to_new(change)
    for part in (*sides, conditional_escape(change.difference), change.notice):
        assert part in line
    assert "<b>" not in line


@pytest.mark.parametrize(("count", "shown"), [(3, "3+"), (10_000, "10,000+"), (10_001, "10,000+")])
def test_what_was_not_counted_to_its_end_says_so(count: int, shown: str) -> None:
    assert at_least(count) == shown
