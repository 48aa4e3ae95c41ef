"""A form says that it showed what it did show, also where it was changed while it was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from audit.standing import standing_of
from requests_app import entities, saved_views, services, staff
from requests_app.models import Entity, Rule, User
from tests import factories, promises
from tests.pages import signed_in, value_of

pytestmark = pytest.mark.django_db

Shown = tuple[Model, str, str, Callable[[], Any]]


class RightAfter:
    """Does something once, as soon as the statement that finds this row has been sent."""

    def __init__(self, row: Model, does: Callable[[], Any]) -> None:
        self.key, self.does, self.is_done = row.pk, does, False
        self.condition = f'"{row._meta.db_table}"."id" = %s'

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if not self.is_done and self.finds(sql, params):
            self.is_done = True
            self.does()
        return found

    def finds(self, sql: str, params: Any) -> bool:
        is_check = sql.startswith('SELECT %s AS "a" ')  # that there is such a row
        return self.condition in sql and self.key in params and not is_check


def customer_page(entity: Entity) -> Shown:
    customer = factories.customer(entity=entity, name="Harbor Hotels")
    return (
        customer, f"/customers/{customer.pk}/", "change-facts-seen",
        lambda: services.change_facts(
            customer=customer, name="Quay", reference="", by=factories.TESTER, reason="r"
        ),
    )  # fmt: skip


def merge_page(entity: Entity) -> Shown:
    customer, address, _, renamed = customer_page(entity)
    into = factories.customer(entity=entity, name="Harbor-Hotels")
    return customer, f"{address}merge/?into={into.pk}", "id_seen", renamed


def merge_page_of_the_other(entity: Entity) -> Shown:
    into, _, _, renamed = customer_page(entity)
    customer = factories.customer(entity=entity, name="Harbor-Hotels")
    return into, f"/customers/{customer.pk}/merge/?into={into.pk}", "id_seen_into", renamed


def person_page(entity: Entity) -> Shown:
    person = factories.person("agent", entity, email="a@b.example")
    return (
        person, f"/people/{person.pk}/", "change-seen",
        lambda: staff.change(
            person=person, by=factories.TESTER, display_name="Ana Garcia", email="",
            time_zone="UTC", reason="Married",
        ),
    )  # fmt: skip


def view_page(entity: Entity) -> Shown:
    by = factories.actor(User.objects.get(display_name="Lia Frank"))
    view = saved_views.keep(by=by, page="requests", name="Phone", query="channel=phone")
    return (
        view, f"/views/{view.pk}/", "name-seen",
        lambda: saved_views.rename(by=by, view=view, name="By phone"),
    )  # fmt: skip


def rule_page(entity: Entity) -> Shown:
    rule = promises.rule(entity, Rule.Kind.CLOSE_AFTER_SILENCE, days=7)
    return (
        rule, f"/due-dates/closing/{rule.pk}/", "id_seen",
        lambda: services.change_rule(rule=rule, by=factories.TESTER, reason="r", days=14),
    )  # fmt: skip


def entity_page(entity: Entity) -> Shown:
    by = factories.actor(factories.person("administrator", entity))
    return (
        entity, f"/admin/requests_app/entity/{entity.pk}/edit/change/", "id_seen",
        lambda: entities.change(
            entity=entity, by=by, name="Quay Inc.", time_zone="UTC", is_active=True,
            reason="r",
        ),
    )  # fmt: skip


PAGES = (
    customer_page, merge_page, merge_page_of_the_other, person_page, view_page, rule_page,
    entity_page,
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_what_changed_while_the_page_was_read_does_not_count_as_shown(
    page: Callable[[Entity], Shown], entity: Entity
) -> None:
    lia = factories.person("lead", entity, display_name="Lia Frank")
    ada = factories.person("administrator", entity)
    row, address, field, change = page(entity)
    before, client = standing_of(row), signed_in(ada if page in (person_page, entity_page) else lia)
    right_after = RightAfter(row, change)
    with connection.execute_wrapper(right_after):
        answer = client.get(address)
    assert right_after.is_done
    assert standing_of(row) != before
    assert value_of(answer, field) == str(before)
