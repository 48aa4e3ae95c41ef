"""Forms know what they showed: nobody overwrites, or answers, what they have not read."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.acts import WAITING_FOR
from requests_app.models import Entity, SupportRequest, User
from requests_app.standing import Standing, standing_of
from requests_app.transitions import WAITING
from tests import factories
from tests.pages import act, address, signed_in, text, value_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(entity: Entity) -> User:
    return factories.person("agent", entity, display_name="Ben Stone")


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity, priority="normal")


def sent_late(
    agent: User, support_request: SupportRequest, seen: Standing, verb: str, data: dict[str, str]
) -> Any:
    return signed_in(agent).post(address(support_request, verb), {"seen": str(seen), **data})


def test_a_form_from_before_a_change_is_refused_with_the_difference(
    support_request: SupportRequest, agent: User, colleague: User
) -> None:
    seen = standing_of(support_request)
    services.change_priority(
        support_request=support_request, priority="critical", by=factories.actor(colleague)
    )
    response = sent_late(
        agent, support_request, seen, "change-category", {"category": "Billing", "reason": "Mine"}
    )
    shown = text(response)
    assert response.status_code == 409
    assert "Ben Stone changed the priority since you opened this page." in shown
    assert "What changed since you opened the page Ben Stone changed the priority" in shown
    assert "Priority removed: Normal → added: Critical" in shown
    assert value_of(response, "change-category-category") == "Billing"
    support_request.refresh_from_db()
    assert (support_request.priority, support_request.category) == ("critical", "")


def test_sent_again_after_reading_it_is_done(
    support_request: SupportRequest, agent: User, colleague: User
) -> None:
    seen = standing_of(support_request)
    services.take(support_request=support_request, by=factories.actor(colleague))
    first = sent_late(agent, support_request, seen, "change-category", {"category": "Billing"})
    again = value_of(first, "change-category-seen")
    assert again == str(standing_of(support_request))
    second = signed_in(agent).post(
        address(support_request, "change-category"), {"seen": again, "category": "Billing"}
    )
    assert second.status_code == 302
    support_request.refresh_from_db()
    assert (support_request.category, support_request.assignee) == ("Billing", colleague)


def test_a_reply_does_not_cross_a_message_that_its_writer_has_not_seen(
    support_request: SupportRequest, agent: User, colleague: User
) -> None:
    seen = standing_of(support_request)
    by = factories.actor(colleague)
    services.reply(support_request=support_request, body="It is paid.", by=by)
    services.note(support_request=support_request, body="Checked.", by=by)
    response = sent_late(agent, support_request, seen, "reply", {"body": "We are on it."})
    assert response.status_code == 409
    told = "Ben Stone wrote an internal note since you opened this page, and there was more before."
    assert told in text(response)
    assert value_of(response, "reply-body") == "We are on it."
    assert support_request.messages.count() == 2


def test_the_same_form_sent_twice_writes_once(support_request: SupportRequest, agent: User) -> None:
    seen = standing_of(support_request)
    sent = {"body": "We are on it.", "once": "a-key-of-this-form"}
    answers = [sent_late(agent, support_request, seen, "reply", sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert support_request.messages.count() == 1


def test_what_was_refused_as_late_is_on_record(
    support_request: SupportRequest, agent: User, colleague: User
) -> None:
    seen = standing_of(support_request)
    services.take(support_request=support_request, by=factories.actor(colleague))
    sent_late(agent, support_request, seen, "change-category", {"category": "Billing"})
    denied = Event.objects.get(kind="request.category_changed")
    assert (denied.outcome, denied.actor_label) == ("denied", "Ana Reyes")
    assert "Ben Stone took the request" in denied.detail["refusal"]


@pytest.mark.parametrize("seen", [None, "", "x", "1", "1-2-3-4", "1-2-", "-1--1", "9" * 30 + "-1"])
def test_a_form_that_does_not_say_what_it_showed_is_shown_again(
    seen: str | None, support_request: SupportRequest, agent: User
) -> None:
    data = {"body": "We are on it."} | ({} if seen is None else {"seen": seen})
    response = signed_in(agent).post(address(support_request, "reply"), data)
    assert response.status_code == 422
    assert "This form is from a page that does not say what it showed." in text(response)
    assert value_of(response, "reply-body") == "We are on it."
    assert value_of(response, "reply-seen") == str(standing_of(support_request))
    assert not support_request.messages.exists()


def test_a_standing_of_another_request_shows_none_of_its_values(
    support_request: SupportRequest, agent: User
) -> None:
    other = factories.support_request(priority="critical")
    seen = standing_of(other)
    services.take(support_request=support_request, by=factories.actor(agent))
    response = sent_late(agent, support_request, seen, "reply", {"body": "b"})
    assert response.status_code == 409
    assert (
        "removed:" not in text(response).partition("What changed since")[2].partition("Stream")[0]
    )


def test_each_form_of_a_page_says_what_the_page_showed(
    support_request: SupportRequest, agent: User
) -> None:
    page = signed_in(agent).get(address(support_request)).content.decode()
    forms = page.count(f'method="post" action="/requests/{support_request.number}/')
    assert forms > 5
    assert page.count(f'name="seen" value="{standing_of(support_request)}"') == forms


def test_a_look_changes_nothing_that_a_form_has_seen(
    support_request: SupportRequest, agent: User, colleague: User
) -> None:
    seen = standing_of(support_request)
    signed_in(colleague).get(address(support_request))
    assert standing_of(support_request) == seen
    assert act(signed_in(agent), support_request, "take").status_code == 302


def test_correcting_a_field_does_not_skip_what_came_between(
    support_request: SupportRequest, agent: User, colleague: User
) -> None:
    services.take(support_request=support_request, by=factories.actor(agent))
    seen = standing_of(support_request)
    services.note(
        support_request=support_request, body="Do not refund", by=factories.actor(colleague)
    )
    first = sent_late(
        agent, support_request, seen, "resolve", {"resolution": "refunded", "root_cause": "unknown"}
    )
    assert first.status_code == 422
    typed = {
        "resolution": "refunded",
        "root_cause": "unknown",
        "note": "Paid",
        "seen": value_of(first, "resolve-seen"),
    }
    second = signed_in(agent).post(address(support_request, "resolve"), typed)
    assert second.status_code == 409
    assert "Ben Stone wrote an internal note since you opened this page." in text(second)


def test_what_a_colleague_has_done_already_is_told_with_who_did_it(
    support_request: SupportRequest, agent: User, colleague: User
) -> None:
    services.take(support_request=support_request, by=factories.actor(agent))
    seen = standing_of(support_request)
    services.resolve(
        support_request=support_request, resolution="fixed", note="Done",
        by=factories.actor(colleague),
    )  # fmt: skip
    response = sent_late(
        agent,
        support_request,
        seen,
        "resolve",
        {"resolution": "refunded", "root_cause": "unknown", "note": "Paid"},
    )
    assert response.status_code == 409
    assert "Ben Stone resolved the request since you opened this page." in text(response)


def test_nobody_is_left_out_in_passing(support_request: SupportRequest, agent: User) -> None:
    gone = factories.person("auditor", support_request.entity, display_name="Cleo Marsh")
    with recording("record.changed", by=factories.TESTER, subject=support_request):
        support_request.assignee = gone
        support_request.save()
    client = signed_in(agent)
    assert value_of(client.get(address(support_request)), "assign-assignee") == ""
    assert act(client, support_request, "assign", {"reason": "Why not"}).status_code == 422
    assert act(client, support_request, "assign", {"assignee": "nobody"}).status_code == 302
    support_request.refresh_from_db()
    assert support_request.assignee is None


def test_each_reason_for_waiting_has_its_status() -> None:
    assert set(WAITING_FOR) == WAITING
