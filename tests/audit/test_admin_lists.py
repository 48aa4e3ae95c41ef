"""The admin's lists: as many queries for many rows as for few, and nothing hides in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from audit import actors
from audit.admin import ReadOnlyAdmin, site
from audit.admin.sites import GROUPS
from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.models import Approval, Role, SupportRequest, User
from tests import factories
from tests.audit.desk import Desk, add_one_of_everything, as_role, new_desk, show_customers
from tests.pages import text

pytestmark = pytest.mark.django_db

TURNED = "\u202egpj.exe\u202c"  # reads "exe.jpg" where the marks are obeyed
SHOWN = "[U+202E]gpj.exe[U+202C]"
HIDDEN = ("\u202e", "\u202c")


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def address_of(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_events_are_found_by_words_and_by_what_one_request_did(desk: Desk) -> None:
    by = actors.user(desk.people["agent"], actors.Origin("web", correlation_id="f00d-0001"))
    with recording("request.noted", by=by, subject=desk.request, reason="Bitter harvest") as event:
        event_id = event.id
    client = as_role(desk, "auditor")

    def found(words: str) -> list[int]:
        shown = client.get(address_of(Event), {"q": words})
        return [row.pk for row in shown.context_data["cl"].result_list]

    assert found("bitter harv") == found("f00d-0001") == found(f"E-{event_id}") == [event_id]
    assert found("arvest") == found("...") == []


def costs(client: Any) -> dict[str, tuple[int, int]]:
    """Rows and queries of every list."""
    found = {}
    for model in site._registry:
        address = address_of(model)
        client.get(address)  # puts the first look on record
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(address)
        found[address] = (len(shown.context_data["cl"].result_list), len(queries))
    return found


def test_no_list_asks_more_queries_for_more_rows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadOnlyAdmin, "list_per_page", 500)
    client = as_role(desk, Role.AUDITOR)
    add_one_of_everything(desk)
    few = costs(client)
    for _ in range(10):
        add_one_of_everything(desk)
    many = costs(client)

    assert {address: count for address, (_, count) in few.items()} == {
        address: count for address, (_, count) in many.items()
    }
    assert all(rows >= 2 for rows, _ in few.values())
    assert all(rows >= few[address][0] + 10 for address, (rows, _) in many.items())


def disguised(desk: Desk) -> SupportRequest:
    """A request whose texts, and those of everything around it, hide what they are."""
    entity = desk.request.entity
    agent = factories.actor(desk.people[Role.AGENT])
    customer = factories.customer(entity=entity, name=TURNED, reference=TURNED)
    request = factories.support_request(
        entity=entity, customer=customer, subject=TURNED, description=TURNED
    )
    services.take(support_request=request, by=agent)
    services.reply(support_request=request, body=TURNED, by=agent)
    with recording("parent.changed", by=factories.TESTER, subject=request, reason=TURNED):
        request.custom = {TURNED: TURNED}
        request.save()
        entity.name = TURNED
        entity.save()
        User.objects.filter(pk=desk.people[Role.AGENT].pk).update(display_name=TURNED)
    return request


def test_no_list_and_no_page_obeys_a_mark_that_turns_text_around(desk: Desk) -> None:
    disguised(desk)
    client = as_role(desk, Role.AUDITOR)
    showing = 0

    for model in site._registry:
        listed = client.get(address_of(model))
        key = listed.context_data["cl"].result_list[0].pk
        pages = [listed, client.get(address_of(model, "change", key))]
        if hasattr(model, "_versioned"):
            pages.append(client.get(address_of(model, "history", key)))
        for page in pages:
            assert page.status_code == 200
            assert not any(mark in page.content.decode() for mark in HIDDEN), page.request
            showing += SHOWN in page.content.decode()
    assert showing > 20


def test_a_list_shows_hidden_characters_where_they_stand(desk: Desk) -> None:
    show_customers(desk)
    request = disguised(desk)

    listed = as_role(desk, Role.AUDITOR).get(address_of(SupportRequest)).content.decode()

    row = next(part for part in listed.split("<tr>") if request.number in part)
    # Subject, customer, assignee, entity, and the link to its changes.
    assert strip_tags(row).count(SHOWN) == 5


def test_a_reference_on_a_page_leads_to_its_row(desk: Desk) -> None:
    show_customers(desk)
    client = as_role(desk, Role.AUDITOR)
    customer = desk.request.customer

    shown = client.get(address_of(SupportRequest, "change", desk.request.pk)).content.decode()

    assert f'<a href="{address_of(type(customer), "change", customer.pk)}">Old name</a>' in shown


def test_lists_are_sorted_by_the_column_that_is_asked_for(desk: Desk) -> None:
    add_one_of_everything(desk)
    client = as_role(desk, Role.AUDITOR)

    def subjects(order: str) -> list[str]:
        found = client.get(f"{address_of(SupportRequest)}?o={order}").context_data["cl"].result_list
        return [each.subject for each in found]

    assert subjects("1") == sorted(subjects("1"))
    assert subjects("-1") == sorted(subjects("1"), reverse=True)
    assert 'href="?o=1"' in client.get(address_of(SupportRequest)).content.decode()


def test_what_a_column_no_longer_knows_is_shown_as_it_is(desk: Desk) -> None:
    with recording("parent.changed", by=factories.TESTER, subject=desk.request):
        SupportRequest.objects.filter(pk=desk.request.pk).update(priority="forgotten")

    listed = as_role(desk, Role.AUDITOR).get(address_of(SupportRequest)).content.decode()

    assert "forgotten" in listed


def test_an_event_is_found_by_its_id_however_large_the_number_is(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    for words in (f"{2**63 - 1}", f"E-{2**63}", "9" * 40):
        found = client.get(address_of(Event), {"q": words})
        assert found.status_code == 200
        assert list(found.context_data["cl"].result_list) == []


def test_lists_and_pages_of_events_say_words_for_codes(desk: Desk) -> None:
    by = factories.actor(desk.people[Role.AGENT])
    with pytest.raises(services.RequestRefused):
        services.close(support_request=desk.request, by=by)
    client = as_role(desk, Role.AUDITOR)
    event = Event.objects.get(outcome="denied")

    listed = client.get(address_of(Event), {"q": f"E-{event.pk}"}).content.decode()
    row = strip_tags(listed.partition("<tbody>")[2].partition("</tbody>")[0])
    page = text(client.get(address_of(Event, "change", event.pk)))

    assert "Request closed" in row
    assert "Refused" in row
    assert "Command" in row
    assert "denied" not in row + page
    assert f"E-{event.pk} · Request closed" in page
    assert "Request closed (request.closed)" in page
    assert "Kind of actor Person" in page


def test_a_version_leads_to_its_event_by_the_event_id(desk: Desk) -> None:
    version = desk.request.history.first()

    page = text(as_role(desk, Role.AUDITOR).get(address_of(type(version), "change", version.pk)))

    assert f"{desk.request}, version {version.pk}" in page
    assert f"Event E-{version.event_id}" in page


def test_an_approval_names_the_role_that_it_needs(desk: Desk) -> None:
    listed = text(as_role(desk, Role.AUDITOR).get(address_of(Approval)))

    assert "Lead" in listed


def test_versions_are_called_by_what_they_are_versions_of(desk: Desk) -> None:
    page = text(as_role(desk, Role.AUDITOR).get("/admin/"))

    assert "Support request versions" in page
    assert "Person versions" in page
    assert "istorical" not in page


def test_the_index_has_every_list_once_under_what_it_is_about(desk: Desk) -> None:
    page = as_role(desk, Role.AUDITOR).get("/admin/")
    groups = page.context["app_list"]
    shown = [model["model"] for group in groups for model in group["models"]]

    assert sorted(map(str, shown)) == sorted(map(str, site._registry))
    assert {group["name"] for group in groups} <= set(GROUPS)
    assert "nothing is ever deleted" in page.content.decode()
