"""The file of an admin list: what the list is filtered to, covered as it is, and on record."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit import timeline
from audit.admin import site
from audit.models import Event
from audit.recording import recording
from audit.versions import version_model
from requests_app import services
from requests_app.models import RawIntake, Role, SupportRequest
from tests import factories
from tests.audit.desk import Desk, as_role, new_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def address_of(model: Any, page: str = "changelist") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def content(client: Client, model: Any, **asked: str) -> bytes:
    answer = client.get(address_of(model, "export"), asked)
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def rows(client: Client, model: Any, **asked: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(client, model, **asked).decode())))


def test_each_list_has_a_file_of_its_rows_in_its_order(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    for model in site._registry:
        found = rows(client, model)
        listed = client.get(address_of(model))
        shown = [str(row.pk) for row in listed.context_data["cl"].result_list]
        key = model._meta.pk.attname

        assert shown, model
        if model is Event or issubclass(model, tuple(versions())):
            continue  # the look itself is in it
        assert [row[key] for row in found][:50] == shown, model


def test_the_file_for_excel_begins_with_a_mark_and_keeps_the_filter(desk: Desk) -> None:
    factories.support_request(entity=desk.request.entity, subject="Other")
    client = as_role(desk, Role.AUDITOR)
    listed = client.get(address_of(SupportRequest), {"q": desk.request.number}).content.decode()
    link = f"{address_of(SupportRequest, 'export')}?q={desk.request.number}&amp;for=excel"

    plain = content(client, SupportRequest, q=desk.request.number)
    marked = content(client, SupportRequest, q=desk.request.number, **{"for": "excel"})

    assert f'href="{link}"' in listed
    assert marked == b"\xef\xbb\xbf" + plain
    told = Event.objects.filter(kind="trail.list_exported").latest("id").detail
    assert told["rows"] == 1
    assert told["file_sha256"] == hashlib.sha256(marked).hexdigest()


def versions() -> list[Any]:
    return [model for model in site._registry if hasattr(model, "instance_type")]


def test_the_file_holds_what_the_filter_leaves_and_all_its_pages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(site._registry[SupportRequest]), "list_per_page", 1)
    entity = desk.request.entity
    other = factories.support_request(entity=entity, subject="Other")
    services.change_priority(
        support_request=other, priority="critical", by=factories.actor(desk.people[Role.AGENT])
    )
    client = as_role(desk, Role.AUDITOR)

    every = {row["number"] for row in rows(client, SupportRequest)}
    some = rows(client, SupportRequest, priority__exact="critical")

    assert every == set(SupportRequest.objects.filter(entity=entity).values_list("number", flat=1))
    assert len(every) > 2
    assert [row["number"] for row in some] == [other.number]
    assert desk.elsewhere.number not in every


def test_its_button_says_how_many_rows_and_keeps_the_filter(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    number = SupportRequest.objects.filter(entity=desk.request.entity).count()

    page = client.get(address_of(SupportRequest)).content.decode()
    narrowed = client.get(address_of(SupportRequest), {"q": "Short"}).content.decode()

    assert f"Export {number} rows as CSV" in page
    assert "Export 1 row as CSV" in narrowed
    assert f'href="{address_of(SupportRequest, "export")}?q=Short"' in narrowed


def test_it_is_on_record_with_filter_rows_and_hash(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)

    taken = content(client, SupportRequest, q="Short", status__exact="in_progress")

    event = Event.objects.get(kind="trail.list_exported")
    assert event.detail["file_sha256"] == hashlib.sha256(taken).hexdigest()
    assert event.detail["rows"] == taken.count(b"\r\n") - 1
    assert event.detail["filter"] == {"status__exact": "in_progress"}
    assert event.detail["query"] == "Short"
    assert event.detail["path"] == address_of(SupportRequest, "export")
    assert event.detail["entities"] == [desk.request.entity_id]
    assert event.actor_id == str(desk.people[Role.AUDITOR].pk)


def test_customers_are_covered_in_it_as_on_the_page(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    hidden = ("Old name", "Quay 1", "marisol@harbor.example", desk.request.customer.email)

    for model in site._registry:
        text = content(client, model).decode()
        assert not [each for each in hidden if each and each in text], model
        assert "pbkdf2" not in text
        assert desk.people[Role.AGENT].password not in text


def test_nothing_in_it_is_a_formula(desk: Desk) -> None:
    with recording("parent.changed", by=factories.TESTER, subject=desk.request):
        desk.request.subject = "=HYPERLINK(1)"
        desk.request.save()

    found = rows(as_role(desk, Role.AUDITOR), SupportRequest, q=desk.request.number)

    assert [row["subject"] for row in found] == ["'=HYPERLINK(1)"]


def test_more_rows_than_a_list_reaches_are_refused_not_cut(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "COUNTED", 1)
    client = as_role(desk, Role.AUDITOR)

    answer = client.get(address_of(SupportRequest, "export"))
    page = client.get(address_of(SupportRequest)).content.decode()

    assert answer.status_code == 302
    assert "Filter or search, then export." in page
    assert "rows as CSV" not in page
    assert not Event.objects.filter(kind="trail.list_exported").exists()


def test_a_question_that_is_none_leads_back_to_the_list(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)

    for asked in ({"received_at_since": "soon"}, {"x": "\x00"}):
        answer = client.get(address_of(SupportRequest, "export"), asked)
        assert answer.status_code == 302, asked
    assert not Event.objects.filter(kind="trail.list_exported").exists()


@pytest.mark.parametrize("role", ["nobody", Role.AGENT, Role.LEAD])
def test_who_reads_no_trail_gets_no_file(role: str, desk: Desk) -> None:
    assert as_role(desk, role).get(address_of(SupportRequest, "export")).status_code == 404


def test_a_file_takes_as_many_queries_for_many_rows_as_for_few(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.support_request(entity=desk.request.entity)
    client = as_role(desk, Role.AUDITOR)

    for model in (SupportRequest, Event, type(desk.request.history.first())):
        with django_assert_max_num_queries(15):
            content(client, model)


def test_what_was_erased_is_told_in_the_file_as_on_the_page(desk: Desk) -> None:
    lead = factories.actor(factories.person("lead", desk.request.entity))
    before = desk.request.history.latest("history_id").pk
    services.redact_request(support_request=desk.request, by=lead, reason="A card number")
    told = f"redacted by event {Event.objects.get(kind='request.redacted').public_id}"
    client = as_role(desk, Role.AUDITOR)
    for model, key in ((SupportRequest, str(desk.request.pk)), (RawIntake, desk.request.intake_id)):
        [row] = [each for each in rows(client, model) if each["id"] == str(key)]
        erased = {name for name, value in row.items() if value == told}
        assert erased == ({"description"} if model is SupportRequest else {"content", "sha256"})
        page = client.get(f"{address_of(model)}{key}/change/").content.decode()
        assert told in page
    held = version_model(SupportRequest)
    found = {each["history_id"]: each["description"] for each in rows(client, held)}
    assert found[str(before)] == told


def test_an_empty_cell_is_not_told_as_erased(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    [row, *_] = rows(client, SupportRequest)
    assert row["contact_name"] == ""
