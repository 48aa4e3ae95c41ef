"""Calendars, levels and rules: added, changed and ended on record, by whom it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from audit.actors import Actor
from audit.models import Event
from audit.recording import ReasonMissing, recording
from audit.standing import standing_of
from requests_app import services
from requests_app.models import Entity, Rule, ServiceLevel, User, WorkCalendar
from tests import factories, promises
from tests.factories import TESTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(entity: Entity) -> Actor:
    return factories.actor(factories.person("lead", entity))


@pytest.fixture
def rows(entity: Entity, agent: User) -> dict[str, Any]:
    return {
        "calendar": promises.calendar(entity),
        "service_level": promises.level(entity),
        "rule": promises.rule(
            entity, "assign_by_category", category="Billing", assignee=agent
        ),
    }  # fmt: skip


CHANGES: dict[str, tuple[Callable[..., Any], Callable[..., Any], str, dict[str, Any]]] = {
    "calendar": (
        services.change_calendar, services.end_calendar, "calendar", {"name": "Late office"},
    ),
    "service_level": (
        services.change_service_level, services.end_service_level, "level", {"warn_minutes": 5},
    ),
    "rule": (services.change_rule, services.end_rule, "rule", {"category": "Refund"}),
}  # fmt: skip
each = pytest.mark.parametrize("name", CHANGES)


@each
def test_adding_changing_and_ending_are_recorded_with_their_reason(
    name: str, rows: dict[str, Any], lead: Actor
) -> None:
    change, end, argument, facts = CHANGES[name]
    row = rows[name]
    change(**{argument: row}, by=lead, reason="Contract of May", **facts)
    before = Event.objects.count()
    change(**{argument: row}, by=lead, reason="Once more", **facts)
    assert Event.objects.count() == before, "what changes nothing is no event"
    end(**{argument: row}, by=lead, reason="Replaced")
    events = Event.objects.about(row._meta.label_lower, str(row.pk))
    assert [event.kind for event in events] == [f"{name}.added", f"{name}.changed", f"{name}.ended"]
    assert [event.reason for event in events] == [promises.WHY, "Contract of May", "Replaced"]
    row.refresh_from_db()
    assert not row.is_active


@each
def test_it_needs_a_reason_and_the_role_and_a_row_in_use(
    name: str, rows: dict[str, Any], lead: Actor, agent: User
) -> None:
    change, end, argument, facts = CHANGES[name]
    row = rows[name]
    with pytest.raises(ReasonMissing):
        change(**{argument: row}, by=lead, reason="", **facts)
    with pytest.raises(services.RequestRefused, match="needs the role lead or administrator"):
        end(**{argument: row}, by=factories.actor(agent), reason="r")
    elsewhere = factories.actor(factories.person("lead", factories.entity()))
    with pytest.raises(services.RequestRefused, match="needs the role lead or administrator"):
        change(**{argument: row}, by=elsewhere, reason="r", **facts)
    denied = Event.objects.latest("id")
    assert (denied.kind, denied.outcome) == (f"{name}.changed", "denied")
    end(**{argument: row}, by=lead, reason="r")
    with pytest.raises(services.RequestRefused, match="Add a new one"):
        change(**{argument: row}, by=lead, reason="r", **facts)


@each
def test_nobody_overwrites_what_they_have_not_read(
    name: str, rows: dict[str, Any], lead: Actor
) -> None:
    change, end, argument, facts = CHANGES[name]
    seen = standing_of(rows[name])
    change(**{argument: rows[name]}, by=lead, reason="r", seen=seen, **facts)
    with pytest.raises(services.Stale, match="since you opened this page"):
        end(**{argument: rows[name]}, by=lead, reason="r", seen=seen)
    end(**{argument: rows[name]}, by=lead, reason="r", seen=standing_of(rows[name]))


@each
def test_a_failed_recording_undoes_the_change(
    name: str, rows: dict[str, Any], lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, _, argument, facts = CHANGES[name]

    def fails(self: object, **_: object) -> None:
        raise RuntimeError("no event")

    monkeypatch.setattr("audit.recording.Recording.end", fails)
    with pytest.raises(RuntimeError):
        change(**{argument: rows[name]}, by=lead, reason="r", **facts)
    [changed] = facts
    assert getattr(type(rows[name]).objects.get(pk=rows[name].pk), changed) != facts[changed]


@each
def test_an_ended_one_makes_room_for_another(
    name: str, entity: Entity, rows: dict[str, Any], agent: User
) -> None:
    _, end, argument, _ = CHANGES[name]
    end(**{argument: rows[name]}, by=TESTER, reason="r")
    if name == "calendar":
        promises.calendar(entity)
    elif name == "service_level":
        promises.level(entity)
    else:
        promises.rule(entity, "assign_by_category", category="billing", assignee=agent)


CALENDARS = {
    "a second one": ({}, "works by the calendar Office already"),
    "a zone nobody knows": ({"time_zone": "Mars/Olympus"}, "No time zone is called"),
    "a country nobody knows": ({"country": "XX"}, "No holidays are known for the country XX"),
    "a part nobody knows": ({"country": "DE", "subdivision": "ZZ"}, "has no part ZZ"),
    "a part without its country": ({"subdivision": "BY"}, "Name the country"),
    "hours nobody can read": ({"hours": {"monday": "early"}}, "Monday: “early”"),
    "no working day at all": ({"hours": {"monday": ""}}, "A week without a working day"),
    "no day": ({"days": {"Xmas": {"name": "x", "hours": ""}}}, "Xmas is no day"),
    "a day nobody can read": (
        {"days": {"2026-12-24": {"name": "x", "hours": "noon"}}}, "2026-12-24: “noon”",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CALENDARS.values(), ids=CALENDARS)
def test_a_calendar_that_cannot_stand_is_refused(
    case: tuple[dict[str, Any], str], entity: Entity
) -> None:
    facts, told = case
    if not facts:
        promises.calendar(entity)
    with pytest.raises(services.RequestRefused, match=told):
        promises.calendar(entity, **facts)


def test_hours_too_few_for_a_level_are_refused(entity: Entity) -> None:
    given = promises.calendar(entity)
    promises.level(entity, resolution_minutes=60 * 24 * 365)
    with pytest.raises(services.RequestRefused, match="does not pass within 20 years"):
        services.change_calendar(
            calendar=given, by=TESTER, reason="r", hours={"monday": "09:00-09:15"}
        )


LEVELS = {
    "a second one": ({}, "has a level for Normal already"),
    "no time to answer": ({"first_response_minutes": 0}, "at least a minute"),
    "answered after the end": ({"first_response_minutes": 481}, "comes before the end"),
    "a warning before the beginning": ({"warn_minutes": 480}, "before the work begins"),
    "a priority nobody knows": ({"priority": "urgent"}, "Choose one of the priorities"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEVELS.values(), ids=LEVELS)
def test_a_level_that_cannot_stand_is_refused(
    case: tuple[dict[str, Any], str], entity: Entity
) -> None:
    facts, told = case
    if not facts:
        promises.level(entity)
    with pytest.raises(services.RequestRefused, match=told):
        promises.level(entity, **facts)


RULES = {
    "of no category": ({"category": " "}, "Say which category"),
    "to nobody": ({"assignee": None}, "Say to whom"),
    "of no kind": ({"kind": "guess"}, "Choose what the rule does"),
    "without days": (
        {"kind": "close_after_silence", "assignee": None, "days": 0}, "at least one day",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RULES.values(), ids=RULES)
def test_a_rule_that_cannot_stand_is_refused(
    case: tuple[dict[str, Any], str], entity: Entity, agent: User
) -> None:
    facts, told = case
    given = {"kind": "assign_by_category", "category": "Billing", "assignee": agent} | facts
    with pytest.raises(services.RequestRefused, match=told):
        promises.rule(entity, **given)


def test_a_rule_is_refused_for_who_does_not_work_there_and_for_a_category_twice(
    entity: Entity, agent: User
) -> None:
    auditor = factories.person("auditor", entity)
    with pytest.raises(services.RequestRefused, match="cannot be given requests"):
        promises.rule(entity, "assign_by_category", category="Billing", assignee=auditor)
    promises.rule(entity, "assign_by_category", category="Billing", assignee=agent)
    with pytest.raises(services.RequestRefused, match="for this category already"):
        promises.rule(entity, "assign_by_category", category="BILLING", assignee=agent)


CONSTRAINTS: dict[str, Callable[[Entity], Any]] = {
    "one_calendar_in_use": lambda entity: [
        WorkCalendar.objects.create(entity=entity, name="x", time_zone="UTC") for _ in range(2)
    ],
    "one_service_level_in_use_per_priority": lambda entity: [
        ServiceLevel.objects.create(
            entity=entity, priority="low", first_response_minutes=1, resolution_minutes=2,
            warn_minutes=1,
        )
        for _ in range(2)
    ],
    "service_level_answers_before_it_ends": lambda entity: ServiceLevel.objects.create(
        entity=entity, priority="low", first_response_minutes=3, resolution_minutes=2,
        warn_minutes=1,
    ),
    "one_rule_in_use_per_category": lambda entity: [
        Rule.objects.create(
            entity=entity, kind="close_after_silence", name="x", days=1, category=category
        )
        for category in ("Billing", "billing")
    ],
    "rule_says_what_it_does": lambda entity: Rule.objects.create(
        entity=entity, kind="assign_by_category", name="x", category="Billing"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_what_must_never_stand_is_refused_by_the_constraint_of_this_name(
    name: str, entity: Entity
) -> None:
    with pytest.raises(IntegrityError, match=name), recording("record.changed", by=TESTER):
        CONSTRAINTS[name](entity)
