"""What was typed into a verb's form stands there again, whatever refused it."""

from __future__ import annotations

from typing import Any

import pytest

from audit.recording import recording
from requests_app import verbs
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import act, signed_in, text, value_of

pytestmark = pytest.mark.django_db

LONG = '\n  First line\r\nand </textarea> <b>the second</b> & "more", Zoë '
SHORT = 'Zoë\'s "reason" & <b>more</b>'
# What is typed into each form, and a status in which the verb is refused.
FILLED: dict[str, tuple[dict[str, str], str]] = {
    "reply": ({"body": LONG}, "closed"),
    "change-priority": ({"priority": "critical", "reason": SHORT}, "resolved"),
    "resolve": (
        {
            "resolution": "credited",
            "root_cause": "billing",
            "note": LONG,
            "customer_confirmation": "confirmed",
        },
        "resolved",
    ),
    "close": ({"reason": SHORT, "customer_confirmation": "disputed"}, "closed"),
    "reopen": ({"reason": LONG}, "in_progress"),
    "note": ({"body": LONG}, "closed"),
    "assign": ({"assignee": "", "reason": SHORT}, "closed"),
    "hand-over": ({"assignee": "", "reason": LONG}, "closed"),
    "change-due-date": ({"due_at": "2027-01-18T09:30", "reason": LONG}, "closed"),
    "change-category": ({"category": SHORT, "reason": SHORT}, "closed"),
    "change-customer": (
        {"customer_email": "ap@quay.example", "customer_name": SHORT, "reason": LONG},
        "closed",
    ),
    "wait": ({"waiting_for": "waiting_vendor", "reason": SHORT}, "closed"),
    "resume": ({"reason": SHORT}, "in_progress"),
    "mark-duplicate": ({"original": "US-R-2026-000009", "reason": SHORT}, "closed"),
    "cancel": ({"reason": LONG}, "closed"),
    "triage": ({"priority": "low", "category": SHORT, "reason": SHORT}, "closed"),
    "reject": ({"reason": LONG}, "closed"),
    "correct-facts": (
        {
            "requested_remedy": "credit",
            "claimed_amount": "12.50",
            "claimed_currency": "EUR",
            "invoice_reference": SHORT,
            "contract_reference": SHORT,
            "contact_name": SHORT,
            "contact_address": SHORT,
            "reason": LONG,
        },
        "closed",
    ),
}
# A status in which the verb is possible.
POSSIBLE = {
    "reply": "in_progress", "change-priority": "in_progress", "resolve": "in_progress",
    "close": "resolved", "reopen": "closed", "resume": "waiting_customer",
}  # fmt: skip
# Each field wrong in turn; what no option stands for cannot be kept.
WRONG = [
    ("reply", {"body": "a\x00b"}, {}),
    ("reply", {"body": "b" * 500_001}, {}),
    ("change-priority", {"reason": "r" * 1_001}, {}),
    ("change-priority", {"priority": "urgent"}, {"priority": ""}),
    ("change-due-date", {"due_at": "soon"}, {}),
    ("change-due-date", {"due_at": ""}, {}),
    ("change-due-date", {"reason": ""}, {}),
    ("resolve", {"resolution": ""}, {}),
    ("resolve", {"resolution": "forgotten"}, {"resolution": ""}),
    ("resolve", {"note": ""}, {}),
    ("resolve", {"root_cause": ""}, {}),
    ("resolve", {"customer_confirmation": "perhaps"}, {"customer_confirmation": ""}),
    ("resolve", {"note": "n" * 500_001}, {}),
    ("close", {"reason": "r" * 1_001}, {}),
    ("reopen", {"reason": "a\x00b"}, {}),
    ("note", {"body": "a\x00b"}, {}),
    ("assign", {"assignee": "0"}, {"assignee": ""}),
    ("assign", {"reason": "r" * 1_001}, {}),
    ("hand-over", {"assignee": ""}, {}),
    ("hand-over", {"reason": ""}, {}),
    ("change-category", {"category": "c" * 101}, {}),
    ("change-category", {"reason": "r" * 1_001}, {}),
    ("change-customer", {"customer_email": "nobody"}, {}),
    ("change-customer", {"customer_name": "n" * 201}, {}),
    ("change-customer", {"reason": ""}, {}),
    ("wait", {"waiting_for": "spring"}, {"waiting_for": ""}),
    ("wait", {"reason": "r" * 1_001}, {}),
    ("resume", {"reason": "r" * 1_001}, {}),
    ("mark-duplicate", {"original": "US-R-2026-999999"}, {}),
    ("mark-duplicate", {"reason": "r" * 1_001}, {}),
    ("cancel", {"reason": ""}, {}),
    ("close", {"customer_confirmation": "perhaps"}, {"customer_confirmation": ""}),
    ("triage", {"priority": "urgent"}, {"priority": ""}),
    ("triage", {"category": "c" * 101}, {}),
    ("triage", {"reason": "r" * 1_001}, {}),
    ("reject", {"reason": ""}, {}),
    ("correct-facts", {"requested_remedy": "a song"}, {"requested_remedy": ""}),
    ("correct-facts", {"invoice_reference": "i" * 101}, {}),
    ("correct-facts", {"contact_address": "a" * 251}, {}),
    ("correct-facts", {"reason": ""}, {}),
    ("correct-facts", {"claimed_amount": "a lot"}, {}),
    ("correct-facts", {"claimed_currency": "E1"}, {}),
    ("correct-facts", {"contact_name": "n" * 201}, {}),
    ("correct-facts", {"contract_reference": "c" * 101}, {}),
]
# No status refuses it: a note may be written at any time.
REFUSABLE = [verb for verb in FILLED if verb != "note"]


