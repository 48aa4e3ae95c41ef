"""What pages read of requests and their trails: who sees which events, counts, and when since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Model, OuterRef, Q, QuerySet
from django.urls import reverse

from audit import specs
from audit.access import Access, VersionKey
from audit.event_filters import EventFilter
from audit.models import Event, EventQuerySet
from audit.names import listed
from audit.paging import LARGEST_ID
from audit.timeline import COUNTED
from audit.versions import root_column, version_model
from requests_app import looking, people, trail_access
from requests_app.customers import reading as customers
from requests_app.customers import veil
from requests_app.models import (
    ApprovalLimit,
    ApprovalPolicy,
    Customer,
    CustomerAddress,
    Delegation,
    Entity,
    PolicyRule,
    PolicyStep,
    RawIntake,
    Rule,
    ServiceLevel,
    SupportRequest,
    User,
    WorkCalendar,
)
from requests_app.request_page import landmarks

CAME_WITH_REQUESTS = (Customer, CustomerAddress, RawIntake)
# What an entity promises and lets happen by itself, and who approves: its people may know it.
POWERS = (ApprovalPolicy, PolicyRule, PolicyStep, ApprovalLimit, Delegation)
ARRANGED = (WorkCalendar, ServiceLevel, Rule, *POWERS)
PERSON = User._meta.label_lower
# Of these everybody who works in the entity sees the events.
SHOWN_TO_ALL = (veil.CUSTOMER, *(model._meta.label_lower for model in ARRANGED))
LOOKS = (
    "request.viewed", "request.view_denied", "request.file_downloaded", "request.log_exported",
)  # fmt: skip
CONVERSATION = (
    "request.opened", "request.answered", "request.replied", "request.noted",
    "request.message_corrected", "request.file_attached", "mail.received",
)  # fmt: skip
DUPLICATES = 20  # as many are told of
REOPENED = "reopened"
# "Changes" is what was done to the request beside talking.
SHOWN = {
    "everything": EventFilter("Everything"),
    "conversation": EventFilter("Conversation", CONVERSATION, outcomes=("done",)),
    "changes": EventFilter("Changes", without=(*LOOKS, *CONVERSATION[1:]), outcomes=("done",)),
    REOPENED: EventFilter("Reopened", ("request.reopened",), outcomes=("done",)),
}
WITHOUT_TALK = ("changes", REOPENED)
KINDS = """
    SELECT kind, outcome, count(*), (
        SELECT id FROM audit_event WHERE support_request_id BETWEEN %(request)s AND %(request)s
        ORDER BY support_request_id DESC, id DESC LIMIT 1
    ) FROM (
        SELECT kind, outcome FROM audit_event
        WHERE support_request_id BETWEEN %(request)s AND %(request)s AND id <= %(until)s
        ORDER BY support_request_id, id LIMIT %(most)s
    ) counted GROUP BY kind, outcome
"""
# From the newest version back to the last of another status, by the index of rows: as in
# EventQuerySet, the range holds one value.
SINCE = """
    SELECT history_date FROM requests_app_historicalsupportrequest
    WHERE id BETWEEN %(request)s AND %(request)s AND history_id > coalesce((
        SELECT history_id FROM requests_app_historicalsupportrequest
        WHERE id BETWEEN %(request)s AND %(request)s AND status IS DISTINCT FROM %(status)s
        ORDER BY id, history_id DESC LIMIT 1
    ), 0) ORDER BY id DESC, history_id LIMIT 1
"""
ENTITY_OF_VERSIONS = """
    SELECT '{label}', history_id, {entity} FROM {table} version
    WHERE history_id = ANY (%s::bigint[])
"""
ENTITY_OF_REQUEST = """
    (SELECT entity_id FROM requests_app_supportrequest WHERE id = version.support_request_id)
