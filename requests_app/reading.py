"""What pages read of requests and their trails: who sees which events, counts, and when since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Max, Min, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from audit import specs
from audit.access import Access, VersionKey
from audit.models import Event, EventQuerySet
from audit.timeline import COUNTED
from audit.versions import root_column, version_model
from requests_app import looking, people
from requests_app.models import Customer, Entity, Message, RawIntake, SupportRequest, User

MESSAGES = 50
CAME_WITH_REQUESTS = (Customer, RawIntake)
LOOKS = ("request.viewed", "request.view_denied")
CONVERSATION = ("request.opened", "request.replied")
# The filters of a request's timeline. "Changes" is what was done to the request beside talking.
SHOWN: dict[str, tuple[str, Q]] = {
    "everything": ("Everything", Q()),
    "conversation": ("Conversation", Q(kind__in=CONVERSATION, outcome="done")),
    "changes": ("Changes", ~Q(kind__in=(*LOOKS, "request.replied")) & Q(outcome="done")),
}


def events_for(person: Any) -> EventQuerySet:
    """Events of the requests a person may see; all others for those who read trails.

    What belongs to no entity, such as sign-ins, is for every auditor and administrator; a search
    or an export for those who audit all the entities it went through.
    """
    seen = people.entity_ids(person)
    audited = [entity.pk for entity in people.entities_of(person, people.READS_TRAIL)]
    others = Q(support_request_id__isnull=False, entity_id__in=set(seen) - set(audited))
    if not audited:
        return Event.objects.filter(others)
    of_none = Q(entity_id__isnull=True) & (
        ~Q(detail__has_key=looking.ENTITIES)
        | Q(**{f"detail__{looking.ENTITIES}__contained_by": audited})
    )
    return Event.objects.filter(Q(entity_id__in=audited) | of_none | others)


def sees_row(person: Any, version: Any) -> bool:
    model = version.instance_type
    parent, _, name = entity_path(model).rpartition("__")
    row = getattr(version, parent) if parent else version
    return sees(person, model, getattr(row, name, None))


def unseen(person: Any, versions: Collection[VersionKey]) -> set[VersionKey]:
    """Those of these versions whose rows a person may not see. One query for all of them."""
    entity_of = entities_of(versions)
    models = specs.versioned_models()
    return {key for key in versions if not sees(person, models[key[0]], entity_of.get(key))}


def sees(person: Any, model: type[Model], entity_id: int | None) -> bool:
    """Parts of a request, and what it came with, are seen by whoever sees the request; other rows
    of an entity, and those of none, by who reads its trail."""
    if entity_id is None:
        return people.reads_trail(person)
    if root_column(model) or model in CAME_WITH_REQUESTS:
        return entity_id in people.entity_ids(person)
    audited = people.entities_of(person, people.READS_TRAIL)
    return entity_id in {entity.pk for entity in audited}


def entities_of(versions: Iterable[VersionKey]) -> dict[VersionKey, int | None]:
    """The entity of each version's row, of those that have one."""
    ids: dict[str, list[int]] = defaultdict(list)
    for label, version_id in versions:
        ids[label].append(version_id)
    found = []
    for label, some in ids.items():
        model = specs.versioned_models()[label]
        if path := entity_path(model):
            rows = version_model(model).objects.order_by().filter(pk__in=some)
            named = rows.annotate(trail_label=Value(label, CharField()))
            found.append(named.values_list("trail_label", "pk", path))
    if not found:
        return {}
    rows = found[0].union(*found[1:], all=True)
    return {(label, version_id): entity_id for label, version_id, entity_id in rows}


def entity_path(model: type[Model]) -> str:
    """Where a version of this model says its entity; empty where it says none."""
    names = {field.attname for field in version_model(model)._meta.concrete_fields}
    if model is Entity:
        return "id"
    if "entity_id" in names:
        return "entity_id"
    return "support_request__entity_id" if "support_request_id" in names else ""


def coverage(person: Any) -> str:
    """What the trail of everything shows this person, in words."""
    audited = {entity.pk for entity in people.entities_of(person, people.READS_TRAIL)}
    codes = ", ".join(entity.code for entity in people.entities_of(person, people.READS_TRAIL))
    others = [entity.code for entity in people.entities_of(person) if entity.pk not in audited]
    requests_of = f", requests of {', '.join(others)}" if others else ""
    return f"Events of {codes}{requests_of}, and events that belong to no entity."


def entity_names(ids: Collection[int]) -> dict[int, str]:
    return {entity.pk: str(entity) for entity in Entity.objects.filter(pk__in=ids)} if ids else {}


def addresses(events: Iterable[Event]) -> dict[int, str]:
    """Event id to the page of its request, for all events in one query."""
    request_of = {
        event.pk: event.support_request_id for event in events if event.support_request_id
    }
    if not request_of:
        return {}
    numbers = dict(
        SupportRequest.objects.filter(pk__in=set(request_of.values())).values_list("pk", "number")
    )
    return {
        event_id: reverse("requests:request-show", args=[numbers[request_id]])
        for event_id, request_id in request_of.items()
        if request_id in numbers
    }


ACCESS = Access(
    events_for=events_for,
    reads_trail=people.reads_trail,
    coverage=coverage,
    entity_names=entity_names,
    addresses=addresses,
    sees_row=sees_row,
    unseen=unseen,
    looked=looking.looked_at,
)


def trail_counts(events: EventQuerySet) -> dict[str, int]:
    """How many events each filter shows, counted no further than one past COUNTED, and how often
    the request was reopened; one query."""
    counted = {name: Count("pk", filter=condition) for name, (_, condition) in SHOWN.items()}
    reopened = Count("pk", filter=Q(kind="request.reopened", outcome="done"))
    return events.order_by()[: COUNTED + 1].aggregate(**counted, reopened=reopened)


def in_status_since(support_request: SupportRequest) -> datetime | None:
    """When the database recorded the present status."""
    versions = SupportRequest.history.filter(id=support_request.pk).order_by()
    other = versions.exclude(status=support_request.status).values("id")
    last_other = other.annotate(last=Max("history_id")).values("last")
    since = versions.filter(history_id__gt=Coalesce(last_other, 0))
    moment: datetime | None = since.aggregate(since=Min("history_date"))["since"]
    return moment


def latest_messages(support_request: SupportRequest) -> tuple[list[Message], bool]:
    """The newest messages, oldest of them first, and whether there are earlier ones."""
    newest = support_request.messages.select_related("author").order_by("-id")[: MESSAGES + 1]
    found = list(newest)
    return found[:MESSAGES][::-1], len(found) > MESSAGES


def assignees(person: Any) -> QuerySet[Any]:
    """Who may be a request's assignee where this person looks, by name."""
    return User.objects.filter(
        grants__entity_id__in=people.entity_ids(person), grants__role__in=people.WORKS_ON_REQUESTS
    ).distinct()
