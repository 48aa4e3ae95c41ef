"""What changes a person's access: roles that begin and end, passwords; and that no version and no
event ever holds a password or its hash."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from audit import actors, timeline
from audit.actors import Actor
from audit.models import Event
from audit.recording import ReasonMissing
from audit.triggers import EVENT_TABLE
from requests_app import people
from requests_app.models import Entity, RoleGrant, User
from tests import factories

pytestmark = pytest.mark.django_db


class NewerHasher(PBKDF2PasswordHasher):
    """As Django's, at the price of a test."""

    iterations = 1


OLD = "django.contrib.auth.hashers.MD5PasswordHasher"
NEW = f"{__name__}.{NewerHasher.__name__}"
PASSWORD = "correct horse"


@pytest.fixture
def boss(entity: Entity) -> Actor:
    return actors.user(factories.person("administrator", entity, display_name="Bea Boss"))


@pytest.fixture
def entity() -> Entity:
    return factories.entity()


@pytest.fixture
def person() -> User:
    return factories.person(password=PASSWORD)


def latest() -> Event:
    return Event.objects.latest("id")


def trail() -> str:
    """All that the trail holds of people, and every event, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(row::text, ' '), '') FROM ("
            f"SELECT to_jsonb(e) AS row FROM {EVENT_TABLE} AS e"
            f" UNION ALL SELECT to_jsonb(v) FROM {User.history.model._meta.db_table} AS v) AS rows"
        )
        return str(cursor.fetchone()[0])


def test_granting_a_role_is_recorded_with_its_values(
    boss: Actor, person: User, entity: Entity
) -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    grant = people.grant_role(
        by=boss, person=person, entity=entity, role="lead", starts_on=start, ends_on=end,
        reason="Stands in for Lea",
    )  # fmt: skip

    event = latest()
    assert (event.kind, event.actor_id, event.reason) == (
        "role.granted", boss.id, "Stands in for Lea",
    )  # fmt: skip
    assert (event.subject_id, event.entity_id) == (str(grant.pk), entity.pk)
    version = grant.history.get()
    assert (version.role, version.starts_on, version.ends_on) == ("lead", start, end)
    assert (version.person_id, version.history_user_id) == (person.pk, int(boss.id))
    [row] = timeline.entry_of(event.pk, Event.objects.all()).rows
    assert (row.verb, row.model_label) == ("created", "role grant")
    shown = {change.field: change.after for change in row.changes}
    assert (shown["person_id"], shown["entity_id"]) == (str(person), str(entity))
    assert shown["role"] == "Lead"
    assert {change.before_state for change in row.changes} == {"absent"}


def test_a_role_begins_today_for_a_person_who_was_already_read(
    boss: Actor, person: User, entity: Entity
) -> None:
    assert people.roles_in(person, entity.pk) == set()

    people.grant_role(by=boss, person=person, entity=entity, role="agent", reason="New")

    assert people.roles_in(person, entity.pk) == {"agent"}


def test_ending_a_role_is_recorded_with_the_change_of_its_last_day(
    boss: Actor, person: User, entity: Entity
) -> None:
    grant = people.grant_role(by=boss, person=person, entity=entity, role="agent", reason="New")
    last_day = timezone.localdate()

    people.end_role(by=boss, grant=grant, last_day=last_day, reason="Moved to sales")

    event = latest()
    assert (event.kind, event.outcome, event.reason) == ("role.ended", "done", "Moved to sales")
    assert (event.actor_id, event.subject_id) == (boss.id, str(grant.pk))
    [row] = timeline.entry_of(event.pk, Event.objects.all()).rows
    assert [(change.field, change.before) for change in row.changes] == [("ends_on", "not set")]
    assert grant.history.latest("history_id").ends_on == last_day


@pytest.mark.parametrize(("ended", "roles"), [(0, {"agent"}), (1, set())])
def test_a_role_is_in_force_on_its_last_day_and_not_after(
    ended: int, roles: set[str], boss: Actor, person: User, entity: Entity
) -> None:
    today = timezone.localdate()
    start, last_day = today - timedelta(days=9), today - timedelta(days=ended)
    grant = people.grant_role(
        by=boss, person=person, entity=entity, role="agent", starts_on=start, reason="New"
    )

    people.end_role(by=boss, grant=grant, last_day=last_day, reason="Moved")

    assert people.roles_in(person, entity.pk) == roles


def test_ending_a_role_twice_on_the_same_day_records_one_event(
    boss: Actor, person: User, entity: Entity
) -> None:
    grant = people.grant_role(by=boss, person=person, entity=entity, role="agent", reason="New")

    for _ in range(2):
        people.end_role(by=boss, grant=grant, last_day=timezone.localdate(), reason="Moved")

    assert Event.objects.filter(kind="role.ended").count() == 1
    assert grant.history.count() == 2


def test_ending_a_role_needs_a_reason(boss: Actor, person: User, entity: Entity) -> None:
    grant = people.grant_role(by=boss, person=person, entity=entity, role="agent", reason="New")

    with pytest.raises(ReasonMissing):
        people.end_role(by=boss, grant=grant, last_day=entity.today(), reason="")

    assert RoleGrant.objects.get(pk=grant.pk).ends_on is None


def test_changing_a_password_is_recorded_and_only_the_new_one_opens(
    boss: Actor, person: User
) -> None:
    people.change_password(by=boss, person=person, password="battery staple", reason="Forgotten")

    event = latest()
    assert (event.kind, event.actor_id, event.reason) == (
        "person.password_changed", boss.id, "Forgotten",
    )  # fmt: skip
    assert (event.subject_id, event.detail) == (str(person.pk), {})
    stored = User.objects.get(pk=person.pk)
    assert stored.check_password("battery staple")
    assert not stored.check_password(PASSWORD)


def test_a_password_is_changed_by_its_person_or_an_administrator_of_theirs(
    person: User, entity: Entity
) -> None:
    people.grant_role(by=factories.TESTER, person=person, entity=entity, role="agent")
    lead = actors.user(factories.person("lead", entity))
    with pytest.raises(people.PeopleRefused, match="needs the role administrator"):
        people.change_password(by=lead, person=person, password="battery staple", reason="Mine")
    people.change_password(by=actors.user(person), person=person, password="battery staple")
    assert User.objects.get(pk=person.pk).check_password("battery staple")


def test_an_outdated_hash_is_renewed_on_the_way_and_recorded(person: User) -> None:
    before = person.password

    with override_settings(PASSWORD_HASHERS=[NEW, OLD]):
        assert person.check_password(PASSWORD)
        stored = User.objects.get(pk=person.pk)
        assert identify_hasher(stored.password).algorithm == "pbkdf2_sha256"
        assert stored.check_password(PASSWORD)

    assert stored.password != before
    renewed = Event.objects.get(kind="person.password_rehashed")
    assert (renewed.actor_kind, renewed.actor_id) == ("job", "sign-in")
    assert (renewed.outcome, renewed.subject_id) == ("done", str(person.pk))


def test_a_wrong_password_renews_nothing(person: User) -> None:
    before = person.password

    with override_settings(PASSWORD_HASHERS=[NEW, OLD]):
        assert not person.check_password("wrong")

    assert User.objects.get(pk=person.pk).password == before
    assert not Event.objects.filter(kind="person.password_rehashed").exists()


def test_neither_a_password_nor_its_hash_stands_in_the_trail(boss: Actor, person: User) -> None:
    hashes = [person.password]
    people.change_password(by=boss, person=person, password="battery staple")
    hashes.append(person.password)
    with override_settings(PASSWORD_HASHERS=[NEW, OLD]):
        person.check_password("battery staple")
        hashes.append(User.objects.get(pk=person.pk).password)
    person.display_name = "Renamed"
    person._history_user = User.objects.get(pk=boss.id)
    person.save()

    held = trail()
    assert len(set(hashes)) == 3
    assert "Renamed" in held
    for secret in (PASSWORD, "battery staple", *hashes):
        assert secret not in held
    columns = {field.column for field in User.history.model._meta.concrete_fields}
    assert "password" not in columns