"""


def events_for(person: Any) -> EventQuerySet:
    """Events of the requests and customers a person may see, and of what is arranged for them; all
    others for those who read trails.

    What belongs to no entity, such as sign-ins, is for every auditor and administrator of a place
    where the person works who did it or whom it is about; a search or an export for those who audit
    all the entities it went through.
    """
    seen = people.entity_ids(person)
    audited = [entity.pk for entity in people.entities_of(person, people.READS_TRAIL)]
    of_cases = Q(support_request_id__isnull=False) | Q(subject_type__in=SHOWN_TO_ALL)
    others = of_cases & Q(entity_id__in=set(seen) - set(audited)) | seen_by_role(person, audited)
    if not audited:
        return Event.objects.filter(others)
    of_none = Q(entity_id__isnull=True) & (
        ~Q(detail__has_key=looking.ENTITIES)
        | Q(**{f"detail__{looking.ENTITIES}__contained_by": audited})
    )
    strangers = people.strangers_to(person)
    if strangers:
        of_none &= ~Q(actor_kind="user", actor_id__in=strangers)
        of_none &= ~Q(subject_type=PERSON, subject_id__in=strangers)
    return Event.objects.filter(Q(entity_id__in=audited) | of_none | others)


def sees_row(person: Any, version: Any) -> bool:
    model = version.instance_type
    parent, _, name = entity_path(model).rpartition("__")
    row = getattr(version, parent) if parent else version
    return sees(person, model, getattr(row, name, None)) and not is_of_stranger(person, version)


def is_of_stranger(person: Any, version: Any) -> bool:
    """Whether it is of somebody, or owned by somebody, who works elsewhere alone."""
    if version.instance_type is User:
        owner = version.id
    else:
        owner = getattr(version, "owner_id", None) or getattr(version, "person_id", None)
    has_entity = bool(entity_path(version.instance_type))
    return not has_entity and owner is not None and str(owner) in people.strangers_to(person)


def unseen(person: Any, versions: Collection[VersionKey]) -> set[VersionKey]:
    """Those of these versions whose rows a person may not see. One query for all of them."""
    entity_of = entities_of(versions)
    models = specs.versioned_models()
    return {key for key in versions if not sees(person, models[key[0]], entity_of.get(key))}


def sees(person: Any, model: type[Model], entity_id: int | None) -> bool:
    """Parts of a request, what it came with and what acts on it are seen by whoever sees the
    request; other rows of an entity, and those of none, by who reads its trail."""
    if entity_id is None:
        return people.reads_trail(person)
    if root_column(model) or model in CAME_WITH_REQUESTS + ARRANGED:
        return entity_id in people.entity_ids(person)
    roles = people.READS_TRAIL | roles_for(model)
    return entity_id in {entity.pk for entity in people.entities_of(person, roles)}


def seen_by_role(person: Any, audited: Collection[int]) -> Q:
    """Events of rows that some roles of an entity see beside those who read its trail: what apps
    know of keeps these roles in ``trail_seen_by``, for all of its models the same."""
    found = Q(pk__in=[])
    for roles, labels in roles_of_models().items():
        seen = {entity.pk for entity in people.entities_of(person, roles)} - set(audited)
        found |= Q(subject_type__in=labels, entity_id__in=seen)
    return found


@cache
def roles_of_models() -> dict[frozenset[Any], list[str]]:
    found: dict[frozenset[Any], list[str]] = defaultdict(list)
    for model in specs.versioned_models().values():
        if roles := roles_for(model):
            found[roles].append(model._meta.label_lower)
    return dict(found)


def entities_of(versions: Iterable[VersionKey]) -> dict[VersionKey, int | None]:
    """The entity of each version's row, of those that have one."""
    ids: dict[str, list[int]] = defaultdict(list)
    for label, version_id in versions:
        if entity_path(specs.versioned_models()[label]):
            ids[label].append(version_id)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(entity_sql(label) for label in ids),
            [listed(some) for some in ids.values()],
        )
        return {(label, version_id): entity_id for label, version_id, entity_id in cursor}


@cache
def entity_sql(label: str) -> str:
    model = specs.versioned_models()[label]
    path, table = entity_path(model), version_model(model)._meta.db_table
    entity = ENTITY_OF_REQUEST if "__" in path else f"version.{path}"
    return ENTITY_OF_VERSIONS.format(label=label, entity=entity, table=table)


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


