"""What a request asks for and how it ended: written down, corrected, shown, exported, hidden."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from requests_app.services import ruling
from requests_app.services.acting import RequestRefused
from requests_app.standing import standing_of
from tests import factories, promises
from tests.pages import act, address, body, signed_in, text, value_of

pytestmark = pytest.mark.django_db

CLAIM = {
    "requested_remedy": "refund", "claimed_amount": "1,250.00", "claimed_currency": "usd",
    "invoice_reference": "INV-7", "contract_reference": "C-2026-11",
    "contact_name": "Marisol Vega", "contact_address": "marisol@harbor.example",
}  # fmt: skip
STORED = CLAIM | {"claimed_amount": Decimal(1250), "claimed_currency": "USD"}
ENDED = {"resolution": "fixed", "note": "Done", "root_cause": "delivery"}


@pytest.fixture
def opened(entity: Entity) -> SupportRequest:
    return factories.support_request(
        entity=entity, customer=factories.customer(entity=entity, name="Harbor Light"), **STORED
    )


def facts_of(support_request: SupportRequest) -> dict[str, Any]:
    support_request.refresh_from_db()
    return {name: getattr(support_request, name) for name in STORED}


def resolved(support_request: SupportRequest, agent: User, **told: Any) -> SupportRequest:
    by = factories.actor(agent)
    services.take(support_request=support_request, by=by)
    return services.resolve(support_request=support_request, by=by, **ENDED, **told)


def test_what_was_asked_for_is_written_down_when_it_is_opened(agent: User, entity: Entity) -> None:
    sent = {"entity": "US", "channel": "mail", "subject": "Paid twice", "description": "Twice!",
            "priority": "normal", **CLAIM}  # fmt: skip
    signed_in(agent).post("/requests/new/", sent)
    made = SupportRequest.objects.get()
    assert facts_of(made) == STORED
    assert made.history.get().contact_name == "Marisol Vega"


def test_the_page_shows_it(opened: SupportRequest, agent: User) -> None:
    shown = text(signed_in(agent).get(address(opened)))
    for words in (
        "Contact Marisol Vega marisol@harbor.example", "Asked for Money back",
        "Contract C-2026-11",
    ):  # fmt: skip
        assert words in shown


def test_correcting_starts_from_what_stands_and_says_why(
    opened: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    page = client.get(address(opened))
    for name, value in (CLAIM | {"claimed_amount": "1250.00", "claimed_currency": "USD"}).items():
        assert value_of(page, f"correct-facts-{name}") == value
    typed = CLAIM | {"requested_remedy": "credit", "claimed_amount": "900", "reason": "Misread"}
    assert act(client, opened, "correct-facts", typed).status_code == 302
    assert facts_of(opened)["requested_remedy"] == "credit"
    event = Event.objects.get(kind="request.facts_corrected")
    assert (event.reason, event.outcome) == ("Misread", "done")
    shown = text(client.get(f"/events/{event.pk}/"))
    assert "-350.00" in shown.replace("\N{MINUS SIGN}", "-")


def test_correcting_nothing_records_nothing(opened: SupportRequest, agent: User) -> None:
    act(signed_in(agent), opened, "correct-facts", CLAIM | {"reason": "Misread"})
    assert not Event.objects.filter(kind="request.facts_corrected").exists()


def test_a_currency_without_an_amount_is_asked_about(opened: SupportRequest, agent: User) -> None:
    typed = CLAIM | {"claimed_amount": "", "reason": "Misread"}
    answer = act(signed_in(agent), opened, "correct-facts", typed)
    assert answer.status_code == 422
    assert "Give the amount, or leave out the currency." in text(answer)


def test_how_it_ended_stands_in_the_closure_log(opened: SupportRequest, agent: User) -> None:
    resolved(opened, agent, customer_confirmation="disputed")
    by = factories.actor(agent)
    services.close(support_request=opened, by=by, customer_confirmation="confirmed")
    log = body(signed_in(agent).get(f"{address(opened)}closure.csv")).decode()
    told = [(row["what"], row["root_cause"], row["confirmation"]) for row in csv.DictReader(
        log.splitlines())]  # fmt: skip
    assert told == [
        ("Resolved", "The delivery", "The customer disagrees"),
        ("Closed", "The delivery", "Confirmed by the customer"),
    ]


def test_closing_without_a_word_of_the_customer_keeps_what_was_said(
    opened: SupportRequest, agent: User
) -> None:
    resolved(opened, agent, customer_confirmation="confirmed")
    services.close(support_request=opened, by=factories.actor(agent))
    opened.refresh_from_db()
    assert opened.customer_confirmation == "confirmed"


def test_a_rule_that_closes_says_that_nobody_answered(opened: SupportRequest, agent: User) -> None:
    a_month_ago = timezone.now() - timedelta(days=30)
    resolved(opened, agent, occurred_at=a_month_ago)
    promises.rule(opened.entity, "close_after_silence", days=7)
    assert ruling.close_silent(10) == 1
    opened.refresh_from_db()
    assert (opened.status, opened.customer_confirmation) == ("closed", "no_answer")


def test_reopening_clears_how_it_had_ended(opened: SupportRequest, agent: User) -> None:
    resolved(opened, agent, customer_confirmation="confirmed")
    services.reopen(support_request=opened, by=factories.actor(agent), reason="It came back")
    opened.refresh_from_db()
    assert (opened.resolution, opened.root_cause, opened.customer_confirmation) == ("", "", "")


def test_not_known_is_an_answer_and_none_is_not(opened: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    act(client, opened, "take")
    sent = {"resolution": "fixed", "note": "Done"}
    answer = act(client, opened, "resolve", sent)
    assert "Choose what caused it; not known is an answer." in text(answer)
    assert act(client, opened, "resolve", sent | {"root_cause": "unknown"}).status_code == 302


def test_a_new_request_is_triaged_before_anybody_works_on_it(
    opened: SupportRequest, agent: User
) -> None:
    by = factories.actor(agent)
    services.triage(support_request=opened, priority="high", category="Billing", by=by)
    assert (opened.status, opened.priority, opened.category) == ("triaged", "high", "Billing")
    assert opened.assignee is None
    with pytest.raises(RequestRefused, match="is triaged already"):
        services.triage(support_request=opened, priority="low", category="", by=by)


def test_what_is_rejected_ends_and_may_be_reopened(opened: SupportRequest, agent: User) -> None:
    by = factories.actor(agent)
    services.reject(support_request=opened, by=by, reason="Out of warranty")
    assert opened.status == "rejected"
    assert opened.ended_at is not None
    with pytest.raises(RequestRefused, match="rejected cannot be taken"):
        services.take(support_request=opened, by=by)
    services.reopen(support_request=opened, by=by, reason="It is in warranty")
    assert opened.status == "in_progress"


def test_the_export_of_the_list_has_it_all(opened: SupportRequest, agent: User) -> None:
    resolved(opened, agent, customer_confirmation="confirmed")
    lines = body(signed_in(agent).get("/requests/export.csv")).decode().splitlines()
    [row] = csv.DictReader(lines)
    assert {name: row[name] for name in STORED if name != "claimed_amount"} == {
        name: value for name, value in STORED.items() if name != "claimed_amount"
    }
    assert (row["resolution"], row["root_cause"]) == ("fixed", "delivery")
    assert row["customer_confirmation"] == "confirmed"


def test_a_contact_is_hidden_from_who_is_not_shown_customers(
    opened: SupportRequest, agent: User
) -> None:
    by = factories.actor(agent)
    services.note(support_request=opened, body="Marisol Vega called again", by=by)
    auditor = signed_in(factories.person("auditor", opened.entity))
    for path in (f"{address(opened)}?show=everything", f"{address(opened)}creation/",
                 "/requests/export.csv", "/trail/"):  # fmt: skip
        shown = body(auditor.get(path)).decode()
        assert "Marisol" not in shown, path
        assert "harbor.example" not in shown, path
    shown = text(auditor.get(f"{address(opened)}?show=everything"))
    assert "[contact hidden] called again" in shown


@pytest.mark.parametrize("words", ["Vega", "marisol", "harbor.example"])
@pytest.mark.parametrize("path", ["/requests/", "/trail/", "/admin/requests_app/supportrequest/"])
def test_nobody_finds_a_contact_who_is_not_shown_it(
    path: str, words: str, opened: SupportRequest, agent: User
) -> None:
    by = factories.actor(agent)
    services.note(support_request=opened, body="Marisol Vega of harbor.example called", by=by)
    auditor = signed_in(factories.person("auditor", opened.entity))
    assert opened.number not in text(auditor.get(path, {"q": words}))


def test_a_search_by_a_contact_finds_what_it_is_shown_to(
    opened: SupportRequest, agent: User
) -> None:
    by = factories.actor(agent)
    services.note(support_request=opened, body="Marisol Vega called", by=by)
    assert opened.number in text(signed_in(agent).get("/requests/", {"q": "Vega"}))


def test_a_contact_is_redacted_and_a_tombstone_says_so(opened: SupportRequest) -> None:
    lead = factories.person("lead", opened.entity)
    client = signed_in(lead)
    assert "Marisol Vega" in text(client.get(f"{address(opened)}redact/contact/"))
    sent = {"reason": "She has asked for it", "is_final": "on"}
    seen = {"seen": str(standing_of(opened))}
    done = client.post(f"{address(opened)}redact/contact/", sent | seen)
    assert done.status_code == 302
    opened.refresh_from_db()
    assert (opened.contact_name, opened.contact_address) == ("", "")
    assert opened.description == "What happened."
    assert opened.history.filter(contact_name__gt="").count() == 0
    event = Event.objects.get(kind="contact.redacted")
    assert f"Contact redacted, {event.public_id}" in text(client.get(address(opened)))
    seen = {"seen": str(standing_of(opened))}
    again = client.post(f"{address(opened)}redact/contact/", sent | seen)
    assert "redacted already" in text(again)
