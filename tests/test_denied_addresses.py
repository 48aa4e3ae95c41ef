"""Whoever is refused an address leaves one event of it, whatever the address is of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.models import Event
from requests_app.filters import asked
from requests_app.models import Role
from requests_app.queue import bulk, exporting
from tests import factories, world
from tests.pages import body, signed_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

# Pages about a second step of one's own, which are not there without one: nobody is refused.
OWN = {"mfa_deactivate_totp", "mfa_view_recovery_codes"}


def here() -> World:
    """With an export and an act on many requests, whose addresses are those of their events."""
    made = world.marked("US", "Qxus")
    agent = factories.actor(made.people["agent"])
    exporting.at_once(asked("", made.people["agent"]), by=agent, with_mark=False).file.close()
    done = bulk.carry_out(bulk.ACTS["change-priority"], "low", [], by=agent)
    exported = Event.objects.filter(kind=exporting.KIND).latest("id").pk
    ids = {
        "requests:export-manifest event_id": str(exported),
        "requests:bulk-result event_id": str(done),
    }
    return replace(made, ids=made.ids | ids)


@pytest.mark.parametrize("role", Role.values)
def test_whoever_is_refused_an_address_of_another_entity_leaves_one_event(role: str) -> None:
    theirs, there = here(), world.marked("DE", "Zvde")
    client, own = signed_in(there.people[role]), str(there.people[role].pk)
    wrong, refused = [], 0
    for path, name in theirs.addresses():
        newest = Event.objects.latest("id").pk
        answer = client.get(path)
        body(answer)
        left = Event.objects.filter(pk__gt=newest, outcome="denied", actor_id=own).count()
        is_refused = answer.status_code == 404 and name not in OWN
        refused += is_refused
        if left != is_refused:
            wrong.append(f"{path} ({name}): {left} events")
    assert wrong == []
    assert refused > 40


def test_an_owner_is_not_refused_what_is_not_ready_or_ended() -> None:
    theirs = here()
    client = signed_in(theirs.people["agent"])
    waiting = f"/requests/exports/{theirs.ids['job_id']}/requests.csv"

    assert client.get(waiting).status_code == 404
    assert client.get("/views/99999999/").status_code == 404
    assert not Event.objects.filter(kind="trail.view_denied").exists()