def request_in(status: str, entity: Entity) -> SupportRequest:
    opened = factories.support_request(entity=entity)
    with recording("record.changed", by=factories.TESTER, subject=opened):
        opened.status = status
        opened.save()
    return opened


def filled(verb: str, support_request: SupportRequest) -> dict[str, str]:
    """What is typed, with a colleague and another request that there are."""
    sent = dict(FILLED[verb][0])
    if "assignee" in sent:
        colleague = factories.person("agent", support_request.entity)
        sent["assignee"] = str(colleague.pk)
    if "original" in sent:
        sent["original"] = factories.support_request(entity=support_request.entity).number
    return sent


def shown(response: Any, verb: str) -> dict[str, str]:
    return {name: value_of(response, f"{verb}-{name}") for name in FILLED[verb][0]}


def test_the_fields_filled_here_are_those_of_the_forms() -> None:
    """All but files, which no browser keeps: tests/requests_app/test_pages_files.py; and what the
    page fills in: how it stood, and which other request it showed."""
    forms = {
        slug: set(verb.form.base_fields) - {"seen", "files", "shown"}
        for slug, verb in verbs.VERBS.items()
    }
    assert forms == {"take": set(), "attach": set()} | {
        slug: set(sent) for slug, (sent, _) in FILLED.items()
    }
    assert {(slug, name) for slug, wrong, _ in WRONG for name in wrong} == {
        (slug, name) for slug, names in forms.items() for name in names
    }


@pytest.mark.parametrize(("verb", "wrong", "dropped"), WRONG)
def test_whichever_field_is_wrong_every_field_keeps_what_was_typed(
    verb: str, wrong: dict[str, str], dropped: dict[str, str], entity: Entity, agent: User
) -> None:
    support_request = request_in(POSSIBLE.get(verb, "in_progress"), entity)
    sent = filled(verb, support_request) | wrong
    response = act(signed_in(agent), support_request, verb, sent)
    assert response.status_code == 422
    assert shown(response, verb) == sent | dropped


@pytest.mark.parametrize("verb", REFUSABLE)
def test_a_status_that_changed_meanwhile_costs_nothing_that_was_typed(
    verb: str, entity: Entity, agent: User
) -> None:
    support_request = request_in(FILLED[verb][1], entity)
    sent = filled(verb, support_request)
    response = act(signed_in(agent), support_request, verb, sent)
    assert response.status_code == 409
    assert shown(response, verb) == sent


@pytest.mark.parametrize(("verb", "wrong", "dropped"), WRONG)
def test_a_wrong_field_in_a_status_that_changed_meanwhile_costs_nothing_either(
    verb: str, wrong: dict[str, str], dropped: dict[str, str], entity: Entity, agent: User
) -> None:
    support_request = request_in(FILLED[verb][1], entity)
    sent = filled(verb, support_request) | wrong
    response = act(signed_in(agent), support_request, verb, sent)
    assert response.status_code == 422
    assert shown(response, verb) == sent | dropped


@pytest.mark.parametrize("verb", FILLED)
def test_who_may_only_read_by_now_keeps_what_was_typed(verb: str, entity: Entity) -> None:
    support_request = request_in(POSSIBLE.get(verb, "in_progress"), entity)
    sent = filled(verb, support_request)
    auditor = factories.person("auditor", entity)
    response = act(signed_in(auditor), support_request, verb, sent)
    assert response.status_code == 409
    assert "needs the role agent or lead there" in text(response)
    assert shown(response, verb) == sent
