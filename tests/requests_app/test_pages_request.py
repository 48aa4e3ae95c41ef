"""The request page: facts, conversation, verbs and trail."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import Event
from audit.recording import recording
from requests_app import services, transitions, verbs
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import act, address, signed_in, text, value_of, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(
        entity=entity, claimed_amount=Decimal(25000), claimed_currency="USD",
        received_at=timezone.now() - timedelta(days=3),
    )  # fmt: skip


def test_what_was_claimed_stands_apart_from_what_was_recorded(
    support_request: SupportRequest, agent: User
) -> None:
    shown = text(signed_in(agent).get(address(support_request)))
    first = Event.objects.of_support_request(support_request.pk).earliest("id")
    assert "Claimed by the customer USD 25,000.00 Nothing is granted by it" in shown
    assert f"Received, as claimed {support_request.received_at:%-d %b %Y, %H:%M:%S} UTC" in shown
    assert f"Recorded {first.recorded_at:%-d %b %Y, %H:%M:%S} UTC {first.public_id}" in shown


def test_fields_of_the_source_are_shown_as_facts(
    support_request: SupportRequest, agent: User
) -> None:
    with recording("record.changed", by=factories.actor(agent), subject=support_request):
        support_request.custom = {"cost_center": "4711", "vip": True, "gone": None}
        support_request.save()
    shown = text(signed_in(agent).get(address(support_request)))
    for fact in ("Cost center 4711", "Vip yes", "Gone not set"):
        assert fact in shown


WHY = {"reason": "A reason"}


def test_each_verb_works_from_its_form(support_request: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    colleague = factories.person("lead", support_request.entity)
    original = factories.support_request(entity=support_request.entity)
    steps: list[tuple[str, dict[str, Any], str, str]] = [
        ("triage", {"priority": "low", "category": "Rooms"}, "triaged", "triaged"),
        ("take", {}, "in_progress", "taken"),
        ("reply", {"body": "We look into it."}, "in_progress", "replied"),
        ("note", {"body": "Ask Ben"}, "in_progress", "noted"),
        ("attach", {"files": [SimpleUploadedFile("a.txt", b"words")]}, "in_progress",
         "file_attached"),
        ("change-priority", {"priority": "high"}, "in_progress", "priority_changed"),
        ("change-category", {"category": "Billing"}, "in_progress", "category_changed"),
        ("change-customer", {"customer_name": "Quay Inn", **WHY}, "in_progress",
         "customer_changed"),
        ("correct-facts", {"claimed_amount": "1,250", "claimed_currency": "eur", **WHY},
         "in_progress", "facts_corrected"),
        ("assign", {"assignee": str(colleague.pk)}, "in_progress", "assigned"),
        ("hand-over", {"assignee": str(agent.pk), **WHY}, "in_progress", "handed_over"),
        ("wait", {"waiting_for": "waiting_vendor"}, "waiting_vendor", "waiting_started"),
        ("resume", {}, "in_progress", "resumed"),
        ("mark-duplicate",
         {"original": original.number.lower(), "shown": original.number}, "duplicate",
         "marked_duplicate"),
        ("reopen", WHY, "in_progress", "reopened"),
        ("reject", WHY, "rejected", "rejected"),
        ("reopen", WHY, "in_progress", "reopened"),
        ("cancel", WHY, "cancelled", "cancelled"),
        ("reopen", WHY, "in_progress", "reopened"),
        ("resolve", {"resolution": "refunded", "root_cause": "unknown", "note": "Paid back"},
         "resolved", "resolved"),
        ("close", {}, "closed", "closed"),
        ("reopen", WHY, "in_progress", "reopened"),
    ]  # fmt: skip
    for verb, data, status, _ in steps:
        response = act(client, support_request, verb, data)
        assert response.headers["Location"].split("#")[0] == address(support_request), verb
        support_request.refresh_from_db()
        assert support_request.status == status
    kinds = Event.objects.of_support_request(support_request.pk).values_list("kind", flat=True)
    did = [f"request.{kind}" for *_, kind in steps]
    assert list(kinds.order_by("id")) == ["request.opened", *did]


def test_an_act_is_confirmed_on_the_page_it_leads_to(
    support_request: SupportRequest, agent: User
) -> None:
    response = act(signed_in(agent), support_request, "take", follow=True)
    assert "You have taken this request." in text(response)


def test_who_works_on_a_request_is_told_so_instead_of_offered_to_take_it(
    support_request: SupportRequest, agent: User
) -> None:
    client, form = signed_in(agent), f'action="{address(support_request, "take")}"'
    other = signed_in(factories.person("agent", support_request.entity))
    assert form in client.get(address(support_request)).content.decode()
    act(client, support_request, "take")
    before = trail_of(support_request)
    page = client.get(address(support_request))
    assert "You work on this request already." in text(page)
    assert form not in page.content.decode()
    assert form in other.get(address(support_request)).content.decode()
    act(client, support_request, "take")
    assert trail_of(support_request)[1:] == before[1:]


@pytest.mark.parametrize("verb", sorted(set(transitions.MOVES) - transitions.BY_CUSTOMERS))
def test_a_verb_does_nothing_on_get(
    verb: str, support_request: SupportRequest, agent: User
) -> None:
    starts, _ = transitions.MOVES[verb]
    with recording("record.changed", by=factories.TESTER, subject=support_request):
        support_request.status = sorted(starts)[0]
        support_request.save()
    client, before = signed_in(agent), trail_of(support_request)
    filled = {"body": "b", "priority": "high", "reason": "r", "resolution": "fixed", "note": "n"}
    response = client.get(address(support_request, verb.replace("_", "-")), filled)
    assert response.headers["Location"] == address(support_request)
    assert trail_of(support_request) == before


def trail_of(support_request: SupportRequest) -> tuple[list[int], list[int], int]:
    return (
        list(Event.objects.of_support_request(support_request.pk).values_list("pk", flat=True)),
        list(support_request.history.values_list("pk", flat=True)),
        support_request.messages.count(),
    )


def test_every_move_has_an_address() -> None:
    by_people = set(transitions.MOVES) - transitions.BY_CUSTOMERS
    assert {verb.name for verb in verbs.VERBS.values()} == by_people


def test_a_verb_nobody_knows_is_not_found(support_request: SupportRequest, agent: User) -> None:
    assert act(signed_in(agent), support_request, "explode").status_code == 404


def test_what_is_not_possible_now_says_why_instead_of_a_form(
    support_request: SupportRequest, agent: User
) -> None:
    response = signed_in(agent).get(address(support_request))
    assert "Close: A request that is new cannot be closed." in text(response)
    assert address(support_request, "close") not in response.content.decode()


def test_one_reason_for_all_verbs_is_said_once(
    support_request: SupportRequest, entity: Entity
) -> None:
    shown = text(signed_in(factories.person("auditor", entity)).get(address(support_request)))
    assert shown.count("needs the role agent or lead there") == 1


def test_a_refused_verb_keeps_what_was_typed_and_says_why(
    support_request: SupportRequest, agent: User
) -> None:
    data = {"resolution": "refunded", "root_cause": "unknown", "note": "Long explanation"}
    response = act(signed_in(agent), support_request, "resolve", data)
    assert response.status_code == 409
    assert "A request that is new cannot be resolved. Take it first." in text(response)
    assert value_of(response, "resolve-note") == "Long explanation"


def test_a_form_that_is_not_complete_names_each_field_with_a_link_to_it(
    support_request: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    act(client, support_request, "take")
    response = act(client, support_request, "resolve", {"note": "Half"})
    html = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#resolve-resolution">Resolution: Choose how it was resolved.</a>' in html
    assert 'aria-describedby="resolve-resolution_error"' in html
    assert "<title>Error: " in html
    assert value_of(response, "resolve-note") == "Half"


def test_links_on_a_page_after_an_error_lead_to_the_request(
    support_request: SupportRequest, agent: User
) -> None:
    html = act(signed_in(agent), support_request, "reply", {}).content.decode()
    assert f'href="{address(support_request)}?show=changes#stream"' in html


def test_the_trail_tells_the_story_oldest_first_and_turns_around(
    support_request: SupportRequest, agent: User
) -> None:
    services.take(support_request=support_request, by=factories.actor(agent))
    client = signed_in(agent)
    oldest = [
        entry.event.pk for entry in client.get(address(support_request)).context["page"].entries
    ]
    response = client.get(address(support_request) + "?order=newest")
    newest = [entry.event.pk for entry in response.context["page"].entries]
    assert oldest == sorted(oldest)
    assert newest == oldest[::-1]


def test_filters_of_the_trail_count_what_they_show(
    support_request: SupportRequest, agent: User
) -> None:
    services.take(support_request=support_request, by=factories.actor(agent))
    services.reply(support_request=support_request, body="Hello", by=factories.actor(agent))
    client = signed_in(agent)
    context = client.get(address(support_request)).context
    assert [(name, count) for name, _, count in context["filters"]] == [
        ("everything", 4), ("conversation", 2), ("changes", 2),
    ]  # fmt: skip
    for name, _, count in context["filters"]:
        shown = client.get(address(support_request) + f"?show={name}").context["page"]
        assert len(shown.entries) == count


def test_an_entry_says_who_as_what_from_where_why_and_what_changed(
    support_request: SupportRequest, agent: User
) -> None:
    act(
        signed_in(agent), support_request, "change-priority",
        {"priority": "high", "reason": "A big one"},
    )  # fmt: skip
    response = signed_in(agent).get(whole(support_request))
    event = Event.objects.get(kind="request.priority_changed")
    shown = text(response)
    assert "Ana Reyes Agent changed the priority" in shown
    assert "Web from 127.0.0.1" in shown
    assert "Reason: A big one" in shown
    assert "Priority removed: Normal → added: High" in shown
    html = response.content.decode()
    assert f'id="e{event.pk}"' in html
    assert f'href="/events/{event.pk}/">{event.public_id}</a>' in html
    assert f'<time datetime="{event.recorded_at:%Y-%m-%dT%H:%M:%S.%fZ}"' in html


def test_a_refused_act_does_not_read_as_if_it_was_done(
    support_request: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    act(client, support_request, "close")
    shown = text(client.get(whole(support_request)))
    assert "was refused: “Request closed” Refused" in shown
    assert "Ana Reyes Agent closed the request" not in shown


def test_an_act_of_the_past_shows_when_it_happened_and_when_it_was_recorded(
    support_request: SupportRequest, agent: User
) -> None:
    happened = timezone.now() - timedelta(days=40)
    services.take(support_request=support_request, by=factories.actor(agent), occurred_at=happened)
    shown = text(signed_in(agent).get(whole(support_request)))
    assert f"happened, as claimed, {happened:%-d %b %Y, %H:%M:%S} UTC" in shown
    assert "recorded " in shown


def test_a_kind_that_nobody_knows_any_more_is_still_shown(
    support_request: SupportRequest, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.kinds._registry", {})
    response = signed_in_before(agent, monkeypatch).get(whole(support_request))
    assert "recorded “request opened”" in text(response)


def signed_in_before(agent: User, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Signs in and looks while kinds are known, since what is written must be registered."""
    monkeypatch.undo()
    client = signed_in(agent)
    client.get(address(SupportRequest.objects.get()))
    monkeypatch.setattr("audit.kinds._registry", {})
    return client


