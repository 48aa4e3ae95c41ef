"""What did not succeed must never read as if it had."""

from __future__ import annotations

import pytest

from audit import sentences
from audit.kinds import Kind

CLOSED = Kind("request.closed", "Request closed", "closed the request")


@pytest.mark.parametrize(
    ("kind", "outcome", "words"),
    [
        (CLOSED, "done", "closed the request"),
        (CLOSED, "denied", "was refused: “Request closed”"),
        (CLOSED, "failed", "tried, and it failed: “Request closed”"),
        (CLOSED, "unheard_of", "closed the request (unheard_of)"),
        (Kind("a.view_denied", "Refused", "was refused a look"), "denied", "was refused a look"),
        (Kind("a.sign_in_failed", "Failed", "failed to sign in"), "denied", "failed to sign in"),
    ],
)
def test_the_sentence_carries_the_outcome(kind: Kind, outcome: str, words: str) -> None:
    assert sentences.said(kind, outcome) == words


def test_an_event_without_changes_says_so_unless_it_was_a_look() -> None:
    assert sentences.unchanged(CLOSED, "done") == "No field that is recorded here was changed."
    assert sentences.unchanged(CLOSED, "denied") == ""
    assert sentences.unchanged(Kind("request.viewed", "Viewed", "looked"), "done") == ""


def test_what_is_odd_about_an_event_is_said_in_words() -> None:
    odd = {"order_backward": True, "updates_lost_before": 3, "time_backward": False, "else": 1}
    assert sentences.remarks(odd) == [
        "Updates missing at the source before this one: 3.",
        "Its order number at the source is lower than that of the one before.",
    ]
    assert sentences.remarks("no object") == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("rule", "Large refunds", "3"), "rule Large refunds, version 3"),
        (("import", "Import 1 of log.csv", "1"), "Import 1 of log.csv, version 1"),
        (("job", "", ""), "job"),
        (("", "", ""), ""),
    ],
)
def test_the_cause_is_named_once(parts: tuple[str, str, str], words: str) -> None:
    assert sentences.cause(*parts) == words


def test_a_code_that_nobody_knows_is_shown_as_it_is() -> None:
    assert sentences.named(sentences.CHANNELS, "carrier_pigeon") == "Carrier pigeon"
