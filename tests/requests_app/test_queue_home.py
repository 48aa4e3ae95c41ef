"""The start page of each role: every number is that of the list it leads to."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit import actors
from audit.recording import record, recording
from config import first_checks
from requests_app import services
from requests_app.models import Entity, Role, SupportRequest, User
from tests import factories
from tests.markup import main_of
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db

LISTED = re.compile(r'data-still="rows">([\d,+]+)</strong> (?:request|event|pe)')


@pytest.fixture
def story(entity: Entity, agent: User) -> list[SupportRequest]:
    """Requests in several states, with claims in two currencies, dates, and a reopening."""
    by = factories.actor(agent)
    claims = [("5", "USD"), ("7.50", "USD"), ("9", "EUR"), (None, ""), (None, ""), (None, "")]
    made = [
        factories.support_request(
            entity=entity, claimed_amount=Decimal(amount) if amount else None,
            claimed_currency=currency,
        )
        for amount, currency in claims
    ]  # fmt: skip
    for each in made[1:5]:
        services.take(support_request=each, by=by)
    services.wait(support_request=made[2], waiting_for="waiting_customer", by=by)
    services.resolve(support_request=made[3], resolution="fixed", note="Done", by=by)
    services.reopen(support_request=made[3], by=by, reason="Again")
    services.cancel(support_request=made[4], by=by, reason="Twice")
    with recording("record.changed", by=factories.TESTER, subject=made[1]):
        made[1].due_at = timezone.now() - timedelta(hours=1)
        made[1].save()
    with pytest.raises(services.RequestRefused):
        services.close(support_request=made[1], by=by)
    return made


def numbers_on(html: str) -> list[tuple[str, str]]:
    counts = [each for each in main_of(html).inside() if "count" in each.classes]
    return [(each.link() or "", each.text) for each in counts]


@pytest.mark.parametrize("role", Role.values)
def test_every_number_leads_to_a_list_of_exactly_that_many(
    role: str, story: list[SupportRequest], entity: Entity, agent: User
) -> None:
    client = signed_in(agent if role == "agent" else factories.person(role, entity))
    found = numbers_on(client.get("/").content.decode())
    assert found
    for address, number in found:
        shown = LISTED.search(client.get(address).content.decode())
        assert shown is not None, address
        assert (shown[1], address) == (number, address)


def test_an_agent_sees_what_waits_for_them(story: list[SupportRequest], agent: User) -> None:
    shown = text(signed_in(agent).get("/"))
    for tile in ("3 Mine, open", "2 Mine, to be worked on", "1 Mine, overdue", "2 Unassigned"):
        assert tile in shown


def test_a_lead_sees_the_team_and_who_has_how_much(
    story: list[SupportRequest], entity: Entity
) -> None:
    shown = text(signed_in(factories.person("lead", entity)).get("/"))
    for tile in ("2 Unassigned", "1 Overdue", "1 Waiting", "1 Reopened, open", "5 Open"):
        assert tile in shown
    assert "Ana Reyes 3" in shown


def test_finance_sees_claims_by_status_and_currency_and_the_list_has_the_same_sum(
    story: list[SupportRequest], entity: Entity
) -> None:
    client = signed_in(factories.person("controller", entity))
    shown = text(client.get("/"))
    assert "USD 7.50" in shown
    listed = text(client.get("/requests/?status=in_progress&currency=usd"))
    assert "USD 7.50 claimed" in listed
    assert "1 request" in listed


def test_an_auditor_sees_exceptions_and_the_latest_looks(
    story: list[SupportRequest], entity: Entity, agent: User
) -> None:
    signed_in(agent).get(f"/requests/{story[0].number}/")
    shown = text(signed_in(factories.person("auditor", entity)).get("/"))
    assert "1 Refused acts" in shown
    assert f"Ana Reyes {story[0].number}" in shown


def state_of_check(client: Client) -> tuple[str, str]:
    html = client.get("/").content.decode()
    found = re.search(r'<li class="tile tile--(\w+)">\s*(?:<a[^>]*>|<p[^>]*>)<span[^>]*>([^<]+)',
                      html.partition('id="check"')[2])  # fmt: skip
    assert found is not None
    return found[1], found[2]


def test_a_check_is_good_news_only_while_it_is_fresh(entity: Entity) -> None:
    client = signed_in(factories.person("administrator", entity))
    assert state_of_check(client) == ("stale", "Never checked")
    assert first_checks.defer() != []
    assert state_of_check(client) == ("stale", "The first check is under way")
    assert "See that a worker runs" not in text(client.get("/"))
    record("trail.checked", by=actors.job("audit.check_trail", "1"))
    assert state_of_check(client) == ("good", "Last check found nothing")
    record("trail.checked", by=actors.job("audit.check_trail", "2"), outcome="failed")
    assert state_of_check(client) == ("bad", "Last check found problems")


def test_work_begins_with_a_filter_that_can_be_taken_off(agent: User, entity: Entity) -> None:
    client = signed_in(agent)
    start = client.get("/requests/start/").headers["Location"]
    assert start == "/requests/?assignee=me&status=undone"
    assert "Assignee: Me" in text(client.get(start))
    lead = signed_in(factories.person("lead", entity))
    assert "assignee=nobody" in lead.get("/requests/start/").headers["Location"]
    auditor = signed_in(factories.person("auditor", entity))
    assert auditor.get("/requests/start/").headers["Location"] == "/requests/"


def test_who_holds_no_role_is_told_so(entity: Entity) -> None:
    assert "You hold no role yet" in text(signed_in(factories.person()).get("/"))


def test_somebody_with_every_role_costs_few_queries(
    story: list[SupportRequest], entity: Entity, django_assert_max_num_queries: Any
) -> None:
    from requests_app import people

    person = factories.person()
    for role in Role.values:
        people.grant_role(by=factories.TESTER, person=person, entity=entity, role=role)
    client = signed_in(person)
    record("trail.checked", by=actors.job("audit.check_trail", "1"))  # as on every installation
    with django_assert_max_num_queries(15):
        client.get("/")
