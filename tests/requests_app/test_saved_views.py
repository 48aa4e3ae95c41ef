"""Filters are kept by name, shared with an entity, and changed by their owner; all is recorded."""

from __future__ import annotations

import re
from typing import Any

import pytest

from audit.models import Event
from requests_app import saved_views
from requests_app.models import Entity, SavedView, User
from tests import factories
from tests.pages import seen, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(entity: Entity) -> User:
    return factories.person("lead", entity, display_name="Liam Novak")


@pytest.fixture
def view(agent: User) -> SavedView:
    return saved_views.keep(
        by=factories.actor(agent), page="requests", name="Phone calls", query="channel=phone"
    )


def test_a_filter_is_kept_and_stands_above_the_list(agent: User) -> None:
    given = {"name": "Phone calls", "page": "requests", "query": "channel=phone&before=7"}
    client = signed_in(agent)
    response = client.post("/views/", given)
    assert response.headers["Location"] == "/requests/?channel=phone"
    html = client.get("/requests/?channel=phone").content.decode()
    assert '<a href="?channel=phone" aria-current="page" dir="auto">Phone calls</a>' in html
    event = Event.objects.get(kind="view.saved")
    assert (event.actor_label, event.subject_label) == ("Ana Reyes", "Phone calls")


def test_a_view_kept_alone_is_seen_by_nobody_else(view: SavedView, lead: User) -> None:
    client = signed_in(lead)
    assert "Phone calls" not in text(client.get("/requests/"))
    assert client.get(f"/views/{view.pk}/").status_code == 404
    assert client.post(f"/views/{view.pk}/end/").status_code == 404


def test_a_shared_view_is_used_by_everybody_of_the_entity(
    view: SavedView, agent: User, lead: User, entity: Entity
) -> None:
    response = signed_in(agent).post(f"/views/{view.pk}/share/", seen(view) | {"shared_with": "US"})
    assert response.status_code == 302
    assert Event.objects.get(kind="view.shared").detail == {"shared_with": entity.pk}
    assert "Phone calls" in text(signed_in(lead).get("/requests/"))
    stranger = factories.person("agent", factories.entity(code="DE"))
    assert "Phone calls" not in text(signed_in(stranger).get("/requests/"))


def test_sharing_is_taken_back(view: SavedView, agent: User, entity: Entity) -> None:
    by = factories.actor(agent)
    saved_views.share(by=by, view=view, shared_with=entity)
    saved_views.share(by=by, view=view, shared_with=None)
    view.refresh_from_db()
    assert view.shared_with is None
    assert Event.objects.filter(kind="view.unshared").count() == 1


def test_sharing_with_an_entity_needs_a_role_there(view: SavedView, agent: User) -> None:
    with pytest.raises(saved_views.ViewRefused, match="Sharing with DE needs a role there"):
        saved_views.share(
            by=factories.actor(agent), view=view, shared_with=factories.entity(code="DE")
        )


def test_only_its_owner_renames_a_view(
    view: SavedView, agent: User, lead: User, entity: Entity
) -> None:
    saved_views.share(by=factories.actor(agent), view=view, shared_with=entity)
    response = signed_in(lead).post(f"/views/{view.pk}/rename/", seen(view) | {"name": "Mine now"})
    assert response.status_code == 409
    assert "This view is Ana Reyes's." in text(response)
    assert Event.objects.get(kind="view.renamed").outcome == "denied"
    named = seen(view) | {"name": "Calls"}
    assert signed_in(agent).post(f"/views/{view.pk}/rename/", named).status_code == 302
    view.refresh_from_db()
    assert view.name == "Calls"


def test_a_lead_ends_what_is_shared_with_their_entity(
    view: SavedView, agent: User, lead: User, entity: Entity
) -> None:
    saved_views.share(by=factories.actor(agent), view=view, shared_with=entity)
    assert signed_in(lead).post(f"/views/{view.pk}/end/", seen(view)).status_code == 302
    assert "Phone calls" not in text(signed_in(agent).get("/requests/"))
    assert view.history.first().is_ended is True


def test_the_same_name_is_kept_once_and_what_was_typed_stays(view: SavedView, agent: User) -> None:
    given = {"name": "phone CALLS", "page": "requests", "query": "status=open"}
    response = signed_in(agent).post("/views/", given)
    assert response.status_code == 409
    assert "You have a view named phone CALLS already." in text(response)
    assert 'value="phone CALLS"' in response.content.decode()
    assert 'value="status=open"' in response.content.decode()


def test_an_ended_view_gives_its_name_free(view: SavedView, agent: User) -> None:
    by = factories.actor(agent)
    saved_views.end(by=by, view=view)
    again = saved_views.keep(by=by, page="requests", name="Phone calls", query="")
    assert again.pk != view.pk
    with pytest.raises(saved_views.ViewRefused, match="has been ended"):
        saved_views.rename(by=by, view=view, name="Other")


@pytest.mark.parametrize("query", ["a=1&b=2", "?b=2&a=1", "b=2&before=9&a=1&view=3&empty="])
def test_equal_filters_are_written_in_one_way(query: str) -> None:
    assert saved_views.tidy(query) == "a=1&b=2"


def test_a_view_that_changes_nothing_records_nothing(view: SavedView, agent: User) -> None:
    before = Event.objects.count()
    saved_views.rename(by=factories.actor(agent), view=view, name="Phone calls")
    assert Event.objects.count() == before


@pytest.mark.parametrize("act", ["rename", "share", "end"])
def test_looking_changes_no_view(act: str, view: SavedView, agent: User) -> None:
    assert signed_in(agent).get(f"/views/{view.pk}/{act}/").status_code == 405


def test_what_cannot_be_recorded_is_not_kept(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(SavedView, "save", fail)
    response = signed_in(agent).post("/views/", {"name": "A", "page": "requests", "query": ""})
    assert response.status_code == 500
    assert Event.objects.get(kind="view.saved").outcome == "failed"


def test_nobody_keeps_views_without_end(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 0)
    with pytest.raises(saved_views.ViewRefused, match="End one that you do not use"):
        saved_views.keep(by=factories.actor(agent), page="trail", name="A", query="")


@pytest.mark.django_db
def test_a_filter_of_the_trail_is_kept_and_leads_back() -> None:
    entity = factories.entity(code="US")
    client = signed_in(factories.person("auditor", entity))
    shown = client.get("/trail/?outcome=denied")
    assert 'name="page" value="trail"' in shown.content.decode()

    kept = {"page": "trail", "query": "outcome=denied", "name": "Refusals"}
    assert client.post("/views/", kept).status_code == 302
    page = client.get("/trail/").content.decode()
    assert re.search(r'href="([^"]*outcome=denied)"[^>]*>\s*Refusals', page)
