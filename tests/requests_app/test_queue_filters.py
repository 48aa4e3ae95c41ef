"""Each filter keeps what it says and drops the rest; each can be taken off by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.recording import recording
from requests_app import services
from requests_app.filters import asked
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db

LIST = "/requests/"


@pytest.fixture
def wanted(entity: Entity, agent: User) -> SupportRequest:
    by = factories.actor(agent)
    made = factories.support_request(
        entity=entity, customer=factories.customer(entity=entity), category="Billing",
        claimed_amount=Decimal("300"), claimed_currency="USD",
        received_at=datetime(2026, 3, 31, 12, tzinfo=UTC),
    )  # fmt: skip
    services.take(support_request=made, by=by)
    services.resolve(support_request=made, resolution="fixed", note="Done", by=by)
    services.reopen(support_request=made, by=by, reason="Again")
    services.wait(support_request=made, waiting_for="waiting_vendor", by=by)
    with recording("record.changed", by=factories.TESTER, subject=made):
        now = timezone.now()
        made.due_paused_at, made.due_by_hand_at = None, now
        made.due_soon_at, made.due_at = now - timedelta(hours=1), now + timedelta(hours=1)
        made.save()
    return made


def found(query: str, person: User) -> list[int]:
    form = asked(query, person)
    assert form.is_valid(), form.errors
    return list(form.found().values_list("pk", flat=True))


KEEPS = [
    "status=waiting", "status=waiting_vendor", "category=billing", "due=soon", "reopened=yes",
    "since=2026-03-31&until=2026-03-31", "least=300", "most=300.00", "least=1&most=1,000",
    "currency=usd", "assignee=me",
]  # fmt: skip
DROPS = [
    "status=ended", "status=new", "category=bill", "due=overdue", "due=none", "since=2026-04-01",
    "until=2026-03-30", "least=300.01", "most=299.99", "currency=EUR", "assignee=nobody",
    "assignee=colleagues",
]  # fmt: skip


def test_filters_keep_what_they_say_and_drop_the_rest(
    wanted: SupportRequest, agent: User, entity: Entity
) -> None:
    other = factories.support_request(entity=entity)
    assert [query for query in KEEPS if found(query, agent) != [wanted.pk]] == []
    assert [query for query in DROPS if wanted.pk in found(query, agent)] == []
    assert found("due=none", agent) == [other.pk]


def test_the_requests_of_one_customer(wanted: SupportRequest, agent: User, entity: Entity) -> None:
    factories.support_request(entity=entity)
    query = f"customer={wanted.customer_id}"
    assert found(query, agent) == [wanted.pk]
    assert f"Customer: {wanted.customer}" in text(signed_in(agent).get(f"{LIST}?{query}"))


def test_a_customer_of_another_entity_answers_like_one_that_is_not_there(agent: User) -> None:
    theirs = factories.customer(entity=factories.entity(code="DE"))
    for key in (theirs.pk, 999_999, "x", "9" * 19):
        shown = text(signed_in(agent).get(f"{LIST}?customer={key}"))
        assert "You see no such customer." in shown
        assert str(theirs) not in shown


def test_what_colleagues_work_on_is_neither_mine_nor_nobodys(
    wanted: SupportRequest, agent: User, entity: Entity
) -> None:
    colleague = factories.person("agent", entity)
    assert found("assignee=colleagues", colleague) == [wanted.pk]
    assert found(f"assignee={agent.pk}", colleague) == [wanted.pk]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("least=much", "Give the amount in digits, for example 1,250.00."),
        ("since=2026-04-02&until=2026-04-01", "The last day lies before the first. Swap them."),
        ("sort=bogus", "This is not in the list."),
        ("due=bogus", "This is not in the list."),
    ],
)
def test_a_filter_with_a_mistake_shows_nothing_and_says_what_to_do(
    query: str, told: str, wanted: SupportRequest, agent: User
) -> None:
    shown = text(signed_in(agent).get(f"{LIST}?{query}"))
    assert told in shown
    assert wanted.number not in shown


def test_each_condition_is_taken_off_by_itself(wanted: SupportRequest, agent: User) -> None:
    html = signed_in(agent).get(f"{LIST}?status=open&least=1&since=2026-03-01").content.decode()
    assert 'class="chip" href="?status=open&amp;since=2026-03-01"' in html
    assert "1 Mar 2026, 00:00:00 UTC" in html
    assert '<details class="filter__more" open>' in html


def test_a_due_date_is_shown_with_how_long_it_is(wanted: SupportRequest, agent: User) -> None:
    assert "in 59 min" in text(signed_in(agent).get(LIST))
