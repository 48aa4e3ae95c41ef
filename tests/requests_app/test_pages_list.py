"""The request list shows what the person may see and asked for, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.models import Entity, User
from tests import factories
from tests.markup import main_of
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db

LIST = "/requests/"


def test_requests_of_other_entities_are_not_listed(entity: Entity, agent: User) -> None:
    factories.support_request(entity=entity, subject="Ours")
    factories.support_request(subject="Theirs")
    shown = text(signed_in(agent).get(LIST))
    assert "Ours" in shown
    assert "Theirs" not in shown


@pytest.mark.parametrize(
    "query",
    ["status=in_progress", "status=open&priority=high", "assignee=me", "channel=phone", "q=lamp"],
)
def test_each_filter_keeps_what_matches_and_drops_the_rest(
    query: str, entity: Entity, agent: User
) -> None:
    wanted = factories.support_request(
        entity=entity, subject="Broken lamp", channel="phone", priority="high"
    )
    services.take(support_request=wanted, by=factories.actor(agent))
    other = factories.support_request(entity=entity, subject="Late parcel", priority="low")
    shown = text(signed_in(agent).get(f"{LIST}?{query}"))
    assert wanted.number in shown
    assert other.number not in shown


@pytest.mark.parametrize(
    ("hours", "state", "filtered"), [(-2, "late", "overdue"), (1, "soon", "soon"), (48, "", "")]
)
def test_what_is_late_or_soon_is_said_and_leads_to_all_that_is(
    hours: int, state: str, filtered: str, entity: Entity, agent: User
) -> None:
    made, now = factories.support_request(entity=entity), timezone.now()
    with recording("record.changed", by=factories.TESTER, subject=made):
        made.due_at = now + timedelta(hours=hours)
        made.due_soon_at = made.due_at - timedelta(hours=3)
        made.save()
    client = signed_in(agent)
    every = main_of(client.get(LIST).content.decode()).inside()
    found = [each for each in every if any(name.startswith("due--") for name in each.classes)]
    assert [each.classes - {"pill"} for each in found] == ([{f"due--{state}"}] if state else [])
    for each in found:
        assert each.link() == f"{LIST}?due={filtered}"
        assert made.number in text(client.get(str(each.link())))


@pytest.mark.parametrize("part", ["number", "source_number", "subject", "customer"])
def test_search_reads_numbers_subject_and_customer(part: str, entity: Entity, agent: User) -> None:
    customer = factories.customer(entity=entity, name="Harbor Hotels")
    wanted = factories.support_request(entity=entity, subject="Wet linen", customer=customer)
    factories.support_request(entity=entity, subject="Other")
    query = {
        "number": wanted.number, "source_number": "INC00", "subject": "WET", "customer": "harbor",
    }[part]  # fmt: skip
    shown = text(signed_in(agent).get(LIST, {"q": query}))
    assert ("Wet linen" in shown) is (part != "source_number")
    assert "Other" not in shown


def test_nobody_and_mine_are_filters_of_the_assignee(entity: Entity, agent: User) -> None:
    mine = factories.support_request(entity=entity)
    services.take(support_request=mine, by=factories.actor(agent))
    free = factories.support_request(entity=entity)
    shown = text(signed_in(agent).get(f"{LIST}?assignee=nobody"))
    assert free.number in shown
    assert mine.number not in shown


def test_a_filter_that_makes_no_sense_shows_nothing_and_says_why(
    entity: Entity, agent: User
) -> None:
    opened = factories.support_request(entity=entity)
    response = signed_in(agent).get(f"{LIST}?status=bogus")
    assert opened.number not in text(response)
    assert "This is not in the list. Choose one that is." in text(response)
    assert "No requests yet" not in text(response)


def test_an_empty_desk_and_an_empty_search_are_told_apart(agent: User) -> None:
    client = signed_in(agent)
    assert "No requests yet" in text(client.get(LIST))
    assert "No request matches" in text(client.get(f"{LIST}?q=nothing"))


def test_pages_of_fifty_follow_each_other_without_gap_or_repetition(
    entity: Entity, agent: User
) -> None:
    numbers = [factories.support_request(entity=entity).number for _ in range(53)]
    client = signed_in(agent)
    first = client.get(LIST).context["page"]
    second = client.get(f"{LIST}?before={first.older}").context["page"]
    listed = [row.number for row in [*first.rows, *second.rows]]
    assert listed == numbers[::-1]
    assert second.older is None
    assert client.get(f"{LIST}?after={second.newer}").context["page"].rows == first.rows


def test_links_to_other_pages_keep_the_filter(entity: Entity, agent: User) -> None:
    for _ in range(51):
        factories.support_request(entity=entity, channel="phone")
    html = signed_in(agent).get(f"{LIST}?channel=phone").content.decode()
    assert "?channel=phone&amp;before=" in html


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 30, "٣"])
def test_a_cursor_that_is_no_id_is_no_page(cursor: str, agent: User) -> None:
    assert signed_in(agent).get(LIST, {"before": cursor}).status_code == 404


def test_the_count_stops_one_past_its_limit(
    entity: Entity, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        factories.support_request(entity=entity)
    monkeypatch.setattr("audit.timeline.COUNTED", 2)
    monkeypatch.setattr("audit.templatetags.trail.COUNTED", 2)
    assert "2+ requests" in text(signed_in(agent).get(LIST))


def test_amounts_are_shown_at_the_scale_of_their_currency(entity: Entity, agent: User) -> None:
    for amount, currency in (("25000", "USD"), ("1250", "JPY"), ("7.5", "KWD")):
        factories.support_request(
            entity=entity, claimed_amount=Decimal(amount), claimed_currency=currency
        )
    shown = text(signed_in(agent).get(LIST))
    for words in ("USD 25,000.00", "JPY 1,250 ", "KWD 7.500"):
        assert words in shown


def test_a_search_is_on_record_with_the_hash_of_its_words_and_its_count(
    entity: Entity, agent: User
) -> None:
    factories.support_request(entity=entity, subject="Wet linen")
    signed_in(agent).get(f"{LIST}?q=linen")
    event = Event.objects.get(kind="request.list_searched")
    assert (event.actor_id, event.channel) == (str(agent.pk), "web")
    assert event.detail == {
        "query_sha256": hashlib.sha256(b"linen").hexdigest(), "count": 1, "entities": [entity.pk],
    }  # fmt: skip


def test_looking_at_the_list_without_searching_records_nothing(agent: User) -> None:
    client = signed_in(agent)
    before = Event.objects.count()
    client.get(f"{LIST}?status=new")
    assert Event.objects.count() == before


def test_the_list_takes_few_queries_however_many_rows_it_has(
    entity: Entity, agent: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        factories.support_request(entity=entity, customer=factories.customer(entity=entity))
    client = signed_in(agent)
    with django_assert_max_num_queries(12):
        assert client.get(LIST).status_code == 200
