"""The table of moves is whole: every verb in every status is allowed or refused in words."""

from __future__ import annotations

import pytest

from requests_app import transitions
from requests_app.models import Status


@pytest.mark.parametrize("verb", transitions.MOVES)
@pytest.mark.parametrize("status", Status.values)
def test_every_verb_answers_in_every_status(verb: str, status: str) -> None:
    refusal = transitions.why_not(verb, status)
    starts, _ = transitions.MOVES[verb]
    assert (refusal == "") == (status in starts)
    if refusal:
        assert refusal[0].isupper()
        assert refusal.endswith(".")


def test_every_target_is_a_status() -> None:
    targets = {target for _, target in transitions.MOVES.values() if target}
    assert targets <= set(Status.values)


def test_ended_requests_only_reopen() -> None:
    leaving = {
        verb for verb in transitions.MOVES for status in transitions.ENDED
        if not transitions.why_not(verb, status)
    }  # fmt: skip
    assert leaving == {"reopen"}


def test_words_and_statuses_of_the_table_are_known() -> None:
    statuses = {status for starts, _ in transitions.MOVES.values() for status in starts}
    assert statuses | set(transitions.ENDED) | set(transitions.WAITING) <= set(Status.values)
    assert set(transitions.WORDS) == set(transitions.MOVES)
