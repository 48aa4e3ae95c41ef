"""Large realistic sets of requests, for benches: written in the database, through the triggers.

The moments are claims spread over two years (`occurred_at`); when each event was recorded stays the
database's word, and every event says that it came through the channel `demo`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from audit.recording import record
from requests_app import numbering, people
from requests_app.demo import cast
from requests_app.models import Entity, Role, RoleGrant

STATEMENT = Path(__file__).with_name("dataset.sql")
BATCH = 1_000
SPAN = timedelta(days=730)
AGENTS = 12


@dataclass(frozen=True)
class Team:
    """An entity and the people who work on its requests there."""

    entity: Entity
    agents: list[dict[str, Any]]


def write(requests: int, *, by: Actor, reached: Callable[[int], None]) -> int:
    """Writes so many requests, a batch per commit; returns how many events they have.

    ``reached`` is told the requests written so far. Costs about a tenth of a millisecond per event.
    """
    by = by.through("demo")
    before = Event.objects.aggregate(last=Max("id"))["last"] or 0
    teams = teams_here() or [hire(by, *described) for described in cast.ENTITIES]
    began = timezone.now() - SPAN
    done = 0
    while done < requests:
        count = min(BATCH, requests - done)
        starts, ends = (began + SPAN * part / requests for part in (done, done + count))
        write_batch(teams[done // BATCH % len(teams)], count, starts, ends, seed=done / requests)
        done += count
        reached(done)
    record("demo.loaded", by=by, detail={"requests": requests})
    return Event.objects.filter(id__gt=before).count()


def write_batch(team: Team, count: int, starts: datetime, ends: datetime, seed: float) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        told = {
            "entity": team.entity.pk,
            "currency": team.entity.currency,
            "numbers": numbering.next_numbers(team.entity, "R", count),
            "starts": starts.isoformat(),
            "ends": ends.isoformat(),
            "agents": team.agents,
            "themes": [{**asdict(theme), "amounts": None} for theme in cast.THEMES],
            "seed": seed,
        }
        cursor.execute("SELECT set_config('casetrail.dataset', %s, true)", [json.dumps(told)])
        cursor.execute(STATEMENT.read_text())


def teams_here() -> list[Team]:
    """The entities that have agents today, with these."""
    grants = RoleGrant.objects.filter(role__in=people.WORKS_ON_REQUESTS, entity__is_active=True)
    teams: dict[int, Team] = {}
    for grant in grants.select_related("entity", "person").order_by("entity", "person"):
        if not grant.is_in_force(grant.entity.today()):
            continue
        team = teams.setdefault(grant.entity_id, Team(grant.entity, []))
        role = str(Role(grant.role).label)
        team.agents.append({"id": grant.person_id, "label": str(grant.person), "role": role})
    return list(teams.values())


def hire(by: Actor, code: str, name: str, currency: str, zone: str) -> Team:
    """A new entity with agents who cannot sign in: they have no password."""
    entity = people.add_entity(by=by, code=code, name=name, currency=currency, time_zone=zone)
    team = Team(entity, [])
    for number in range(1, AGENTS + 1):
        person = people.add_person(
            by=by, username=f"agent{number}.{code.lower()}", display_name=f"{code} agent {number}",
            time_zone=zone,
        )  # fmt: skip
        people.grant_role(
            by=by, person=person, entity=entity, role=Role.AGENT,
            starts_on=(timezone.now() - SPAN).date(), reason="Hired for the data set",
        )  # fmt: skip
        team.agents.append({"id": person.pk, "label": str(person), "role": str(Role.AGENT.label)})
    return team
