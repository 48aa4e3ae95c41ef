"""The admin site as the auditor and the administrator of one entity see another: not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.admin import ReadOnlyAdmin, site
from audit.models import Event
from finance.models import ExchangeRate
from requests_app import services
from requests_app.models import Role, User
from tests import factories
from tests.audit.desk import new_desk, others
from tests.pages import body, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.crawl, pytest.mark.slow]


@dataclass(frozen=True)
class Two:
    """``theirs`` are the keys, by model, of what belongs to the first entity; ``people`` are of
    the second, which has a row of everything as well."""

    theirs: dict[Any, set[Any]]
    people: dict[str, User]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Two:
    monkeypatch.setattr(ReadOnlyAdmin, "list_per_page", 2_000)
    new_desk()
    theirs = {model: keys(model) - of_nobody(model) for model in site._registry}
    entity = factories.entity(code="DE")
    person, customer = factories.person(Role.AGENT, entity), factories.customer(entity=entity)
    others(factories.support_request(entity=entity, customer=customer), person)
    by = factories.actor(person)
    services.add_address(customer=customer, kind="postal", value="Quay 2", by=by)
    people = {role: factories.person(role, entity) for role in (Role.AUDITOR, Role.ADMINISTRATOR)}
    return Two(theirs, people)


def keys(model: Any, **given: Any) -> set[Any]:
    return set(model._base_manager.filter(**given).values_list("pk", flat=True))


def of_nobody(model: Any) -> set[Any]:
    """What belongs to no entity: rates, people without a role, and what happened to these."""
    if model in (ExchangeRate, ExchangeRate.history.model):
        return keys(model)
    if model is User:
        return keys(model, grants__isnull=True)
    if model is Event:
        return keys(model, entity_id=None, support_request_id=None)
    if hasattr(model, "instance_type"):
        return keys(model, event_id__in=of_nobody(Event))
    return set()


def address_of(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_no_list_and_no_file_has_a_row_of_another_entity(role: str, two: Two) -> None:
    client, leaks = signed_in(two.people[role]), {}
    for model, theirs in two.theirs.items():
        shown = client.get(address_of(model, "changelist"))
        listed = {row.pk for row in shown.context_data["cl"].result_list}
        found = listed | taken(client, model)
        assert listed, f"no row of {model} of their own: nothing is shown by this"
        if theirs & found:
            leaks[model] = theirs & found
    assert leaks == {}
    nothing = {model for model, theirs in two.theirs.items() if not theirs}
    assert nothing == {ExchangeRate, ExchangeRate.history.model, User.history.model}


def taken(client: Client, model: Any) -> set[Any]:
    content = body(client.get(address_of(model, "export"))).decode()
    key = model._meta.pk
    return {key.to_python(row[key.attname]) for row in csv.DictReader(io.StringIO(content))}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_no_page_of_a_row_of_another_entity_is_there(role: str, two: Two) -> None:
    client = signed_in(two.people[role])
    asked = [path for model, theirs in two.theirs.items() for path in pages(model, theirs)]
    answers = {path: client.get(path).status_code for path in asked}

    assert {path: code for path, code in answers.items() if code != 404} == {}
    assert len(asked) > 150
    denied = Event.objects.filter(outcome="denied", actor_id=str(two.people[role].pk))
    assert sorted(event.detail["path"] for event in denied) == sorted(asked)


def pages(model: Any, theirs: set[Any]) -> Iterator[str]:
    """Of the first and the last row: its page, its history, its first version and its edits."""
    for key in sorted({min(theirs), max(theirs)} if theirs else set()):
        yield address_of(model, "change", key)
        if hasattr(model, "_versioned"):
            yield address_of(model, "history", key)
            version = model._base_manager.get(pk=key).history.earliest()
            yield address_of(model, "simple_history", key, version.pk)
        for edit in getattr(site._registry[model], "edits", ()):
            if not edit.of_new:
                yield address_of(model, "edit", key, edit.slug)
