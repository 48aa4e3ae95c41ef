"""Pages of due dates and rules: read by who works there, changed by who may, previewed first."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from audit.recording import recording
from audit.standing import standing_of
from requests_app import due_facts, services
from requests_app.models import Entity, Rule, ServiceLevel, SupportRequest, User, WorkCalendar
from tests import factories, promises
from tests.pages import address, seen, signed_in, text, value_of, whole
from tests.promises import at

pytestmark = pytest.mark.django_db

PLACE = "/due-dates/"
LEVEL = {
    "priority": "high", "first_response_minutes": "1 h", "resolution_minutes": "4h 30m",
    "warn_minutes": "30 min", "reason": "Contract",
}  # fmt: skip


@pytest.fixture
def lead(entity: Entity) -> User:
    return factories.person("lead", entity, display_name="Liam Novak")


@pytest.fixture
def level(entity: Entity) -> ServiceLevel:
    promises.calendar(entity, country="DE")
    return promises.level(entity)


def page_of(row: Any, name: str = "") -> str:
    slugs = {WorkCalendar: "calendar", ServiceLevel: "level", Rule: "closing"}
    return f"{PLACE}{slugs[type(row)]}/{row.pk}/{name}"


def test_the_overview_shows_what_is_promised_and_what_it_means_now(
    lead: User, level: ServiceLevel, agent: User, django_assert_max_num_queries: Any
) -> None:
    promises.rule(level.entity, "close_after_silence", name="Quiet", days=7)
    promises.rule(
        level.entity, "assign_by_category", name="To Ana", category="Billing", assignee=agent
    )
    client = signed_in(lead)
    with django_assert_max_num_queries(8):
        shown = text(client.get(PLACE))
    assert "Normal within 2 h within 8 h 1 h before" in shown
    assert "Opened now, a request would be due" in shown
    assert "Low no due date" in shown
    assert "Resolved requests are closed after 7 days without an answer." in shown
    assert "New requests of “Billing” go to Ana Reyes." in shown
    assert "Monday 09:00-17:00" in shown
    assert "Add a level" in shown


def test_a_rule_says_who_set_it_up_and_who_changed_it_last(
    lead: User, level: ServiceLevel, agent: User
) -> None:
    other = factories.person("lead", level.entity, display_name="Lea Dunn")
    quiet = services.add_rule(
        entity=level.entity, kind="close_after_silence", name="Quiet", days=7, reason="Contract",
        by=factories.actor(lead),
    )  # fmt: skip
    promises.rule(
        level.entity, "assign_by_category", name="To Ana", category="Billing", assignee=agent
    )
    client = signed_in(agent)
    assert "Set up by Liam Novak, " in text(client.get(PLACE))
    assert "Set up by tests (command), " in text(client.get(PLACE))
    assert "last changed by" not in text(client.get(PLACE))

    for days, by in ((9, lead), (8, other)):
        services.change_rule(rule=quiet, days=days, reason="Longer", by=factories.actor(by))
    with recording("rule.skipped", by=factories.TESTER, subject=quiet):
        Rule.objects.filter(pk=quiet.pk).update(trouble="Nobody is there.")
    for path in (PLACE, page_of(quiet)):
        shown = text(signed_in(lead).get(path))
        assert re.search(r"Set up by Liam Novak, [^;]+; last changed by Lea Dunn, ", shown)


def test_who_may_not_change_it_reads_it_without_the_buttons(
    agent: User, level: ServiceLevel
) -> None:
    client = signed_in(agent)
    shown = text(client.get(PLACE))
    assert "within 8 h" in shown
    assert "Add a level" not in shown
    assert "needs the role lead or administrator" in text(client.get(page_of(level)))
    assert client.get(f"/compare/requests_app.servicelevel/{level.pk}/").status_code == 200


def test_an_empty_entity_says_what_is_missing(lead: User) -> None:
    shown = text(signed_in(lead).get(PLACE))
    assert "None yet, so no request gets a due date." in shown
    assert "Due dates are counted in working time, so they need one." in shown
    assert "Nothing happens by itself." in shown


def test_a_level_is_added_changed_and_ended_with_a_reason(lead: User, entity: Entity) -> None:
    client = signed_in(lead)
    assert client.post(f"{PLACE}US/level/new/", LEVEL).status_code == 302
    level = ServiceLevel.objects.get()
    assert (level.first_response_minutes, level.resolution_minutes) == (60, 270)
    page = client.get(page_of(level))
    assert value_of(page, "id_resolution_minutes") == "4 h 30 min"
    change = LEVEL | {"resolution_minutes": "8 h", "seen": value_of(page, "id_seen")}
    assert client.post(page_of(level), change).status_code == 302
    confirm = client.get(page_of(level, "end/"))
    assert "New requests of this priority get no due dates." in text(confirm)
    end = {"reason": "Over", "seen": value_of(confirm, "id_seen")}
    assert client.post(page_of(level, "end/"), end).status_code == 302
    level.refresh_from_db()
    assert (level.resolution_minutes, level.is_active) == (480, False)
    assert "Ended: 1" in text(client.get(PLACE))


def test_a_calendar_and_both_rules_are_added_by_their_forms(
    lead: User, entity: Entity, agent: User
) -> None:
    client = signed_in(lead)
    calendar = {
        "name": "Office", "time_zone": "Europe/Berlin", "monday": "9:00-17:00", "country": "de",
        "days": "2026-12-24 09:00-12:00 Christmas Eve\n2026-12-31 Old year", "reason": "r",
    }  # fmt: skip
    assert client.post(f"{PLACE}US/calendar/new/", calendar).status_code == 302
    row = WorkCalendar.objects.get()
    assert (row.hours["monday"], row.hours["sunday"], row.country) == ("09:00-17:00", "", "DE")
    assert row.days["2026-12-24"] == {"name": "Christmas Eve", "hours": "09:00-12:00"}
    page = client.get(page_of(row))
    assert value_of(page, "id_days").splitlines() == [
        "2026-12-24 09:00-12:00 Christmas Eve", "2026-12-31 Old year",
    ]  # fmt: skip
    assign = {"name": "To Ana", "category": "Billing", "assignee": agent.pk, "reason": "r"}
    assert client.post(f"{PLACE}US/assigning/new/", assign).status_code == 302
    close = {"name": "Quiet", "days": "7", "reason": "r"}
    assert client.post(f"{PLACE}US/closing/new/", close).status_code == 302
    assert set(Rule.objects.values_list("name", flat=True)) == {"To Ana", "Quiet"}


def test_a_preview_shows_the_dates_and_saves_nothing(lead: User, level: ServiceLevel) -> None:
    client, before = signed_in(lead), Event.objects.count()
    sent = LEVEL | {"resolution_minutes": "9 h", "reason": "", "preview": "yes"}
    response = client.post(page_of(level), sent | seen(level))
    assert response.status_code == 200
    assert "Saved like this, a request opened now would be due" in text(response)
    assert value_of(response, "id_resolution_minutes") == "9 h"
    level.refresh_from_db()
    assert (level.resolution_minutes, Event.objects.count()) == (480, before)
    impossible = client.post(f"{PLACE}US/level/new/", sent | {"priority": "normal"})
    assert "has a level for Normal already" in text(impossible)


def test_what_was_typed_stays_where_it_is_wrong(lead: User, entity: Entity) -> None:
    client = signed_in(lead)
    response = client.post(f"{PLACE}US/level/new/", LEVEL | {"warn_minutes": "soon", "reason": ""})
    assert response.status_code == 422
    shown = text(response)
    assert "Write hours and minutes, for example 2 h 30 min." in shown
    assert "Say why" in shown
    assert value_of(response, "id_warn_minutes") == "soon"
    calendar = {"name": "O", "time_zone": "UTC", "monday": "early", "days": "Xmas", "reason": "r"}
    response = client.post(f"{PLACE}US/calendar/new/", calendar)
    assert response.status_code == 422
    assert "“early” is no span of hours" in text(response)
    assert "“Xmas” is no day" in text(response)
    assert value_of(response, "id_days") == "Xmas"


def test_a_form_from_before_a_change_is_shown_again(lead: User, level: ServiceLevel) -> None:
    client, before = signed_in(lead), seen(level)
    services.change_service_level(level=level, by=factories.TESTER, reason="r", warn_minutes=5)
    sent = LEVEL | before
    response = client.post(page_of(level), sent)
    assert response.status_code == 409
    assert "tests changed the service level since you opened this page." in text(response)
    again = sent | {"seen": value_of(response, "id_seen")}
    assert client.post(page_of(level), again).status_code == 302


def test_an_agent_who_posts_is_refused_on_record(agent: User, level: ServiceLevel) -> None:
    response = signed_in(agent).post(page_of(level), LEVEL | seen(level))
    assert response.status_code == 409
    assert "needs the role lead or administrator" in text(response)
    event = Event.objects.get(kind="service_level.changed")
    assert event.outcome == "denied"


def test_what_is_of_another_entity_answers_like_what_is_not_there_and_the_look_is_recorded(
    level: ServiceLevel,
) -> None:
    client = signed_in(factories.person("lead", factories.entity(code="DE")))
    assert client.get(page_of(level)).status_code == 404
    assert client.post(page_of(level, "end/"), {"reason": "r"}).status_code == 404
    assert client.get(f"{PLACE}US/level/new/").status_code == 404
    assert client.get(f"{PLACE}DE/nonsense/new/").status_code == 404
    events = Event.objects.filter(kind="due_settings.view_denied", outcome="denied")
    assert events.count() == 3
    assert client.get(f"{PLACE}level/999999/").status_code == 404
    assert events.count() == 3


def test_a_rule_that_was_skipped_says_so_on_the_page(lead: User, entity: Entity) -> None:
    row = promises.rule(entity, "close_after_silence", name="Quiet", days=7)
    services.ruling.note_trouble(row, "Ana Reyes left.", factories.TESTER)
    assert "Skipped: Ana Reyes left." in text(signed_in(lead).get(PLACE))


NOW = at("2026-11-17T10:00")
CLOCKS = {
    "not yet": ({}, "Due in 4 h", "Due in 6 h"),
    "soon": ({"due_soon_at": at("2026-11-17T09:00")}, "Due in 4 h", "Due in 6 h"),
    "answered": ({"first_responded_at": at("2026-11-17T09:00")}, "Answered in time", "Due in 6 h"),
    "answered late": (
        {"first_responded_at": at("2026-11-17T17:00")}, "Answered 3 h late", "Due in 6 h",
    ),
    "late": (
        {"first_response_due_at": at("2026-11-17T09:00"), "due_at": at("2026-11-15T10:00")},
        "Overdue by 1 h", "Overdue by 2 days",
    ),
    "waiting": ({"due_paused_at": at("2026-11-17T09:00")}, due_facts.PAUSED, due_facts.PAUSED),
    "waiting, with a date by hand": (
        {"due_paused_at": at("2026-11-17T09:00"), "due_by_hand_at": NOW},
        due_facts.PAUSED, "Due in 6 h",
    ),
    "ended": (
        {"ended_at": at("2026-11-17T09:00")}, "Ended without an answer", "Ended in time",
    ),
    "ended late": (
        {"ended_at": at("2026-11-17T18:00")}, "Ended without an answer", "Ended 2 h late",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CLOCKS.values(), ids=CLOCKS)
def test_each_clock_says_in_words_how_it_stands(case: tuple[dict[str, datetime], str, str]) -> None:
    given, first, done = case
    dates = {"first_response_due_at": at("2026-11-17T14:00"), "due_at": at("2026-11-17T16:00")}
    found = due_facts.of(SupportRequest(**dates | given), NOW)
    assert [clock.words for clock in found.clocks] == [first, done]


def test_the_request_page_shows_its_clocks_and_the_level_that_gave_them(
    agent: User, level: ServiceLevel
) -> None:
    row = factories.support_request(
        entity=level.entity, occurred_at=timezone.now() - timedelta(days=30)
    )
    response = signed_in(agent).get(address(row))
    shown = text(response)
    assert re.search(r"First response Overdue by \d\d days", shown)  # by where a weekend falls
    assert "By the service level normal, in working time." in shown
    version = f"/compare/requests_app.servicelevel/{level.pk}/?to={row.service_level_version}"
    assert version in response.content.decode()
    assert row.due_at.astimezone(UTC).strftime("%H:%M:%S UTC") in shown


def test_without_dates_the_request_page_says_why(agent: User, entity: Entity) -> None:
    shown = text(signed_in(agent).get(address(factories.support_request(entity=entity))))
    assert "Not set: no service level for the priority Normal." in shown
    imported = SupportRequest(source="tickets")
    assert due_facts.of(imported, NOW).nothing == "Not set: imported."


def test_the_trail_leads_to_the_version_of_the_rule_that_acted(agent: User, entity: Entity) -> None:
    rule = promises.rule(
        entity, "assign_by_category", name="To Ana", category="Billing", assignee=agent
    )
    row = factories.support_request(entity=entity, category="Billing")
    client = signed_in(agent)
    address_of_version = f"/compare/requests_app.rule/{rule.pk}/?to={standing_of(rule).version}"
    assert f'href="{address_of_version}"' in client.get(whole(row)).content.decode()
    page = client.get(address_of_version)
    assert page.status_code == 200
    assert "To Ana" in text(page)
    assigned = Event.objects.of_support_request(row.pk).get(kind="request.assigned")
    assert f'href="{address_of_version}"' in client.get(f"/events/{assigned.pk}/").content.decode()
