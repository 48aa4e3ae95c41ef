"""Objects for tests, made through the services that make them in life."""

from __future__ import annotations

from typing import Any

import factory

from audit import actors
from audit.actors import Actor
from requests_app import people, services
from requests_app.models import Customer, Entity, Role, SupportRequest, User

TESTER = Actor(kind="command", id="tests", label="tests")


class ServiceFactory(factory.Factory):
    """Calls a service with the declared arguments instead of a model's constructor."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        return model_class(**kwargs)


class EntityFactory(ServiceFactory):
    class Meta:
        model = people.add_entity

    by = TESTER
    code = factory.Sequence(lambda n: f"E{n}")
    name = factory.LazyAttribute(lambda entity: f"Entity {entity.code}")
    currency = "USD"


class PersonFactory(ServiceFactory):
    class Meta:
        model = people.add_person

    by = TESTER
    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.Sequence(lambda n: f"Person {n}")
    password = "correct horse"


class CustomerFactory(ServiceFactory):
    class Meta:
        model = services.add_customer

    by = TESTER
    entity = factory.SubFactory(EntityFactory)
    name = factory.Sequence(lambda n: f"Customer {n}")
    email = factory.Sequence(lambda n: f"customer{n}@example.com")


class SupportRequestFactory(ServiceFactory):
    class Meta:
        model = services.open_request

    by = TESTER
    entity = factory.SubFactory(EntityFactory)
    channel = "mail"
    subject = factory.Sequence(lambda n: f"Subject {n}")
    description = "What happened."


def entity(**kwargs: Any) -> Entity:
    return EntityFactory(**kwargs)


def person(role: str | Role = "", entity: Entity | None = None, **kwargs: Any) -> User:
    """A person, with a role in an entity if both are given."""
    made: User = PersonFactory(**kwargs)
    if role and entity is not None:
        people.grant_role(by=TESTER, person=made, entity=entity, role=role)
    return made


def customer(**kwargs: Any) -> Customer:
    return CustomerFactory(**kwargs)


def support_request(**kwargs: Any) -> SupportRequest:
    return SupportRequestFactory(**kwargs)


def actor(person: User) -> Actor:
    return actors.user(person)