def addresses(events: Iterable[Event], person: Any) -> dict[int, str]:
    """Event id to the page of its request, customer or other row, for all events in one query."""
    events = list(events)
    request_of = {
        event.pk: event.support_request_id for event in events if event.support_request_id
    }
    pages = {
        event.pk: reverse("customers:customer-show", args=[event.subject_id])
        for event in events
        if event.subject_type == veil.CUSTOMER and not event.support_request_id
    }
    pages |= pages_of_rows(events, person)
    if not request_of:
        return pages
    numbers = dict(
        SupportRequest.objects.filter(pk__in=set(request_of.values())).values_list("pk", "number")
    )
    return pages | {
        event_id: reverse("requests:request-show", args=[numbers[request_id]])
        for event_id, request_id in request_of.items()
        if request_id in numbers
    }


def roles_for(model: type[Model]) -> frozenset[Any]:
    """Who sees rows of a model beside those who read its trail."""
    return getattr(model, "trail_seen_by", frozenset())


def pages_of_rows(events: Iterable[Event], person: Any) -> dict[int, str]:
    """The pages of rows whose model names theirs by ``trail_page``, the route, for who is among
    those it is for: that somebody reads the trail of a row does not open its page."""
    routes = {
        model._meta.label_lower: model.trail_page
        for model in specs.versioned_models().values()
        if hasattr(model, "trail_page") and people.entities_of(person, roles_for(model))
    }  # fmt: skip
    return {
        event.pk: reverse(routes[event.subject_type], args=[event.subject_id])
        for event in events if event.subject_type in routes and not event.support_request_id
    }  # fmt: skip


ACCESS = Access(
    events_for=events_for,
    reads_trail=people.reads_trail,
    audits=trail_access.audits,
    coverage=coverage,
    entity_names=entity_names,
    addresses=addresses,
    sees_row=sees_row,
    unseen=unseen,
    veil=veil.veil,
    searchable=customers.searchable_events,
    looked=looking.looked_at,
    landmarks=landmarks.of_row,
    find_request=trail_access.find_request,
    scope=trail_access.scope,
    failed_sign_ins=trail_access.failed_sign_ins,
    export_ended=trail_access.export_ended,
)


def trail_counts(support_request: SupportRequest, until: int = LARGEST_ID) -> dict[str, int]:
    """How many of the oldest events each filter shows; one query. No more than one past COUNTED are
    looked at: where the first filter has that many, there may be more of each. ``newest`` is the
    newest event of all."""
    with connection.cursor() as cursor:
        cursor.execute(KINDS, {"request": support_request.pk, "until": until, "most": COUNTED + 1})
        found = cursor.fetchall()
    counts = {
        name: sum(count for kind, outcome, count, _ in found if shown.holds(kind, outcome))
        for name, shown in SHOWN.items()
    }
    return counts | {"newest": max((newest for *_, newest in found), default=0)}


def with_duplicates(requests: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
    """Each with the numbers of its first duplicates, and one more where there are more; they are of
    the same entity, so whoever sees the one sees the others."""
    others = SupportRequest.objects.filter(duplicate_of_id=OuterRef("pk")).order_by("pk")
    return requests.annotate(duplicates=ArraySubquery(others.values("number")[: DUPLICATES + 1]))


def duplicates_of(support_request: Any) -> dict[str, Any]:
    """Of one that was read by such a query."""
    numbers = support_request.duplicates
    return {"duplicates": numbers[:DUPLICATES], "has_more_duplicates": len(numbers) > DUPLICATES}


def in_status_since(support_request: SupportRequest) -> datetime | None:
    """When the database recorded the present status."""
    with connection.cursor() as cursor:
        cursor.execute(SINCE, {"request": support_request.pk, "status": support_request.status})
        found = cursor.fetchone()
    return found[0] if found else None


def assignees(person: Any) -> QuerySet[Any]:
    """Who may be a request's assignee where this person looks, by name."""
    return User.objects.filter(
        grants__entity_id__in=people.entity_ids(person), grants__role__in=people.WORKS_ON_REQUESTS
    ).distinct()
