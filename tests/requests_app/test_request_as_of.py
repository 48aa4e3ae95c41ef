"""A request as it was: facts, conversation and trail of that moment, and nothing to write."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from audit import moments
from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.models import Customer, Entity, SupportRequest, User
from tests import factories
from tests.pages import address, signed_in, text, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(entity: Entity, agent: User) -> SupportRequest:
    """Opened, taken, answered, raised in priority, answered again."""
    customer = factories.customer(entity=entity, name="Harbor Light")
    opened = factories.support_request(entity=entity, customer=customer, subject="Wet linen")
    by = factories.actor(agent)
    services.take(support_request=opened, by=by)
    services.reply(support_request=opened, body="First answer", by=by)
    services.change_priority(support_request=opened, priority="critical", by=by)
    services.reply(support_request=opened, body="Second answer", by=by)
    return opened


def event_of(told: SupportRequest, kind: str) -> Event:
    found = Event.objects.of_support_request(told.pk).filter(kind=kind).first()
    assert found is not None
    return found


def then(told: SupportRequest, as_of: str, agent: User, query: str = "") -> Any:
    return signed_in(agent).get(f"{address(told)}?as_of={as_of}{query}")


def test_right_after_an_event_is_what_it_had_made_of_the_request(
    told: SupportRequest, agent: User
) -> None:
    event = event_of(told, "request.replied")
    response = then(told, f"E-{event.pk}", agent)
    shown = text(response)
    assert "First answer" in shown
    assert "Second answer" not in shown
    assert "In progress Normal" in shown
    assert "Critical" not in shown
    assert f"As it was on {event.recorded_at:%-d %b %Y}" in shown
    assert f"right after {event.public_id}, read only, back to now" in shown


def test_a_moment_is_as_good_as_an_event_and_is_in_the_zone_of_the_page(
    told: SupportRequest, agent: User
) -> None:
    person = factories.person("auditor", told.entity, time_zone="Asia/Tokyo")
    at = event_of(told, "request.replied").recorded_at.astimezone(ZoneInfo("Asia/Tokyo"))
    response = then(told, f"{at:%Y-%m-%dT%H:%M:%S.%f}", person)
    assert response.context["instant"].event.kind == "request.replied"
    assert f"As it was on {moments.exact(at, ZoneInfo('Asia/Tokyo'))}" in text(response)


def test_a_moment_to_the_second_holds_what_was_recorded_in_that_second(
    told: SupportRequest, agent: User
) -> None:
    last = Event.objects.of_support_request(told.pk).last()
    assert last is not None
    response = then(told, f"{last.recorded_at:%Y-%m-%dT%H:%M:%S}Z", agent)
    assert response.status_code == 200
    assert "Second answer" in text(response)


def test_nothing_on_it_can_be_sent_but_how_it_is_shown(told: SupportRequest, agent: User) -> None:
    event = event_of(told, "request.replied")
    html = then(told, f"E-{event.pk}", agent).content.decode()
    main = html.partition("<main")[2]
    posts = set(re.findall(r'method="post" action="([^"]+)"', main.partition("</main>")[0]))
    assert posts == {"/display/"}
    for gone in ("<textarea", "Not possible now", 'id="answer"', "action__button"):
        assert gone not in main


def test_names_are_those_of_the_time(told: SupportRequest, agent: User) -> None:
    event = event_of(told, "request.replied")
    customer = Customer.objects.get()
    with recording("record.changed", by=factories.TESTER, subject=customer):
        customer.name = "Renamed since"
        customer.save()
    with recording("record.changed", by=factories.TESTER, subject=agent):
        agent.display_name = "Ana Married"
        agent.save()
    shown = text(then(told, f"E-{event.pk}", agent))
    assert "Customer Harbor Light" in shown
    assert "Assignee Ana Reyes" in shown
    assert "Renamed since" not in shown


def test_its_trail_and_counts_end_there(told: SupportRequest, agent: User) -> None:
    event = event_of(told, "request.replied")
    context = then(told, f"E-{event.pk}", agent, "&show=everything").context
    assert [entry.event.kind for entry in context["page"].entries] == [
        "request.opened", "request.taken", "request.replied",
    ]  # fmt: skip
    assert [count for _, _, count in context["filters"]] == [3, 2, 2]


def test_steps_go_from_change_to_change_past_looks(told: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    client.get(address(told))
    services.note(support_request=told, body="Last", by=factories.actor(agent))
    at, seen = f"E-{event_of(told, 'request.noted').pk}", []
    while at:
        context = client.get(f"{address(told)}?as_of={at}").context
        seen.append((context["instant"].event.kind, context["instant"].place))
        assert context["instant"].count == 6
        previous = context["instant"].previous
        at = previous.public_id if previous else ""
    assert seen == [
        ("request.noted", 6), ("request.replied", 5), ("request.priority_changed", 4),
        ("request.replied", 3), ("request.taken", 2), ("request.opened", 1),
    ]  # fmt: skip


def test_the_steps_are_links_that_keep_the_filter(told: SupportRequest, agent: User) -> None:
    events = list(Event.objects.of_support_request(told.pk))
    html = then(told, f"E-{events[2].pk}", agent, "&show=everything").content.decode()
    for other in (events[1], events[3]):
        assert f'href="{address(told)}?as_of={other.public_id}&amp;show=everything"' in html


def test_before_its_first_record_it_says_so_and_leads_to_it(
    told: SupportRequest, agent: User
) -> None:
    moment = timezone.now() - timedelta(days=400)
    response = then(told, f"{moment:%Y-%m-%dT%H:%M:%S}", agent)
    first = event_of(told, "request.opened")
    assert response.status_code == 200
    assert "was not recorded yet at" in text(response)
    assert f'href="{address(told)}?as_of={first.public_id}"' in response.content.decode()
    assert "Harbor Light" not in text(response)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("yesterday", "Write the moment as in 2026-03-31T14:05:09"),
        ("2026-13-45T99:00", "Write the moment as in"),
        ("0001-01-01T00:00:00%2B14:00", "Write the moment as in"),
        ("9999-12-31T23:59:59-14:00", "Write the moment as in"),
        ("2999-01-01T00:00", "This moment has not come yet"),
        ("%00", "Write the moment as in"),
    ],
)
def test_what_is_no_moment_is_said_beside_the_field_which_keeps_it(
    asked: str, words: str, told: SupportRequest, agent: User
) -> None:
    response = then(told, asked, agent)
    assert response.status_code == 422
    assert words in text(response)
    html = response.content.decode()
    assert 'aria-describedby="as-of-error"' in html
    if asked == "yesterday":
        assert 'value="yesterday"' in html


def test_every_entry_leads_to_the_request_as_it_left_it(told: SupportRequest, agent: User) -> None:
    html = signed_in(agent).get(whole(told)).content.decode()
    for event in Event.objects.of_support_request(told.pk).exclude(kind="request.viewed"):
        assert f'href="{address(told)}?as_of={event.public_id}"' in html


def test_the_look_at_the_past_is_a_look(told: SupportRequest, agent: User) -> None:
    then(told, f"E-{event_of(told, 'request.taken').pk}", agent)
    assert Event.objects.filter(kind="request.viewed", actor_id=str(agent.pk)).count() == 1


def test_a_stranger_finds_nothing_of_the_past_either(told: SupportRequest) -> None:
    stranger = factories.person("agent", factories.entity())
    assert then(told, f"E-{event_of(told, 'request.taken').pk}", stranger).status_code == 404


def test_the_past_takes_few_queries_however_long_it_is(
    told: SupportRequest, agent: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        services.note(support_request=told, body=str(number), by=factories.actor(agent))
    client, last = signed_in(agent), Event.objects.of_support_request(told.pk).last()
    assert last is not None
    client.get(address(told))
    # 13 of the page; 5 find the moment and the changes around it; 3 find files, corrections and
    # what was redacted; the rest is the trail's own.
    with django_assert_max_num_queries(13 + 5 + 3 + 2 + 3 + 4 + 1 + 1):
        client.get(f"{whole(told)}&as_of={last.public_id}")


def test_a_file_of_later_stands_neither_in_the_first_message_nor_elsewhere(
    told: SupportRequest, agent: User
) -> None:
    """A mail brings files with no person behind them; they stand with the first message."""
    before = event_of(told, "request.replied")
    services.attach(support_request=told, name="late.pdf", content=b"%PDF-1.7", by=factories.TESTER)
    for query in ("", "&show=everything"):
        assert "late.pdf" not in text(then(told, f"E-{before.pk}", agent, query))
    last = Event.objects.of_support_request(told.pk).filter(kind="request.file_attached").get()
    assert "late.pdf" in text(then(told, f"E-{last.pk}", agent))


def test_a_correction_of_later_has_not_folded_its_message_yet(
    told: SupportRequest, agent: User
) -> None:
    message = told.messages.get(body="First answer")
    written = Event.objects.of_support_request(told.pk).filter(kind="request.replied").last()
    services.correct(
        message=message, body="First, mended", reason="A wrong word", by=factories.actor(agent)
    )
    assert written is not None
    assert "Corrected by" not in text(then(told, f"E-{written.pk}", agent))
    assert "Corrected by" in text(signed_in(agent).get(address(told)))


def test_a_moment_to_come_is_refused_where_errors_are_read_first(
    told: SupportRequest, agent: User
) -> None:
    response = then(told, "2099-01-01T00:00:00", agent)
    assert response.status_code == 422
    html = response.content.decode()
    [summary] = re.findall(r'<div class="notice notice--error"[^>]*id="errors".*?</ul>', html, re.S)
    assert 'role="alert" tabindex="-1"' in summary
    assert '<a href="#as-of">As it was: This moment has not come yet.' in summary
    assert "as it is now, not as it was" in summary
    assert html.index('id="errors"') < html.index('id="stream"')
    assert "<title>Error: " in html
