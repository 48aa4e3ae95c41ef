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


@pytest.mark.parametrize(
    ("status", "assignee_id", "person_id", "is_at_work"),
    [
        ("in_progress", 7, 7, True),
        ("in_progress", 7, 8, False),
        ("in_progress", None, 7, False),
        ("in_progress", None, None, False),  # a command has no person, nobody is not somebody
        ("waiting_customer", 7, 7, False),  # taking it again starts the work again
        ("new", 7, 7, False),
    ],
)
def test_taking_changes_nothing_for_who_works_on_it_already(
    status: str, assignee_id: int | None, person_id: int | None, is_at_work: bool
) -> None:
    found = transitions.is_at_work(status, assignee_id=assignee_id, person_id=person_id)
    assert found is is_at_work
