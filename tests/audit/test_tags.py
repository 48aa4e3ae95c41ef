"""Where long addresses and names may be broken into lines."""

from __future__ import annotations

import pytest

from audit.templatetags.trail import jointed


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
