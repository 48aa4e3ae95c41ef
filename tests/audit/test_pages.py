"""Pages of the trail: everything, one event, two versions of one row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from audit.recording import record
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import address, signed_in, text

pytestmark = pytest.mark.django_db

TRAIL = "/trail/"


@pytest.fixture
def worked_on(entity: Entity, agent: User) -> SupportRequest:
    opened = factories.support_request(entity=entity, subject="Wet linen")
    by = factories.actor(agent)
    services.take(support_request=opened, by=by)
    services.change_priority(support_request=opened, priority="high", by=by, reason="A big one")
    return opened


def comparison(support_request: SupportRequest, query: str = "") -> str:
    return f"/compare/requests_app.supportrequest/{support_request.pk}/{query}"


def version_ids(support_request: SupportRequest) -> list[int]:
    return list(support_request.history.order_by("history_id").values_list("history_id", flat=True))


# the trail of everything


def test_the_trail_is_for_auditors_and_administrators(entity: Entity, agent: User) -> None:
    for role in ("auditor", "administrator"):
        assert signed_in(factories.person(role, entity)).get(TRAIL).status_code == 200
    assert signed_in(agent).get(TRAIL).status_code == 404


def test_a_refused_look_at_the_trail_is_on_record(agent: User) -> None:
    signed_in(agent).get(TRAIL)
    event = Event.objects.get(kind="trail.view_denied")
    assert (event.actor_id, event.outcome, event.detail) == (
        str(agent.pk),
        "denied",
        {"path": TRAIL},
    )


def test_the_trail_shows_own_entities_and_what_belongs_to_none(
    worked_on: SupportRequest, auditor: User
) -> None:
    factories.support_request(subject="Of another entity")
    shown = text(signed_in(auditor).get(TRAIL))
    assert "Wet linen" in shown
    assert "Signed in" in shown
    assert "Of another entity" not in shown


def test_the_trail_says_what_it_covers_and_since_when(
    worked_on: SupportRequest, auditor: User
) -> None:
    response = signed_in(auditor).get(TRAIL)
    assert "Events of US, and events that belong to no entity. Since " in text(response)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("kind=request.taken", {"request.taken"}),
        ("outcome=denied", {"request.closed"}),
        ("actor=reyes", {"request.taken", "request.priority_changed", "request.closed"}),
        ("channel=web&actor=otto", {"session.signed_in"}),
    ],
)
def test_filters_of_the_trail_keep_what_matches(
    query: str, kinds: set[str], worked_on: SupportRequest, agent: User, auditor: User
) -> None:
    with pytest.raises(services.RequestRefused):
        services.close(support_request=worked_on, by=factories.actor(agent))
    entries = signed_in(auditor).get(f"{TRAIL}?{query}").context["page"].entries
    assert {entry.event.kind for entry in entries} == kinds


def test_both_days_of_the_filter_are_included(worked_on: SupportRequest, auditor: User) -> None:
    client = signed_in(auditor)
    today = timezone.localdate()
    before = Event.objects.count()
    found = client.get(TRAIL, {"since": today, "until": today}).context
    assert found["count"] == before
    tomorrow = today + timedelta(days=1)
    assert "No event matches" in text(client.get(TRAIL, {"since": tomorrow}))


def test_days_in_the_wrong_order_are_explained(auditor: User) -> None:
    response = signed_in(auditor).get(f"{TRAIL}?since=2026-02-01&until=2026-01-01")
    assert "The last day lies before the first." in text(response)
    assert response.context["page"].entries == []
    assert "Nothing is recorded yet" not in text(response)
    assert "Nothing was looked up" in text(response)


def test_a_day_that_is_none_is_answered_with_how_to_write_one(auditor: User) -> None:
    page = text(signed_in(auditor).get(f"{TRAIL}?since=foo"))
    assert "Write the day as in 2026-03-31." in page


def test_the_trail_goes_on_page_by_page(auditor: User) -> None:
    for _ in range(60):
        record("request.list_searched", by=factories.TESTER)
    client = signed_in(auditor)
    before = Event.objects.count()
    first = client.get(TRAIL).context["page"]
    second = client.get(f"{TRAIL}?before={first.older}").context["page"]
    ids = [entry.event.pk for entry in [*first.entries, *second.entries]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(set(ids)) == before


def test_the_trail_takes_few_queries(
    worked_on: SupportRequest, auditor: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(auditor)
    client.get(TRAIL)
    # 11 of the page; 11 read what the events changed.
    with django_assert_max_num_queries(11 + 11):
        client.get(TRAIL)


# one event


def test_an_event_shows_all_that_is_recorded_of_it(
    worked_on: SupportRequest, auditor: User
) -> None:
    event = Event.objects.get(kind="request.priority_changed")
    shown = text(signed_in(auditor).get(f"/events/{event.pk}/"))
    for words in (
        f"{event.public_id}", "Ana Reyes changed the priority", "Role at the time Agent",
        "Kind request.priority_changed", "Outcome Done", "Reason A big one", "Entity US",
        f"Transaction {event.txid}", f"Database user {event.database_user}",
        "1 of 36 fields changed: priority",
    ):  # fmt: skip
        assert words in shown
    assert bytes(event.salt).hex() not in shown


def test_events_of_one_http_request_lead_to_each_other(agent: User, auditor: User) -> None:
    signed_in(agent).post(
        "/requests/new/",
        {"entity": "US", "channel": "mail", "subject": "S", "description": "D",
         "priority": "normal", "customer_name": "Harbor Hotels"},
    )  # fmt: skip
    added = Event.objects.get(kind="customer.added")
    opened = Event.objects.get(kind="request.opened")
    related = signed_in(auditor).get(f"/events/{opened.pk}/").context["related"]
    assert [entry.event.pk for entry in related] == [added.pk]


def test_earlier_and_later_stay_in_the_same_trail(worked_on: SupportRequest, agent: User) -> None:
    ids = list(
        Event.objects.of_support_request(worked_on.pk).order_by("id").values_list("pk", flat=True)
    )
    context = signed_in(agent).get(f"/events/{ids[1]}/").context
    assert (context["previous"].pk, context["next"].pk) == (ids[0], ids[2])


def test_the_way_back_opens_the_trail_at_the_event(worked_on: SupportRequest, agent: User) -> None:
    event = Event.objects.get(kind="request.taken")
    context = signed_in(agent).get(f"/events/{event.pk}/").context
    entries = signed_in(agent).get(context["address"].partition("#")[0]).context["page"].entries
    assert context["address"].endswith(f"#e{event.pk}")
    assert event in [entry.event for entry in entries]


@pytest.mark.parametrize("event_id", [0, 999_999_999, 2**63, 10**30])
def test_an_event_that_is_not_there_is_not_found(event_id: int, auditor: User) -> None:
    assert signed_in(auditor).get(f"/events/{event_id}/").status_code == 404
    assert not Event.objects.filter(kind="trail.view_denied").exists()


def test_an_event_of_others_answers_like_none_and_is_on_record(
    worked_on: SupportRequest, entity: Entity
) -> None:
    event = Event.objects.get(kind="request.taken")
    stranger = signed_in(factories.person("auditor", factories.entity()))
    assert stranger.get(f"/events/{event.pk}/").status_code == 404
    assert Event.objects.get(kind="trail.view_denied").detail == {"path": f"/events/{event.pk}/"}


def test_agents_see_events_of_requests_but_not_of_people(
    worked_on: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    assert client.get(f"/events/{Event.objects.get(kind='request.taken').pk}/").status_code == 200
    granted = Event.objects.filter(kind="role.granted").latest("id")
    assert client.get(f"/events/{granted.pk}/").status_code == 404


def test_an_event_takes_few_queries_however_long_its_trail_is(
    worked_on: SupportRequest, agent: User, django_assert_max_num_queries: Any
) -> None:
    event = busy(worked_on, agent)
    client = signed_in(agent)
    client.get(f"/events/{event.pk}/")
    with django_assert_max_num_queries(15):
        assert client.get(f"/events/{event.pk}/").status_code == 200


def busy(support_request: SupportRequest, agent: User) -> Event:
    """Many replies and changes; the event is one from their middle."""
    by = factories.actor(agent)
    for number in range(20):
        priority = ("low", "high")[number % 2]
        services.reply(support_request=support_request, body=str(number), by=by)
        services.change_priority(support_request=support_request, priority=priority, by=by)
    return Event.objects.filter(kind="request.priority_changed").order_by("id")[10]


# two versions of one row


def test_the_newest_version_is_compared_with_the_one_before(
    worked_on: SupportRequest, agent: User
) -> None:
    shown = text(signed_in(agent).get(comparison(worked_on)))
    assert "fields changed: priority" in shown
    assert "Priority removed: Normal → added: High" in shown
    assert "Status removed" not in shown


def test_any_two_versions_are_compared_and_swapped(worked_on: SupportRequest, agent: User) -> None:
    first, _, newest = version_ids(worked_on)
    client = signed_in(agent)
    forwards = text(client.get(comparison(worked_on, f"?from={first}&to={newest}")))
    assert "Status removed: New → added: In progress" in forwards
    response = client.get(comparison(worked_on, f"?from={first}&to={newest}"))
    assert f'href="?from={newest}&amp;to={first}"' in response.content.decode()
    backwards = text(client.get(comparison(worked_on, f"?from={newest}&to={first}")))
    assert "Status removed: In progress → added: New" in backwards


def test_equal_versions_say_so(worked_on: SupportRequest, agent: User) -> None:
    newest = version_ids(worked_on)[-1]
    shown = text(signed_in(agent).get(comparison(worked_on, f"?from={newest}&to={newest}")))
    assert "There are no differences between these two versions" in shown


def test_the_first_version_says_why_there_is_nothing_before_it(
    worked_on: SupportRequest, agent: User
) -> None:
    first = version_ids(worked_on)[0]
    shown = text(signed_in(agent).get(comparison(worked_on, f"?to={first}")))
    assert "Nothing: the row did not exist before its first version." in shown


def test_all_fields_are_shown_on_demand(worked_on: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    assert "Subject Wet linen unchanged" not in text(client.get(comparison(worked_on)))
    assert "Subject Wet linen unchanged" in text(client.get(comparison(worked_on, "?fields=all")))


@pytest.mark.parametrize(
    "path",
    [
        "/compare/requests_app.supportrequest/999999/",
        "/compare/requests_app.nothing/1/",
        "/compare/auth.permission/1/",
        "/compare/audit.event/1/",
        "/compare/%00/1/",
        "/compare/requests_app.supportrequest/99999999999999999999999/",
    ],
)
def test_a_row_that_is_not_there_is_not_found(path: str, auditor: User) -> None:
    assert signed_in(auditor).get(path).status_code == 404


@pytest.mark.parametrize("query", ["?from=x", "?to=99999999", "?to=0", "?from=-1"])
def test_a_version_that_is_not_there_is_not_found(
    query: str, worked_on: SupportRequest, agent: User
) -> None:
    assert signed_in(agent).get(comparison(worked_on, query)).status_code == 404


def test_versions_of_another_row_are_not_mixed_in(
    worked_on: SupportRequest, entity: Entity, agent: User
) -> None:
    other = version_ids(factories.support_request(entity=entity))[0]
    assert signed_in(agent).get(comparison(worked_on, f"?to={other}")).status_code == 404


def test_a_row_of_others_answers_like_none_and_is_on_record(worked_on: SupportRequest) -> None:
    stranger = signed_in(factories.person("agent", factories.entity()))
    assert stranger.get(comparison(worked_on)).status_code == 404
    assert Event.objects.get(kind="trail.view_denied").outcome == "denied"


def test_a_comparison_takes_few_queries_however_many_versions_there_are(
    worked_on: SupportRequest, agent: User, django_assert_max_num_queries: Any
) -> None:
    busy(worked_on, agent)
    client = signed_in(agent)
    path = comparison(worked_on, f"?from={version_ids(worked_on)[0]}&fields=all")
    client.get(path)
    with django_assert_max_num_queries(15):
        assert client.get(path).status_code == 200


# how pages look


def test_the_theme_is_kept_in_a_cookie_and_leads_back(agent: User) -> None:
    client = signed_in(agent)
    response = client.post("/display/", {"theme": "dark", "next": "/requests/?q=a"})
    assert response.headers["Location"] == "/requests/?q=a"
    assert 'class="theme--dark"' in client.get("/requests/").content.decode()


@pytest.mark.parametrize("bad", [{"theme": "neon"}, {"zone": "Mars/Olympus"}, {}])
def test_a_theme_or_zone_that_does_not_exist_is_not_kept(bad: dict[str, str], agent: User) -> None:
    response = signed_in(agent).post("/display/", bad)
    assert not {"theme", "zone"} & response.cookies.keys()


def test_choosing_a_theme_never_leads_to_another_site(agent: User) -> None:
    response = signed_in(agent).post("/display/", {"theme": "dark", "next": "//evil.example"})
    assert response.headers["Location"] == "/"


def test_times_are_in_the_zone_of_the_person_until_they_choose_utc(
    worked_on: SupportRequest, entity: Entity
) -> None:
    client = signed_in(factories.person("agent", entity, time_zone="Asia/Tokyo"))
    page = client.get(address(worked_on))
    assert "All times on this page are in <strong>Asia/Tokyo</strong>" in page.content.decode()
    assert " JST" in text(page)
    client.post("/display/", {"zone": "utc"})
    assert " JST" not in text(client.get(address(worked_on)))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", ""])
def test_a_zone_this_machine_does_not_know_is_shown_as_utc(
    zone: str, worked_on: SupportRequest, entity: Entity
) -> None:
    client = signed_in(factories.person("agent", entity, time_zone=zone))
    assert client.get(address(worked_on)).status_code == 200