def test_an_event_that_changed_nothing_says_so(
    support_request: SupportRequest, agent: User
) -> None:
    with recording("record.changed", by=factories.actor(agent), subject=support_request):
        support_request.save()
    shown = text(signed_in(agent).get(whole(support_request)))
    assert shown.count("No field that is recorded here was changed.") == 1


def test_a_long_conversation_opens_at_its_end_and_leads_to_the_earlier_messages(
    support_request: SupportRequest, agent: User
) -> None:
    for number in range(52):
        services.reply(
            support_request=support_request, body=f"n{number}.", by=factories.actor(agent)
        )
    client = signed_in(agent)
    response = client.get(address(support_request))
    assert "n51." in text(response)
    assert "n1." not in text(response)
    assert "Show 50 older" in text(response)
    older = client.get(address(support_request), {"before": response.context["page"].older})
    assert "n1." in text(older)
    assert "n51." not in text(older)


def test_the_page_takes_few_queries_however_much_happened(
    support_request: SupportRequest, agent: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        services.reply(support_request=support_request, body=str(number), by=factories.actor(agent))
    client = signed_in(agent)
    client.get(address(support_request))
    # 12 of the page; the stream's own are its events, their messages, and the files, corrections
    # and redactions of these. Beside a whole trail also what its events touched, one for each of 3
    # models, the names of 4 kinds, and whether the person may see the rows.
    with django_assert_max_num_queries(12 + 5):
        assert client.get(address(support_request)).status_code == 200
    with django_assert_max_num_queries(12 + 5 + 1 + 3 + 4 + 1):
        assert client.get(whole(support_request)).status_code == 200
