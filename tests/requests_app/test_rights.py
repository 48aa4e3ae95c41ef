"""The table of roles says what the services and pages do: each right is tried by each role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.recording import Refusal
from config import jobs
from requests_app import people, rights, services
from requests_app.models import Entity, Role, User
from tests import factories, promises
from tests.pages import body, signed_in, text

pytestmark = pytest.mark.django_db


def opens(path: str) -> Callable[[User, Entity], bool]:
    def can(person: User, entity: Entity) -> bool:
        number = factories.support_request(entity=entity).number
        answer = signed_in(person).get(path.format(number=number))
        body(answer)
        assert answer.status_code in (200, 302, 404)
        return bool(answer.status_code == 200)

    return can


def works(person: User, entity: Entity) -> bool:
    opened = factories.support_request(entity=entity)
    return is_done(lambda: services.take(support_request=opened, by=factories.actor(person)))


def is_given_requests(person: User, entity: Entity) -> bool:
    opened = factories.support_request(entity=entity)
    return is_done(
        lambda: services.assign(support_request=opened, assignee=person, by=factories.TESTER)
    )


def administers(person: User, entity: Entity) -> bool:
    by, other = factories.actor(person), factories.person()
    return is_done(
        lambda: people.grant_role(by=by, person=other, entity=entity, role="lead", reason="Try")
    )


def operates(person: User, entity: Entity) -> bool:
    may_retry = not jobs.why_not_retry(0, factories.actor(person)).endswith("administrator.")
    assert may_retry == (signed_in(person).get("/management/").status_code == 200)
    return may_retry


def sees_accounts(person: User, entity: Entity) -> bool:
    colleague = factories.person("agent", entity)
    return "Signing in" in text(signed_in(person).get(f"/people/{colleague.pk}/"))


def sees_colleagues(person: User, entity: Entity) -> bool:
    colleague = factories.person("agent", entity, display_name="Colleague")
    return "Colleague" in text(signed_in(person).get("/people/")) and (
        signed_in(person).get(f"/people/{colleague.pk}/").status_code == 200
    )


def is_done(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refusal:
        return False
    return True


def redacts(person: User, entity: Entity) -> bool:
    opened = factories.support_request(entity=entity)
    by = factories.actor(person)
    return is_done(
        lambda: services.redact_request(support_request=opened, by=by, reason="A card number")
    )


def arranges(person: User, entity: Entity) -> bool:
    elsewhere = factories.entity()  # an entity has one calendar
    for role in people.roles_in(person, entity.pk):
        people.grant_role(by=factories.TESTER, person=person, entity=elsewhere, role=role)
    hours = {"name": "Office", "time_zone": "UTC", "hours": promises.OFFICE}
    by = factories.actor(person)
    return is_done(lambda: services.add_calendar(entity=elsewhere, by=by, reason="Try", **hours))


def sees_customers(person: User, entity: Entity) -> bool:
    customer = factories.customer(entity=entity, name="Marisol Vega")
    return "Marisol Vega" in text(signed_in(person).get(f"/customers/{customer.pk}/"))


def reveals(person: User, entity: Entity) -> bool:
    customer, by = factories.customer(entity=entity), factories.actor(person)
    return is_done(
        lambda: services.reveal(customer=customer, purpose="audit", reason="An audit", by=by)
    )


def corrects_customers(person: User, entity: Entity) -> bool:
    customer, by = factories.customer(entity=entity), factories.actor(person)
    return is_done(
        lambda: services.add_address(customer=customer, kind="email", value="a@x.example", by=by)
    )


def merges_customers(person: User, entity: Entity) -> bool:
    first, second = (factories.customer(entity=entity) for _ in range(2))
    by = factories.actor(person)
    return is_done(
        lambda: services.merge_customers(into=first, customer=second, reason="Twice", by=by)
    )


TRIED = {
    "redact": redacts,
    "arrange": arranges,
    "see_customers": sees_customers,
    "reveal": reveals,
    "correct_customers": corrects_customers,
    "merge_customers": merges_customers,
    "look": opens("/requests/{number}/"),
    "export": opens("/requests/export.csv"),
    "colleagues": sees_colleagues,
    "work": works,
    "be_assigned": is_given_requests,
    "trail": opens("/trail/"),
    "accounts": sees_accounts,
    "people": administers,
    "operate": operates,
}


@pytest.mark.parametrize("right", rights.RIGHTS, ids=lambda right: right.name)
def test_the_table_agrees_with_what_happens(right: rights.Right, entity: Entity) -> None:
    allowed = set()
    for role in Role:
        if TRIED[right.name](factories.person(role, entity), entity):
            allowed.add(role)
    assert allowed == right.roles


def test_a_role_in_another_entity_allows_nothing_here(entity: Entity) -> None:
    elsewhere = factories.entity()
    for name in ("look", "work", "be_assigned", "accounts", "people"):
        role = sorted(next(r for r in rights.RIGHTS if r.name == name).roles)[0]
        person = factories.person(role, elsewhere)
        assert not TRIED[name](person, entity), name


def test_the_page_shows_the_table(entity: Entity) -> None:
    shown = text(signed_in(factories.person("agent", entity)).get("/roles/"))
    for right in rights.RIGHTS:
        assert right.sentence in shown
    assert "Agent 1 today, you too" in shown
