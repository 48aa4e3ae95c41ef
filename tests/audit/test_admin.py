"""What the admin site shows: whole values, exact moments, names of the time, one's own entities."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse

from audit import specs
from audit.admin import VersionedAdmin, site
from audit.models import Event
from audit.recording import recording
from audit.versions import version_model
from requests_app import services
from requests_app.models import Role, RoleGrant, SupportRequest
from tests import factories
from tests.audit.desk import LONG, Desk, as_role, new_desk, show_customers
from tests.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return new_desk()


@pytest.mark.parametrize("tail", [
    "?q=E-1", "?q=%00", "?q=%F0%9F%92%B8", "?q=99999999999999999999", "?p=99999",
    "?o=-9.9", "?all=",
    "?recorded_at_since=2026-01-01&recorded_at_until=2999-12-31", "?recorded_at_since=soon",
    "?recorded_at_until=9999-12-31", "?history_date_since=0001-01-01", "?kind=nobody.knows",
    "?kind=%00", "?status__exact=%00", "?history_type__exact=%00", "?a%00b=1",
    "?entity__id__exact=x", "?no_such=1", "?e=1",
])  # fmt: skip
def test_no_question_breaks_a_list(tail: str, desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)

    for model in site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address + tail).status_code in (200, 302), address


@pytest.mark.parametrize("key", ["0", "abc", "9" * 30, "%00", "1%2F2", "-1"])
@pytest.mark.parametrize("page", ["change/", "history/", "history/1/", "history/abc/"])
def test_no_key_breaks_a_page(page: str, key: str, desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)

    for model in ("requests_app/supportrequest", "audit/event"):
        assert client.get(f"/admin/{model}/{key}/{page}").status_code in (302, 404)


def test_the_librarys_page_of_one_version_refuses_a_post_on_any_site(desk: Desk) -> None:
    model_admin = VersionedAdmin(SupportRequest, site)
    version = desk.request.history.first()
    request = RequestFactory().post("/", {"subject": "overwritten", "status": "closed"})
    request.user = desk.people[Role.ADMINISTRATOR]

    answer = model_admin.history_form_view(request, str(desk.request.pk), str(version.pk))

    assert answer.status_code == 405
    assert SupportRequest.objects.get(pk=desk.request.pk).subject == "Short"


def test_rows_of_other_entities_are_not_there(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    name = "admin:requests_app_supportrequest"
    version = desk.elsewhere.history.first()

    listed = client.get(reverse(f"{name}_changelist")).content.decode()
    hidden = client.get(reverse(f"{name}_change", args=[desk.elsewhere.pk]))
    missing = client.get(reverse(f"{name}_change", args=[10**9]))
    history = client.get(reverse(f"{name}_history", args=[desk.elsewhere.pk]))
    page = client.get(reverse(f"{name}_simple_history", args=[desk.elsewhere.pk, version.pk]))

    assert desk.request.number in listed
    assert desk.elsewhere.number not in listed
    assert (hidden.status_code, text(hidden)) == (404, text(missing))
    assert (history.status_code, page.status_code) == (404, 404)
    versions = client.get("/admin/requests_app/historicalsupportrequest/").content.decode()
    events = client.get("/admin/audit/event/").content.decode()
    assert desk.elsewhere.number not in versions + events
    assert desk.request.number in versions
    assert desk.request.number in events


def history_page(desk: Desk, query: str = "") -> str:
    address = reverse("admin:requests_app_supportrequest_history", args=[desk.request.pk])
    return as_role(desk, Role.AUDITOR).get(address + query).content.decode()


def test_the_change_history_shows_whole_values_reason_actor_and_event(desk: Desk) -> None:
    shown = history_page(desk)
    event = Event.objects.get(reason="It was too short")

    assert "Change history" in shown
    assert LONG in shown
    assert "chars]" not in shown
    assert "It was too short" in shown
    assert reverse("audit:event-show", args=[event.pk]) in shown
    assert str(desk.people[Role.AGENT]) in shown


def test_its_times_have_seconds_and_a_zone(desk: Desk) -> None:
    shown = history_page(desk)
    moment = desk.request.history.first().history_date

    assert f"{moment.day} {moment:%b %Y, %H:%M:%S} UTC" in shown
    assert "All times on this page are in <strong>UTC</strong>." in shown


def test_its_names_are_those_of_the_time(desk: Desk) -> None:
    show_customers(desk)
    customer, agent = desk.request.customer, desk.people[Role.AGENT]
    before = str(agent)
    with recording("parent.changed", by=factories.TESTER):
        customer.name = "New name"
        customer.save()
        agent.display_name = "Renamed later"
        agent.save()

    shown = history_page(desk)

    assert "Old name" in shown
    assert "New name" not in shown
    assert before in shown
    assert "Renamed later" not in shown


def test_the_oldest_version_of_every_page_has_its_difference(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(site._registry[SupportRequest]), "history_list_per_page", 1)
    pages = [history_page(desk, f"?p={number}") for number in (1, 2, 3, 4)]

    assert "1 of" in pages[0]
    assert "fields changed: first response" in pages[0]
    assert "fields changed: description" in pages[1]
    assert "fields changed: status, assignee" in pages[2]
    assert "fields set: " in pages[3]


def test_the_change_history_costs_the_same_however_long_it_is(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    by = factories.actor(desk.people[Role.AGENT])
    for number in range(40):
        priority = ("low", "high")[number % 2]
        services.change_priority(support_request=desk.request, priority=priority, by=by)
    client = as_role(desk, Role.AUDITOR)
    address = reverse("admin:requests_app_supportrequest_history", args=[desk.request.pk])
    client.get(address)

    with django_assert_max_num_queries(20):
        client.get(address)


def test_one_version_is_shown_whole_beside_its_event(desk: Desk) -> None:
    version = desk.request.history.first()

    shown = as_role(desk, Role.AUDITOR).get(version.revert_url()).content.decode()

    assert LONG in shown
    assert reverse("audit:event-show", args=[version.event_id]) in shown
    main = shown.partition("<main")[2].partition("</main>")[0]
    assert main.count("<form") == 0


def test_a_page_shows_every_column_and_exact_times_but_no_secret(desk: Desk) -> None:
    client = as_role(desk, Role.ADMINISTRATOR)
    person = desk.people[Role.AGENT]
    moment = desk.request.received_at

    request = client.get(
        reverse("admin:requests_app_supportrequest_change", args=[desk.request.pk])
    ).content.decode()
    user = client.get(reverse("admin:requests_app_user_change", args=[person.pk])).content.decode()

    assert desk.request.number in request
    assert f"{moment.day} {moment:%b %Y, %H:%M:%S} UTC" in request
    assert person.username in user
    assert person.password not in user
    assert "password" not in user


def test_events_are_found_by_id_words_and_days(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    event = Event.objects.get(reason="It was too short")
    day = event.recorded_at.date()

    def listed(query: str) -> list[int]:
        found = client.get(f"/admin/audit/event/?{query}").context_data["cl"].result_list
        return [each.pk for each in found]

    assert listed(f"q=E-{event.pk}") == [event.pk]
    assert listed("q=too+short") == [event.pk]
    assert event.pk in listed(f"recorded_at_since={day}&recorded_at_until={day}")
    assert listed("recorded_at_until=2001-01-01") == []
    assert set(listed("kind=request.taken")) == set(
        Event.objects.filter(kind="request.taken").values_list("pk", flat=True)
    )


def test_the_list_of_events_costs_few_queries(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    client = as_role(desk, Role.AUDITOR)
    client.get("/admin/audit/event/")

    with django_assert_max_num_queries(9):
        client.get("/admin/audit/event/")


def test_a_look_at_a_request_and_a_search_are_put_on_record(desk: Desk) -> None:
    client = as_role(desk, Role.AUDITOR)
    auditor = str(desk.people[Role.AUDITOR].pk)

    client.get(reverse("admin:requests_app_supportrequest_change", args=[desk.request.pk]))
    client.get(reverse("admin:requests_app_supportrequest_changelist") + "?q=Short")

    viewed = Event.objects.get(kind="request.viewed", actor_id=auditor)
    assert (viewed.support_request_id, viewed.channel) == (desk.request.pk, "admin")
    searched = Event.objects.get(kind="request.list_searched", actor_id=auditor)
    assert searched.detail["query_sha256"] == hashlib.sha256(b"Short").hexdigest()


def test_what_other_packages_bring_to_an_admin_is_not_here(desk: Desk) -> None:
    client = as_role(desk, Role.ADMINISTRATOR)

    for address in ("auth/group/", "password_change/", "logout/", "procrastinate/"):
        assert client.get(f"/admin/{address}").status_code == 404


def test_every_model_of_the_product_and_its_versions_are_here() -> None:
    """Exports of the trail are not: they have pages of their own, for who asked for them alone."""
    product = [
        model
        for label, model in specs.versioned_models().items()
        if not label.startswith(("recorder_models", "audit."))
    ]

    assert {Event, *product, *map(version_model, product)} <= set(site._registry)
    assert RoleGrant in site._registry


def test_what_was_erased_says_so_here_too(desk: Desk) -> None:
    message = desk.request.messages.get()
    lead = factories.actor(desk.people[Role.LEAD])
    services.redact_message(message=message, by=lead, reason="Not ours to keep")
    event = Event.objects.get(kind="message.redacted")
    client, told = as_role(desk, Role.AUDITOR), f"redacted by event E-{event.pk}"
    first = message.history.earliest()
    for place in (
        f"/admin/requests_app/message/{message.pk}/change/",
        f"/admin/requests_app/message/{message.pk}/history/",
        f"/admin/requests_app/historicalmessage/{first.pk}/change/",
    ):
        shown = client.get(place)
        assert shown.status_code == 200, place
        assert told in shown.content.decode(), place
        assert "We look into it." not in shown.content.decode()
