"""The table of moves is whole: every verb in every status is allowed or refused in words."""

from __future__ import annotations

import pytest

from requests_app import transitions
from requests_app.models import Status

# By hand, so that no slip in transitions.MOVES can hide: where each verb leads from each status,
# "same" where it leaves the status as it is, "-" where it is refused.
MOVING = """
status            take        assign hand_over change_priority change_category change_customer
new               in_progress same   same      same            same            same
triaged           in_progress same   same      same            same            same
in_progress       in_progress same   same      same            same            same
waiting_customer  in_progress same   same      same            same            same
waiting_vendor    in_progress same   same      same            same            same
waiting_evidence  in_progress same   same      same            same            same
waiting_problem   in_progress same   same      same            same            same
awaiting_approval -           same   same      same            same            -
approved          -           same   same      same            same            -
executing         -           same   same      same            same            -
resolved          -           -      -         -               -               -
closed            -           -      -         -               -               -
rejected          -           -      -         -               -               -
cancelled         -           -      -         -               -               -
duplicate         -           -      -         -               -               -
unknown           in_progress same   same      same            same            same
"""
DATING = """
status            change_due_date correct_facts triage
new               same            same          triaged
triaged           same            same          -
in_progress       same            same          -
waiting_customer  same            same          -
waiting_vendor    same            same          -
waiting_evidence  same            same          -
waiting_problem   same            same          -
awaiting_approval same            -             -
approved          same            -             -
executing         same            -             -
resolved          -               -             -
closed            -               -             -
rejected          -               -             -
cancelled         -               -             -
duplicate         -               -             -
unknown           same            same          triaged
"""
TALKING = """
status            reply note attach
new               same  same same
triaged           same  same same
in_progress       same  same same
waiting_customer  same  same same
waiting_vendor    same  same same
waiting_evidence  same  same same
waiting_problem   same  same same
awaiting_approval same  same same
approved          same  same same
executing         same  same same
resolved          same  same same
closed            -     same same
rejected          -     same same
cancelled         -     same same
duplicate         -     same same
unknown           same  same same
"""
ENDING = """
status            wait resume      resolve  close  reject   cancel    mark_duplicate reopen
new               -    -           -        -      rejected cancelled duplicate      -
triaged           same -           resolved -      rejected cancelled duplicate      -
in_progress       same -           resolved -      rejected cancelled duplicate      -
waiting_customer  same in_progress resolved -      rejected cancelled duplicate      -
waiting_vendor    same in_progress resolved -      rejected cancelled duplicate      -
waiting_evidence  same in_progress resolved -      rejected cancelled duplicate      -
waiting_problem   same in_progress resolved -      rejected cancelled duplicate      -
awaiting_approval -    -           -        -      -        -         -              -
approved          -    -           -        -      -        -         -              -
executing         -    -           resolved -      -        -         -              -
resolved          -    -           -        closed -        -         -              in_progress
closed            -    -           -        -      -        -         -              in_progress
rejected          -    -           -        -      -        -         -              in_progress
cancelled         -    -           -        -      -        -         -              in_progress
duplicate         -    -           -        -      -        -         -              in_progress
unknown           same -           resolved -      rejected cancelled duplicate      -
"""
ANSWERING = """
status            answer
new               same
triaged           same
in_progress       same
waiting_customer  same
waiting_vendor    same
waiting_evidence  same
waiting_problem   same
awaiting_approval same
approved          same
executing         same
resolved          same
closed            -
rejected          -
cancelled         -
duplicate         -
unknown           same
"""
TABLES = [
    [line.split() for line in table.strip().splitlines()]
    for table in (MOVING, DATING, TALKING, ENDING, ANSWERING)
]
CELLS = [
    (verb, status, cell)
    for (_, *columns), *rows in TABLES
    for status, *cells in rows
    for verb, cell in zip(columns, cells, strict=True)
]


def test_the_tables_name_every_verb_and_every_status() -> None:
    assert {verb for (_, *columns), *_ in TABLES for verb in columns} == set(transitions.MOVES)
    for _, *rows in TABLES:
        assert {status for status, *_ in rows} == set(Status.values)


@pytest.mark.parametrize(("verb", "status", "cell"), CELLS)
def test_every_verb_leads_where_the_table_says_or_is_refused_in_a_sentence(
    verb: str, status: str, cell: str
) -> None:
    refusal = transitions.why_not(verb, status)
    if cell == "-":
        assert refusal[0].isupper()
        assert refusal.endswith(".")
    else:
        assert refusal == ""
        assert transitions.target(verb, status) == (status if cell == "same" else cell)


def test_every_target_is_a_status() -> None:
    targets = {target for _, target in transitions.MOVES.values() if target}
    assert targets <= set(Status.values)


def test_ended_requests_only_reopen_or_are_given_notes_and_files() -> None:
    leaving = {
        verb for verb in transitions.MOVES for status in transitions.ENDED
        if not transitions.why_not(verb, status)
    }  # fmt: skip
    assert leaving == {"reopen", "note", "attach"}


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
