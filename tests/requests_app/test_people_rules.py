"""Who says who does what: administrators of the entity alone, and never for themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from audit.models import Event
from audit.recording import ReasonMissing, recording
from requests_app import people, staff
from requests_app.models import Entity, RoleGrant, User
from requests_app.people import PeopleRefused
from tests import accounts, factories
from tests.pages import signed_in, text, value_of

db = pytest.mark.django_db


@pytest.fixture
def ada(entity: Entity) -> User:
    return factories.person("administrator", entity, display_name="Ada Whitlock")


def grant_of(person: User) -> RoleGrant:
    return RoleGrant.objects.select_related("entity", "person").get(person=person)


@db
def test_a_role_is_given_with_a_reason_on_record(entity: Entity, ada: User) -> None:
    person = factories.person()
    by = factories.actor(ada)
    with pytest.raises(ReasonMissing):
        people.grant_role(by=by, person=person, entity=entity, role="agent", reason=" ")
    people.grant_role(by=by, person=person, entity=entity, role="agent", reason="New in May")
    event = Event.objects.filter(kind="role.granted", outcome="done").latest("id")
    assert (event.actor_id, event.reason, event.entity_id) == (by.id, "New in May", entity.pk)


@db
@pytest.mark.parametrize("role", ["agent", "lead", "auditor", "controller"])
def test_only_administrators_give_and_end_roles(role: str, entity: Entity, ada: User) -> None:
    by = factories.actor(factories.person(role, entity))
    person = factories.person("agent", entity)
    with pytest.raises(PeopleRefused, match="needs the role administrator there"):
        people.grant_role(by=by, person=person, entity=entity, role="lead", reason="Please")
    with pytest.raises(PeopleRefused, match="needs the role administrator there"):
        people.end_role(by=by, grant=grant_of(person), last_day=entity.today(), reason="Please")
    refused = Event.objects.filter(outcome="denied", actor_id=by.id)
    assert {event.kind for event in refused} == {"role.granted", "role.ended"}


@db
def test_an_administrator_of_another_entity_decides_nothing_here(entity: Entity) -> None:
    by = factories.actor(factories.person("administrator", factories.entity()))
    person = factories.person("agent", entity)
    with pytest.raises(PeopleRefused, match="in US needs the role administrator there"):
        people.grant_role(by=by, person=person, entity=entity, role="lead", reason="Please")
    with pytest.raises(PeopleRefused, match="also works in US"):
        staff.deactivate(person=person, by=by, reason="Please")


@db
def test_nobody_gives_or_ends_a_role_of_their_own(entity: Entity, ada: User) -> None:
    factories.person("administrator", entity)
    by = factories.actor(ada)
    with pytest.raises(PeopleRefused, match="to themselves"):
        people.grant_role(by=by, person=ada, entity=entity, role="auditor", reason="Mine")
    with pytest.raises(PeopleRefused, match="of their own"):
        people.end_role(by=by, grant=grant_of(ada), last_day=entity.today(), reason="Mine")
    with pytest.raises(PeopleRefused, match="by another administrator"):
        staff.deactivate(person=ada, by=by, reason="Mine")


@db
def test_the_last_administrator_stays(entity: Entity, ada: User) -> None:
    other = factories.person("administrator", entity)
    by, today = factories.actor(other), entity.today()
    people.end_role(by=by, grant=grant_of(ada), last_day=today, reason="Leaves tonight")
    third = factories.person("administrator", entity)
    staff.deactivate(person=third, by=by, reason="By mistake added")
    alone = factories.actor(ada)
    with pytest.raises(PeopleRefused, match="is the last administrator of US"):
        people.end_role(by=alone, grant=grant_of(other), last_day=today, reason="Not needed")
    with pytest.raises(PeopleRefused, match="is the last administrator of US"):
        staff.deactivate(person=other, by=alone, reason="Not needed")


def test_two_administrators_do_not_end_each_other(own_database: str) -> None:
    entity = factories.entity()
    both = [factories.person("administrator", entity) for _ in range(2)]
    grants = [grant_of(person) for person in both]
    actors = [factories.actor(person) for person in both]

    def end(by: int, other: int) -> str:
        try:
            people.end_role(
                by=actors[by], grant=grants[other], last_day=entity.today(), reason="You"
            )
        except PeopleRefused as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(end, (0, 1), (1, 0)))
    assert sorted(bool(words) for words in told) == [False, True]


@db
def test_an_ended_role_opens_nothing_any_more(entity: Entity, ada: User) -> None:
    person = people.add_person(by=factories.TESTER, username="bo", display_name="Bo")
    today = entity.today()
    grant = people.grant_role(
        by=factories.TESTER, person=person, entity=entity, role="agent",
        starts_on=today - timedelta(days=9),
    )  # fmt: skip
    opened = factories.support_request(entity=entity)
    client = signed_in(person)
    assert client.get(f"/requests/{opened.number}/").status_code == 200
    people.end_role(
        by=factories.actor(ada), grant=grant, last_day=today - timedelta(days=1), reason="Left"
    )
    assert client.get(f"/requests/{opened.number}/").status_code == 404


@db
def test_the_past_of_a_role_is_not_rewritten(entity: Entity, ada: User) -> None:
    person, today = factories.person(), entity.today()
    grant = people.grant_role(
        by=factories.TESTER, person=person, entity=entity, role="agent",
        starts_on=today - timedelta(days=30),
    )  # fmt: skip
    with pytest.raises(PeopleRefused, match="cannot have ended before yesterday"):
        people.end_role(
            by=factories.actor(ada), grant=grant, last_day=today - timedelta(days=20),
            reason="Was gone",
        )  # fmt: skip


@db
def test_a_role_held_already_is_not_given_twice(entity: Entity, ada: User) -> None:
    person = factories.person("agent", entity)
    with pytest.raises(PeopleRefused, match="holds this role in US already"):
        people.grant_role(
            by=factories.actor(ada), person=person, entity=entity, role="agent", reason="Again"
        )


@db
def test_a_deactivated_person_is_out_at_once_and_can_come_back(entity: Entity, ada: User) -> None:
    person, by = factories.person("agent", entity), factories.actor(ada)
    client = accounts.at_desk(person)
    staff.deactivate(person=person, by=by, reason="Left the company")
    assert client.get("/requests/").status_code == 302
    assert accounts.sign_in(accounts.browser(), person).status_code == 422
    kinds = list(Event.objects.filter(actor_id=by.id).values_list("kind", flat=True))
    assert kinds == ["person.deactivated", "session.ended"]
    staff.reactivate(person=person, by=by, reason="Came back")
    assert accounts.sign_in(accounts.browser(), person).status_code == 302


@db
def test_changing_people_of_several_entities_takes_an_administrator_of_each(
    entity: Entity, ada: User
) -> None:
    other = factories.entity(code="DE")
    person = factories.person("agent", entity, email="bo@example.com")
    people.grant_role(by=factories.TESTER, person=person, entity=other, role="administrator")
    given = {"display_name": "Bo", "email": "ada@example.com", "time_zone": "UTC"}
    with pytest.raises(PeopleRefused, match="also works in DE"):
        staff.change(person=person, by=factories.actor(ada), reason="To come in", **given)
    person.refresh_from_db()
    assert person.email == "bo@example.com"


@db
def test_a_failed_recording_undoes_the_change(
    entity: Entity, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = factories.person("agent", entity)

    def fail(**_: object) -> int:
        raise RuntimeError

    monkeypatch.setattr("requests_app.staff.tracking.end_all", fail)
    with pytest.raises(RuntimeError):
        staff.deactivate(person=person, by=factories.actor(ada), reason="Left")
    person.refresh_from_db()
    assert person.is_active
    assert Event.objects.filter(kind="person.deactivated").get().outcome == "failed"


def test_names_and_addresses_are_one_persons_in_any_case(own_database: str) -> None:
    factories.person(username="ana", email="ana@example.com")
    with pytest.raises(PeopleRefused, match="Somebody has this name already"):
        factories.person(username="ANA")
    with pytest.raises(PeopleRefused, match="Another account has this address already"):
        factories.person(email="Ana@Example.com")
    twin = factories.person()
    for column, value in (("username", "ANA"), ("email", "ANA@example.com")):
        told = {"by": factories.TESTER, "subject": twin, "reason": "Test"}
        with (
            pytest.raises(IntegrityError, match=f"person_{column}"),
            transaction.atomic(),
            recording("person.changed", **told),
        ):
            setattr(twin, column, value)
            twin.save()
        twin.refresh_from_db()


def test_adding_a_person_gives_a_role_and_sends_an_invitation_or_nothing_at_all(
    own_database: str,
) -> None:
    entity = factories.entity()
    ada = factories.person("administrator", entity)
    given = {
        "username": "bo", "display_name": "Bo", "email": "bo@example.com", "time_zone": "UTC",
        "entity": entity, "role": "agent", "reason": "New in May",
    }  # fmt: skip
    agent = factories.actor(factories.person("agent", entity))
    with pytest.raises(PeopleRefused, match="Adding people needs the role administrator"):
        staff.welcome(by=agent, **given)
    elsewhere = factories.entity()
    with pytest.raises(PeopleRefused):
        staff.welcome(by=factories.actor(ada), **given | {"entity": elsewhere})
    assert not User.objects.filter(username="bo").exists()
    person = staff.welcome(by=factories.actor(ada), **given)
    assert not person.has_usable_password()
    assert people.roles_in(person, entity.pk) == {"agent"}
    kinds = Event.objects.filter(actor_id=str(ada.pk), outcome="done").values_list(
        "kind", flat=True
    )
    assert list(kinds) == ["person.added", "role.granted", "person.invited"]


def test_a_name_that_is_taken_costs_nothing_that_was_typed(own_database: str) -> None:
    entity = factories.entity()
    client = signed_in(factories.person("administrator", entity))
    factories.person(username="bo")
    shown = client.post(
        "/people/new/",
        {
            "username": "BO", "display_name": "Bo Lund", "email": "bo@example.com",
            "time_zone": "UTC", "entity": entity.code, "role": "agent", "reason": "New in May",
        },
    )  # fmt: skip
    assert shown.status_code == 409
    assert "Somebody has this name already" in text(shown)
    assert value_of(shown, "id_display_name") == "Bo Lund"


@db
def test_signing_somebody_out_takes_a_reason(entity: Entity, ada: User) -> None:
    person = factories.person("agent", entity)
    client = accounts.at_desk(person)
    by = factories.actor(ada)
    with pytest.raises(PeopleRefused, match="Say why"):
        staff.end_sessions(person=person, by=by, reason="")
    assert staff.end_sessions(person=person, by=by, reason="Laptop stolen") == 1
    assert client.get("/requests/").status_code == 302
