"""Pages of people: colleagues see little, administrators act, others find nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import Event
from requests_app import people, services
from requests_app.models import Entity, RoleGrant, User
from tests import accounts, factories
from tests.markup import main_of
from tests.pages import seen, signed_in, text, value_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(entity: Entity) -> User:
    return factories.person("administrator", entity, display_name="Ada Whitlock")


def test_the_list_holds_colleagues_of_shared_entities_alone(entity: Entity, agent: User) -> None:
    factories.person("lead", entity, display_name="Ben Stone")
    factories.person("agent", factories.entity(), display_name="Jonas Brandt")
    shown = text(signed_in(agent).get("/people/"))
    assert "Ben Stone" in shown
    assert "US Lead" in shown
    assert "Jonas Brandt" not in shown


def test_a_colleague_reads_no_address_sign_in_or_past_role(entity: Entity, agent: User) -> None:
    other = factories.person("lead", entity, display_name="Ben", email="ben@example.com")
    accounts.at_desk(other)
    client = signed_in(agent)
    for path in ("/people/", f"/people/{other.pk}/"):
        shown = client.get(path).content.decode()
        assert "ben@" not in shown.replace("<wbr>", "")
        assert "192.0.2.7" not in shown
    assert client.get(f"/people/{other.pk}/").status_code == 200


def test_who_is_no_colleague_is_not_there_and_the_look_is_recorded(agent: User) -> None:
    stranger = factories.person("agent", factories.entity())
    client = signed_in(agent)
    hidden, missing = client.get(f"/people/{stranger.pk}/"), client.get("/people/99999999/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert text(hidden) == text(missing)
    event = Event.objects.get(kind="trail.view_denied")
    assert (event.subject_id, event.outcome) == (str(stranger.pk), "denied")


def test_roles_of_entities_that_are_not_shared_stay_unsaid(entity: Entity, ada: User) -> None:
    other = factories.entity(code="DE")
    person = factories.person("agent", entity)
    people.grant_role(by=factories.TESTER, person=person, entity=other, role="treasurer")
    shown = text(signed_in(ada).get(f"/people/{person.pk}/"))
    assert "Agent in US" in shown
    assert "Treasurer" not in shown.partition("As an administrator")[0]


def test_the_list_is_narrowed_by_role_entity_and_account(entity: Entity, ada: User) -> None:
    factories.person("agent", entity, display_name="Ana Reyes")
    factories.person("lead", entity, display_name="Ben Stone")
    client = signed_in(ada)
    shown = text(client.get("/people/?role=lead&entity=US&active=yes"))
    assert "Ben Stone" in shown
    assert "Ana Reyes" not in shown
    assert "Nobody matches" in text(client.get("/people/?q=zzz"))
    assert "Nothing was looked up" in text(client.get("/people/?role=king"))


def test_a_role_is_held_by_as_many_as_the_list_shows_for_it(entity: Entity, ada: User) -> None:
    today, day = entity.today(), timedelta(days=1)
    for starts_on, ends_on in ((today, today), (today + day, None), (today - day, today - day)):
        person = factories.person()
        people.grant_role(
            by=factories.TESTER, person=person, entity=entity, role="lead", starts_on=starts_on,
            ends_on=ends_on,
        )  # fmt: skip
    client = signed_in(ada)
    for path in ("/", "/roles/"):
        every = list(main_of(client.get(path).content.decode()).inside())
        [link] = {each.link() for each in every if "role=lead" in (each.link() or "")}
        assert link == "/people/?role=lead&active=yes"
        assert {each.text for each in every if each.link() == link and "count" in each.classes} == {
            "1"
        }
    assert "1 person of your entities" in text(client.get("/people/?role=lead&active=yes"))


def test_an_administrator_finds_who_has_no_second_step(entity: Entity, ada: User) -> None:
    accounts.with_factor(factories.person("lead", entity, display_name="Ben Stone"))
    client = signed_in(ada)
    on, off = (text(client.get(f"/people/?second={each}")) for each in ("on", "off"))
    assert ("Ben Stone" in on, "Ben Stone" in off) == (True, False)
    assert ("Ada Whitlock" in on, "Ada Whitlock" in off) == (False, True)


def test_a_colleague_is_offered_no_filter_by_second_step(agent: User) -> None:
    assert 'name="second"' not in signed_in(agent).get("/people/").content.decode()


def test_a_search_is_on_record(ada: User) -> None:
    signed_in(ada).get("/people/?q=Whitlock")
    assert Event.objects.get(kind="trail.searched").detail["count"] == 1


def test_an_administrator_gives_a_role_on_the_page(entity: Entity, ada: User) -> None:
    person = factories.person("agent", entity)
    client = signed_in(ada)
    typed = {"entity": "US", "role": "lead", "reason": "Takes over the team", "ends_on": ""}
    sent = client.post(f"/people/{person.pk}/grant/", seen(person) | typed)
    assert sent.headers["Location"] == f"/people/{person.pk}/"
    assert "Lead in US" in text(client.get(f"/people/{person.pk}/"))


def test_what_was_typed_is_kept_where_the_reason_is_missing(entity: Entity, ada: User) -> None:
    person = factories.person("agent", entity)
    given = seen(person) | {"entity": "US", "role": "lead"}
    sent = signed_in(ada).post(f"/people/{person.pk}/grant/", given)
    assert sent.status_code == 422
    assert "Say why." in text(sent)
    assert value_of(sent, "grant-role") == "lead"
    assert RoleGrant.objects.filter(person=person).count() == 1


def test_acting_on_people_takes_a_post_and_an_administrator(entity: Entity, agent: User) -> None:
    person = factories.person("agent", entity)
    client = signed_in(agent)
    assert client.get(f"/people/{person.pk}/deactivate/").status_code == 302
    sent = client.post(f"/people/{person.pk}/deactivate/", seen(person) | {"reason": "Please"})
    assert sent.status_code == 409
    assert "Changing people needs the role administrator" in text(sent)
    person.refresh_from_db()
    assert person.is_active
    assert client.post(f"/people/{person.pk}/nothing/").status_code == 404


def test_the_page_says_what_deactivating_means_before_it_is_done(entity: Entity, ada: User) -> None:
    person = factories.person("agent", entity)
    assert "signed out everywhere at once" in text(signed_in(ada).get(f"/people/{person.pk}/"))


def test_a_person_is_added_with_a_role_and_an_invitation(entity: Entity, ada: User) -> None:
    client = signed_in(ada)
    typed = {
        "username": "bo", "display_name": "Bo Lund", "email": "bo@example.com",
        "time_zone": "UTC", "entity": "US", "role": "agent", "reason": "New in May",
    }  # fmt: skip
    client.post("/people/new/", typed)
    added = User.objects.get(username="bo")
    assert client.get(f"/people/{added.pk}/").status_code == 200


def test_adding_is_for_administrators(agent: User) -> None:
    client = signed_in(agent)
    shown = client.get("/people/new/")
    assert "Adding people needs the role administrator" in text(shown)
    assert 'name="username"' not in shown.content.decode()


def test_an_auditor_reads_sign_ins_and_acts_nothing(entity: Entity) -> None:
    auditor = factories.person("auditor", entity)
    person = factories.person("agent", entity)
    accounts.at_desk(person)
    shown = text(signed_in(auditor).get(f"/people/{person.pk}/"))
    assert "Signed in" in shown
    assert "As an administrator" not in shown


def test_a_page_leads_to_the_trail_of_this_person_not_of_the_name(
    entity: Entity, ada: User
) -> None:
    twins = [factories.person("agent", entity, display_name="Sam Lee") for _ in range(2)]
    for each in twins:
        opened = factories.support_request(entity=entity)
        services.take(support_request=opened, by=factories.actor(each))
    client = signed_in(ada)

    link = next(
        each.link() or ""
        for each in main_of(client.get(f"/people/{twins[0].pk}/").content.decode()).inside()
        if each.text == "All in the trail"
    )
    shown = client.get(link).context["page"].entries

    assert link == f"/trail/by/user/{twins[0].pk}/"
    assert {entry.event.actor_id for entry in shown} == {str(twins[0].pk)}


def test_a_page_leads_to_no_trail_of_who_did_nothing(entity: Entity, ada: User) -> None:
    quiet = factories.person("agent", entity)

    assert "/trail/by/" not in signed_in(ada).get(f"/people/{quiet.pk}/").content.decode()


def test_pages_cost_the_same_however_many_people(
    entity: Entity, ada: User, django_assert_max_num_queries: object
) -> None:
    for _ in range(12):
        person = factories.person("agent", entity)
    client = signed_in(ada)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get("/people/")
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get(f"/people/{person.pk}/")
    for role in ("lead", "administrator"):
        people.grant_role(by=factories.TESTER, person=person, entity=entity, role=role)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get(f"/people/{person.pk}/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/roles/")
