"""Every form of the admin site: it works and is on record with its reason, needs that reason, and
is found by administrators of the entity alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.admin import EditedAdmin, site
from audit.models import Event
from audit.standing import standing_of
from requests_app import people, staff
from requests_app.mail import mailboxes
from requests_app.models import (
    Entity,
    Mailbox,
    Role,
    RoleGrant,
    Rule,
    ServiceLevel,
    User,
    WorkCalendar,
)
from tests import factories, promises
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
WEEK = dict.fromkeys(WorkCalendar.WEEKDAYS[:5], "08:00-16:00")
CALENDAR = {"name": "Early", "time_zone": "Europe/Berlin"} | WEEK
LEVEL = {"first_response_minutes": "1 h", "resolution_minutes": "4 h", "warn_minutes": "30 min"}
BOX = {"imap_port": "993", "imap_folder": "INBOX", "is_active": "on", "display_name": "Larkspur"}


@dataclass(frozen=True)
class Case:
    """``row`` makes what the form is about; None for a new row. ``holds`` says that it was done."""

    model: Any
    slug: str
    kind: str
    row: Callable[[Entity], Any] | None
    given: Callable[[Entity], dict[str, str]]
    holds: Callable[[Entity, Any], bool]


def agent(entity: Entity) -> User:
    return factories.person("agent", entity, display_name="Ana Reyes")


def inactive(entity: Entity) -> User:
    person = agent(entity)
    staff.deactivate(person=person, by=factories.TESTER, reason="Left")
    return person


def grant(entity: Entity) -> RoleGrant:
    return RoleGrant.objects.get(person=agent(entity))


def calendar(entity: Entity) -> WorkCalendar:
    return promises.calendar(entity)


def level(entity: Entity) -> ServiceLevel:
    return promises.level(entity)


def closing(entity: Entity) -> Rule:
    return promises.rule(entity, "close_after_silence", days=7)


def assigning(entity: Entity) -> Rule:
    return promises.rule(
        entity, "assign_by_category", category="Freight", assignee=agent(entity)
    )  # fmt: skip


def mailbox(entity: Entity) -> Mailbox:
    return mailboxes.add(entity=entity, address="help@us.example", by=factories.TESTER)


def given(**values: str) -> Callable[[Entity], dict[str, str]]:
    return lambda entity: values


def worker(entity: Entity) -> str:
    return str(agent(entity).pk)


def is_of(model: Any, **values: Any) -> Callable[[Entity, Any], bool]:
    return lambda entity, row: model.objects.filter(entity=entity, **values).exists()


def is_now(**values: Any) -> Callable[[Entity, Any], bool]:
    def holds(entity: Entity, row: Any) -> bool:
        row.refresh_from_db()
        return {name: getattr(row, name) for name in values} == values

    return holds


def tonight(entity: Entity) -> dict[str, str]:
    return {"last_day": entity.today().isoformat()}


CASES = {
    "person changed": Case(
        User, "change", "person.changed", agent,
        given(display_name="Ana Moor", email="ana@us.example", time_zone="Europe/Berlin"),
        is_now(display_name="Ana Moor", email="ana@us.example", time_zone="Europe/Berlin"),
    ),
    "role given": Case(
        User, "grant", "role.granted", agent, given(entity="US", role="lead", ends_on=""),
        lambda entity, row: is_of(RoleGrant, person=row, role="lead")(entity, row),
    ),
    "person deactivated": Case(
        User, "deactivate", "person.deactivated", agent, given(), is_now(is_active=False)
    ),
    "person reactivated": Case(
        User, "reactivate", "person.reactivated", inactive, given(), is_now(is_active=True)
    ),
    "role ended": Case(
        RoleGrant, "end", "role.ended", grant, tonight,
        lambda entity, row: is_now(ends_on=entity.today())(entity, row),
    ),
    "calendar added": Case(
        WorkCalendar, "add", "calendar.added", None, given(entity="US", **CALENDAR),
        is_of(WorkCalendar, name="Early", hours__monday="08:00-16:00"),
    ),
    "calendar changed": Case(
        WorkCalendar, "change", "calendar.changed", calendar, given(**CALENDAR),
        is_now(name="Early", time_zone="Europe/Berlin"),
    ),
    "calendar ended": Case(
        WorkCalendar, "end", "calendar.ended", calendar, given(), is_now(is_active=False)
    ),
    "level added": Case(
        ServiceLevel, "add", "service_level.added", None,
        given(entity="US", priority="high", **LEVEL),
        is_of(ServiceLevel, priority="high", first_response_minutes=60),
    ),
    "level changed": Case(
        ServiceLevel, "change", "service_level.changed", level, given(**LEVEL),
        is_now(first_response_minutes=60, resolution_minutes=240, warn_minutes=30),
    ),
    "level ended": Case(
        ServiceLevel, "end", "service_level.ended", level, given(), is_now(is_active=False)
    ),
    "closing rule added": Case(
        Rule, "add-closing", "rule.added", None,
        given(entity="US", name="Silent", days="9", category=""),
        is_of(Rule, name="Silent", days=9, kind="close_after_silence"),
    ),
    "closing rule changed": Case(
        Rule, "change", "rule.changed", closing, given(name="Silent", days="9", category=""),
        is_now(name="Silent", days=9, kind="close_after_silence"),
    ),
    "assigning rule added": Case(
        Rule, "add-assigning", "rule.added", None,
        lambda entity: {
            "entity": "US", "name": "Freight", "category": "Freight", "assignee": worker(entity)
        },
        is_of(Rule, name="Freight", kind="assign_by_category"),
    ),
    "assigning rule changed": Case(
        Rule, "change", "rule.changed", assigning,
        lambda entity: {"name": "Rail", "category": "Rail", "assignee": worker(entity)},
        is_now(name="Rail", category="Rail", kind="assign_by_category"),
    ),
    "rule ended": Case(Rule, "end", "rule.ended", closing, given(), is_now(is_active=False)),
    "mailbox added": Case(
        Mailbox, "add", "mailbox.added", None,
        given(entity="US", address="new@us.example", **BOX),
        is_of(Mailbox, address="new@us.example"),
    ),
    "mailbox changed": Case(
        Mailbox, "change", "mailbox.changed", mailbox, given(**BOX),
        is_now(display_name="Larkspur"),
    ),
}  # fmt: skip
of_all = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
of_rows = pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in CASES.items() if case.row is not None],
)


def administrator(entity: Entity) -> Client:
    return signed_in(factories.person("administrator", entity, display_name="Ida Moor"))


def made(case: Case, entity: Entity) -> Any:
    return case.row(entity) if case.row is not None else None


def address(case: Case, row: Any) -> str:
    name = f"admin:{case.model._meta.app_label}_{case.model._meta.model_name}"
    if row is None:
        return reverse(f"{name}_new", args=[case.slug])
    return reverse(f"{name}_edit", args=[row.pk, case.slug])


def send(client: Client, case: Case, row: Any, entity: Entity, reason: str = "As agreed") -> Any:
    seen = {"seen": str(standing_of(row))} if row is not None else {}
    return client.post(address(case, row), seen | case.given(entity) | {"reason": reason})


def recorded(case: Case) -> int:
    """As it was before the act: making its row may have been an act of the same kind."""
    return Event.objects.filter(kind=case.kind, reason="As agreed", outcome="done").count()


def test_every_form_of_the_site_is_here() -> None:
    tried = {(case.model, case.slug) for case in CASES.values()} | {(Entity, "change")}
    offered = {
        (model, edit.slug)
        for model, shown in site._registry.items()
        if isinstance(shown, EditedAdmin)
        for edit in shown.edits
    }
    assert tried == offered


@of_all
def test_it_is_done_and_on_record_with_the_reason(case: Case, entity: Entity) -> None:
    client, row = administrator(entity), made(case, entity)

    shown = client.get(address(case, row))
    response = send(client, case, row, entity)

    assert shown.status_code == 200
    assert response.status_code == 302, response.content.decode()
    assert client.get(response.url).status_code == 200
    assert case.holds(entity, row)
    event = Event.objects.get(kind=case.kind, reason="As agreed")
    assert (event.actor_label, event.channel, event.outcome) == ("Ida Moor", "admin", "done")


@of_all
def test_it_is_offered_where_it_can_be_done(case: Case, entity: Entity) -> None:
    client, row = administrator(entity), made(case, entity)
    name = f"admin:{case.model._meta.app_label}_{case.model._meta.model_name}"
    page = reverse(f"{name}_change", args=[row.pk]) if row else reverse(f"{name}_changelist")

    assert f'href="{address(case, row)}"' in client.get(page).content.decode()


@of_all
def test_it_is_refused_without_a_reason(case: Case, entity: Entity) -> None:
    client, row = administrator(entity), made(case, entity)
    before = Event.objects.filter(kind=case.kind).count()

    response = send(client, case, row, entity, reason="  ")

    assert response.status_code == 422
    assert Event.objects.filter(kind=case.kind).count() == before


@of_all
def test_nobody_else_finds_it(case: Case, entity: Entity) -> None:
    row = made(case, entity)
    for role in sorted({*Role.values} - {Role.ADMINISTRATOR}):
        client = signed_in(factories.person(role, entity))
        assert client.get(address(case, row)).status_code == 404, role
        assert send(client, case, row, entity).status_code == 404, role

    assert recorded(case) == 0


@of_all
def test_an_administrator_of_another_entity_changes_nothing(case: Case, entity: Entity) -> None:
    row = made(case, entity)
    elsewhere = factories.person("administrator", factories.entity(code="DE"))
    client = signed_in(elsewhere)

    # For a new row there is a form, which offers the other entity alone.
    assert send(client, case, row, entity).status_code == (422 if row is None else 404)
    assert client.get(address(case, row)).status_code == (200 if row is None else 404)
    assert recorded(case) == 0


@of_all
def test_who_audits_here_and_administers_there_changes_nothing_here(
    case: Case, entity: Entity
) -> None:
    row = made(case, entity)
    person, there = factories.person("auditor", entity), factories.entity(code="DE")
    people.grant_role(by=factories.TESTER, person=person, entity=there, role="administrator")

    response = send(signed_in(person), case, row, entity)

    assert response.status_code == (422 if row is None else 404)
    assert recorded(case) == 0


@of_rows
def test_a_form_that_another_change_has_overtaken_is_refused(case: Case, entity: Entity) -> None:
    client, row = administrator(entity), made(case, entity)
    sent = case.given(entity) | {"reason": "As agreed", "seen": "1-0"}

    assert client.post(address(case, row), sent).status_code == 409
    assert recorded(case) == 0


def test_an_address_that_another_mailbox_has_is_refused_in_words(entity: Entity) -> None:
    mailbox(entity)
    client = administrator(entity)

    sent = {"entity": "US", "address": "help@us.example", "reason": "x"} | BOX
    response = client.post("/admin/requests_app/mailbox/new/add/", sent)

    assert response.status_code == 422
    assert "Another mailbox has this address already." in response.content.decode()
    assert Mailbox.objects.count() == 1
