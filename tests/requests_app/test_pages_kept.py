"""What was typed into a verb's form stands there again, whatever refused it."""

from __future__ import annotations

from typing import Any

import pytest

from audit.recording import recording
from requests_app import verbs
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import address, signed_in, text, value_of

pytestmark = pytest.mark.django_db

LONG = '\n  First line\r\nand </textarea> <b>the second</b> & "more", Zoë '
SHORT = 'Zoë\'s "reason" & <b>more</b>'
# What is typed into each form, and a status in which the verb is refused.
FILLED: dict[str, tuple[dict[str, str], str]] = {
    "reply": ({"body": LONG}, "closed"),
    "change-priority": ({"priority": "critical", "reason": SHORT}, "resolved"),
    "resolve": ({"resolution": "credited", "note": LONG}, "resolved"),
    "close": ({"reason": SHORT}, "closed"),
    "reopen": ({"reason": LONG}, "in_progress"),
}
# A status in which the verb is possible.
POSSIBLE = {
    "reply": "in_progress", "change-priority": "in_progress", "resolve": "in_progress",
    "close": "resolved", "reopen": "closed",
}  # fmt: skip
# Each field wrong in turn; what no option stands for cannot be kept.
WRONG = [
    ("reply", {"body": "a\x00b"}, {}),
    ("reply", {"body": "b" * 500_001}, {}),
    ("change-priority", {"reason": "r" * 1_001}, {}),
    ("change-priority", {"priority": "urgent"}, {"priority": ""}),
    ("resolve", {"resolution": ""}, {}),
    ("resolve", {"resolution": "forgotten"}, {"resolution": ""}),
    ("resolve", {"note": ""}, {}),
    ("resolve", {"note": "n" * 500_001}, {}),
    ("close", {"reason": "r" * 1_001}, {}),
    ("reopen", {"reason": "a\x00b"}, {}),
]


@pytest.fixture
def entity() -> Entity:
    return factories.entity(code="US")


@pytest.fixture
def agent(entity: Entity) -> User:
    return factories.person("agent", entity)


def request_in(status: str, entity: Entity) -> SupportRequest:
    opened = factories.support_request(entity=entity)
    with recording("record.changed", by=factories.TESTER, subject=opened):
        opened.status = status
        opened.save()
    return opened


def shown(response: Any, verb: str) -> dict[str, str]:
    return {name: value_of(response, f"{verb}-{name}") for name in FILLED[verb][0]}


def test_the_fields_filled_here_are_those_of_the_forms() -> None:
    forms = {slug: set(verb.form.base_fields) for slug, verb in verbs.VERBS.items()}
    assert forms == {"take": set()} | {slug: set(sent) for slug, (sent, _) in FILLED.items()}
    assert {(slug, name) for slug, wrong, _ in WRONG for name in wrong} == {
        (slug, name) for slug, names in forms.items() for name in names
    }


@pytest.mark.parametrize(("verb", "wrong", "dropped"), WRONG)
def test_whichever_field_is_wrong_every_field_keeps_what_was_typed(
    verb: str, wrong: dict[str, str], dropped: dict[str, str], entity: Entity, agent: User
) -> None:
    support_request = request_in(POSSIBLE[verb], entity)
    sent = FILLED[verb][0] | wrong
    response = signed_in(agent).post(address(support_request, verb), sent)
    assert response.status_code == 422
    assert shown(response, verb) == sent | dropped


@pytest.mark.parametrize("verb", FILLED)
def test_a_status_that_changed_meanwhile_costs_nothing_that_was_typed(
    verb: str, entity: Entity, agent: User
) -> None:
    sent, status = FILLED[verb]
    support_request = request_in(status, entity)
    response = signed_in(agent).post(address(support_request, verb), sent)
    assert response.status_code == 409
    assert shown(response, verb) == sent


@pytest.mark.parametrize(("verb", "wrong", "dropped"), WRONG)
def test_a_wrong_field_in_a_status_that_changed_meanwhile_costs_nothing_either(
    verb: str, wrong: dict[str, str], dropped: dict[str, str], entity: Entity, agent: User
) -> None:
    support_request = request_in(FILLED[verb][1], entity)
    sent = FILLED[verb][0] | wrong
    response = signed_in(agent).post(address(support_request, verb), sent)
    assert response.status_code == 422
    assert shown(response, verb) == sent | dropped


@pytest.mark.parametrize("verb", FILLED)
def test_who_may_only_read_by_now_keeps_what_was_typed(verb: str, entity: Entity) -> None:
    sent, support_request = FILLED[verb][0], request_in(POSSIBLE[verb], entity)
    auditor = factories.person("auditor", entity)
    response = signed_in(auditor).post(address(support_request, verb), sent)
    assert response.status_code == 409
    assert "needs the role agent or lead there" in text(response)
    assert shown(response, verb) == sent
