"""The stream of a request: what is folded, filtered, ordered, and found by its address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from audit.models import Event
from audit.recording import record, recording
from requests_app import services
from requests_app.models import Entity, Message, SupportRequest, User
from tests import factories
from tests.pages import act, address, signed_in, text, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity)


@pytest.fixture
def auditor(entity: Entity) -> User:
    return factories.person("auditor", entity)


def change(support_request: SupportRequest, by: User, *priorities: str) -> None:
    for priority in priorities:
        services.change_priority(
            support_request=support_request, priority=priority, by=factories.actor(by)
        )


def items(client: Client, support_request: SupportRequest, query: str = "") -> list[Any]:
    found: list[Any] = client.get(whole(support_request) + query).context["items"]
    return found


def kinds(found: list[Any]) -> list[list[str]]:
    return [[entry.event.kind for entry in item.entries] for item in found]


# folds


def test_small_changes_of_one_person_in_a_row_are_one_entry_that_unfolds(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, "high", "low", "critical")
    client = signed_in(auditor)
    response = client.get(whole(support_request))
    assert kinds(response.context["items"]) == [
        ["request.opened"], ["request.priority_changed"] * 3, ["request.viewed"],
    ]  # fmt: skip
    shown = text(response)
    assert "Ana Reyes changed priority: 3 edits in " in shown
    assert "All 3 together Priority removed: Normal → added: Critical 3 steps" in shown
    assert shown.count("Ana Reyes Agent changed the priority") == 3
    assert "5 entries shown as 3." in shown


def test_what_is_back_where_it_was_says_so(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, "high", "normal")
    assert "2 steps, back to where it was" in text(signed_in(auditor).get(whole(support_request)))


def test_changes_of_several_fields_are_named_together(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, "high")
    services.change_category(
        support_request=support_request, category="Billing", by=factories.actor(agent)
    )
    shown = text(signed_in(auditor).get(whole(support_request)))
    assert "Ana Reyes changed priority and category: 2 edits in " in shown


def test_a_reason_is_never_folded_away(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, "high")
    services.change_priority(
        support_request=support_request, priority="low", reason="It can wait",
        by=factories.actor(agent),
    )  # fmt: skip
    change(support_request, agent, "normal")
    found = items(signed_in(auditor), support_request)
    assert not any(item.is_fold for item in found)


@pytest.mark.parametrize(
    "values",
    [{"status": "closed"}, {"claimed_amount": 5, "claimed_currency": "USD"}, {"resolution": "x"}],
)
def test_an_end_and_money_are_never_folded_whatever_kind_brings_them(
    values: dict[str, Any], support_request: SupportRequest, auditor: User
) -> None:
    for name, value in (("category", "One"), *values.items(), ("category", "Two")):
        with recording("request.updated", by=factories.TESTER, subject=support_request):
            setattr(support_request, name, value)
            if name == "claimed_amount":
                support_request.claimed_currency = "USD"
            support_request.save()
    found = items(signed_in(auditor), support_request)
    firm = {"status", "claimed_amount", "resolution"}
    for item in found:
        fields = {
            change.field for entry in item.entries for row in entry.rows for change in row.changes
            if row.type == "~"
        }  # fmt: skip
        assert not (item.is_fold and fields & firm)
    assert len(found) >= 4


def test_somebody_else_in_between_keeps_changes_apart(
    support_request: SupportRequest, agent: User, auditor: User, entity: Entity
) -> None:
    other = factories.person("lead", entity)
    change(support_request, agent, "high")
    change(support_request, other, "low")
    change(support_request, agent, "critical")
    assert not any(item.is_fold for item in items(signed_in(auditor), support_request))


def test_checks_of_the_trail_and_refusals_stand_by_themselves(
    support_request: SupportRequest, auditor: User
) -> None:
    for _ in range(2):
        record(
            "request.view_denied", by=factories.TESTER, subject=support_request, outcome="denied"
        )
        record("trail.checked", by=factories.TESTER, subject=support_request)
    assert not any(item.is_fold for item in items(signed_in(auditor), support_request))


def test_counts_are_of_entries_not_of_folds(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, "high", "low", "critical")
    counts = signed_in(auditor).get(whole(support_request)).context["filters"]
    assert [(name, count) for name, _, count in counts] == [
        ("everything", 5), ("conversation", 1), ("changes", 4),
    ]  # fmt: skip


# filters and order


@pytest.mark.parametrize(
    ("role", "shown"),
    [("agent", "conversation"), ("lead", "conversation"), ("auditor", "everything"),
     ("controller", "everything")],
)  # fmt: skip
def test_who_works_on_it_gets_the_conversation_and_others_get_all(
    role: str, shown: str, support_request: SupportRequest, entity: Entity
) -> None:
    client = signed_in(factories.person(role, entity))
    assert client.get(address(support_request)).context["shown"] == shown


def test_a_message_is_shown_as_one_and_not_as_fields_that_were_set(
    support_request: SupportRequest, agent: User
) -> None:
    act(signed_in(agent), support_request, "reply", {"body": "We look into it."})
    response = signed_in(agent).get(whole(support_request))
    html = response.content.decode()
    assert html.count("We look into it.") == 1
    assert "Message created" not in html
    assert f'id="e{Event.objects.get(kind="request.replied").pk}"' in html


def test_changes_alone_have_no_reply_box_but_lead_to_it(
    support_request: SupportRequest, agent: User
) -> None:
    change(support_request, agent, "high")
    client = signed_in(agent)
    html = client.get(f"{address(support_request)}?show=changes").content.decode()
    assert 'id="reply-body"' not in html
    assert f'href="{address(support_request)}?show=conversation#answer"' in html
    assert 'id="reply-body"' in client.get(address(support_request)).content.decode()


def test_the_order_that_was_chosen_is_kept_for_the_next_page(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, "high")
    client = signed_in(auditor)
    first = [item.entry.event.pk for item in items(client, support_request)]
    response = client.post("/display/", {"order": "newest", "next": address(support_request)})
    assert response.headers["Location"] == address(support_request)
    turned = [item.entry.event.pk for item in items(client, support_request)]
    assert turned == first[::-1]
    asked = items(client, support_request, "&order=oldest")
    assert [item.entry.event.pk for item in asked] == first


def test_a_filter_with_nothing_in_it_leads_to_everything(
    support_request: SupportRequest, agent: User
) -> None:
    response = signed_in(agent).get(f"{address(support_request)}?show=changes&after=999999")
    assert "Nothing in this part of the trail" in text(response)
    assert "?show=everything" in response.content.decode()


# addresses of events


def test_the_address_of_an_event_leads_to_it_whatever_page_it_is_on(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, *(["high", "low"] * 35))
    events = list(Event.objects.of_support_request(support_request.pk))
    client = signed_in(auditor)
    for event in (events[0], events[40], events[-1]):
        asked = f"{address(support_request)}events/{event.pk}/"
        response = client.get(asked)
        assert response.headers["Location"] == (
            f"{address(support_request)}?event={event.pk}#e{event.pk}"
        )
        page = client.get(response.headers["Location"])
        html = page.content.decode()
        assert html.count(f'id="e{event.pk}"') == 1
        assert f'entry--asked" id="e{event.pk}"' in html
        [item] = [item for item in page.context["items"] if item.is_open]
        assert event in [entry.event for entry in item.entries]
        assert not item.is_fold or '<details class="entry__body fold" open' in html


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_an_event_has_a_page_around_it_in_either_order(
    order: str, support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, *(["high", "low"] * 35))
    event = list(Event.objects.of_support_request(support_request.pk))[35]
    page = (
        signed_in(auditor)
        .get(f"{address(support_request)}?event={event.pk}&order={order}")
        .context["page"]
    )
    ids = [entry.event.pk for entry in page.entries]
    assert ids.index(event.pk) == 10
    assert ids == sorted(ids, reverse=order == "newest")


def test_an_event_that_the_usual_filter_hides_is_shown_among_everything(
    support_request: SupportRequest, agent: User
) -> None:
    change(support_request, agent, "high")
    event = Event.objects.get(kind="request.priority_changed")
    client = signed_in(agent)
    response = client.get(f"{address(support_request)}events/{event.pk}/", follow=True)
    assert response.context["shown"] == "everything"
    assert f'id="e{event.pk}"' in response.content.decode()


@pytest.mark.parametrize("query", ["events/{}/", "?event={}", "?as_of=E-{}"])
def test_an_event_of_another_request_is_not_found_like_none(
    query: str, support_request: SupportRequest, agent: User, entity: Entity
) -> None:
    other = factories.support_request(entity=entity)
    event = Event.objects.of_support_request(other.pk).get()
    client = signed_in(agent)
    for event_id in (event.pk, 999_999_999, 2**63, 10**30):
        path = address(support_request) + query.format(event_id)
        assert client.get(path).status_code == 404, path


def test_an_event_of_a_request_one_may_not_see_is_not_found(
    support_request: SupportRequest,
) -> None:
    stranger = signed_in(factories.person("agent", factories.entity()))
    event = Event.objects.of_support_request(support_request.pk).get()
    assert stranger.get(f"{address(support_request)}events/{event.pk}/").status_code == 404
    assert Event.objects.filter(kind="request.view_denied").count() == 1


def test_pages_of_a_trail_hold_each_entry_once(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, *(["high", "low"] * 60))
    client, ids = signed_in(auditor), []
    client.get(address(support_request))
    query = ""
    while query is not None:
        page = client.get(whole(support_request) + query).context["page"]
        ids += [entry.event.pk for entry in page.entries]
        query = f"&after={page.newer}" if page.newer else None
    everything = Event.objects.of_support_request(support_request.pk)
    assert ids == list(everything.values_list("pk", flat=True))


def test_either_end_of_a_trail_can_be_asked_for(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    change(support_request, agent, *(["high", "low"] * 60))
    client = signed_in(auditor)
    last = client.get(f"{whole(support_request)}&at=end").context["page"].entries
    newest = Event.objects.of_support_request(support_request.pk).last()
    assert last[-1].event == newest
    assert [entry.event.pk for entry in last] == sorted(entry.event.pk for entry in last)
    first = client.get(f"{address(support_request)}?show=conversation&at=start").context["page"]
    assert first.entries[0].event.kind == "request.opened"


# long texts and quotes


def test_a_long_message_is_folded_whole_and_says_how_long_it_is(
    support_request: SupportRequest, agent: User
) -> None:
    body = " ".join(f"word{number}" for number in range(2_000))
    services.reply(support_request=support_request, body=body, by=factories.actor(agent))
    response = signed_in(agent).get(address(support_request))
    assert f"All {len(body):,} characters" in text(response)
    assert body in text(response)


def test_lines_of_a_quoted_mail_are_folded(support_request: SupportRequest, agent: User) -> None:
    body = "Thank you.\n> one <b>\n> two\n> three\nBye\n> a short one"
    with recording("request.replied", by=factories.actor(agent), subject=support_request):
        Message.objects.create(
            support_request=support_request, kind="customer", author_label="Marisol", body=body
        )
    html = signed_in(agent).get(address(support_request)).content.decode()
    assert "<summary>3 quoted lines</summary>" in html
    assert escape("> one <b>\n> two\n> three\n") in html
    assert html.count('class="quote"') == 1


def noted(support_request: SupportRequest, agent: User, *notes: str) -> Event:
    """The last of the events by which a resolution was noted."""
    for words in notes:
        with recording("record.changed", by=factories.actor(agent), subject=support_request):
            support_request.resolution_note = words
            support_request.save()
    event = Event.objects.filter(kind="record.changed").last()
    assert event is not None
    return event


def test_a_long_value_in_the_trail_is_cut_with_the_whole_folded_beside_it(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    noted(support_request, agent, "x" * 20_000)
    html = signed_in(auditor).get(whole(support_request)).content.decode()
    assert '<details class="uncut"><summary>All 20,000 characters</summary>' in html
    assert html.count("x" * 20_000) == 1
    assert "are cut" not in html


def test_of_values_that_are_no_page_it_says_where_the_whole_is(
    support_request: SupportRequest, agent: User, auditor: User
) -> None:
    event = noted(support_request, agent, "x" * 40_000, "y" * 40_000)
    client = signed_in(auditor)
    html = client.get(whole(support_request)).content.decode()
    assert f'<a href="/events/{event.pk}/">All 40,000 characters</a>' in html
    assert "y" * 2_000 not in html
    assert "1 long text on this page is cut" in text(client.get(whole(support_request)))
    assert "y" * 40_000 in client.get(f"/events/{event.pk}/").content.decode()
    assert "y" * 40_000 in client.get(f"{whole(support_request)}&whole=yes").content.decode()
