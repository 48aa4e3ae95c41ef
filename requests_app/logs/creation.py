"""The creation log: all that was recorded when the request was, the files that came with it
included, beside what it says now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from audit import seen, sentences, timeline
from audit.diffs import Change
from audit.diffs.values import plain
from audit.models import Event
from audit.timeline import Entry
from audit.versions import version_model
from requests_app.logs import Column, Log, Row
from requests_app.models import Attachment, InboundMail, SupportRequest

REQUEST, FILE = SupportRequest._meta.label_lower, Attachment._meta.label_lower


def rows(
    support_request: SupportRequest, person: Any, after: int, limit: int | None
) -> Iterable[Row]:
    events = list(of_creation(support_request))
    if not events:
        return []
    entries = seen.entries(timeline.entries_of(events), person)
    return [
        *of_event(entries[0]),
        *of_rows(entries[0], present(support_request, person)),
        *of_files(entries),
    ]


def of_creation(support_request: SupportRequest) -> QuerySet[Event]:
    """The first event, and those that put the files of a mail to the request which it opened. What
    a person attached in opening it stands under the opening itself."""
    events = Event.objects.of_support_request(support_request.pk)
    mails = InboundMail.objects.filter(support_request=support_request, outcome="opened")
    key = Cast("pk", TextField())
    arrived = Event.objects.filter(
        subject_type=InboundMail._meta.label_lower, outcome="done",
        kind__in=("mail.received", "mail.routed"),
        subject_id__in=mails.order_by().values(key=key),
    )  # fmt: skip
    of_its_mail = Q(cause_kind="event", cause_id__in=arrived.order_by().values(key=key))
    attached = Q(kind="request.file_attached", outcome="done") & of_its_mail
    return events.filter(Q(pk=Subquery(events.values("pk")[:1])) | attached)


def of_event(entry: Entry) -> Iterator[Row]:
    """Who recorded it, when and from where."""
    event = entry.event
    yield record("Event", "event", event.public_id, event.pk)
    yield record("Recorded, by the database", "recorded_at", plain(event.recorded_at))
    if event.occurred_at:
        yield record("Happened, as claimed", "occurred_at", plain(event.occurred_at))
    yield record("Act", "kind", entry.kind.label)
    yield record("Recorded by", "actor", event.actor_label)
    yield record("Kind of actor", "actor_kind", sentences.named(sentences.ACTORS, event.actor_kind))
    yield record("Role at the time", "actor_role", event.actor_role or "none")
    yield record("Through", "event_channel", sentences.named(sentences.CHANNELS, event.channel))
    yield record("Network address", "address", event.address or "none")


def of_rows(entry: Entry, now: dict[str, Change]) -> Iterator[Row]:
    """Each field of each row that came with it: its original, and the request."""
    for row in entry.rows:
        if row.model in (REQUEST, FILE):
            continue
        for change in row.changes:
            label = f"{row.model_label[:1].upper()}{row.model_label[1:]}: {change.label.lower()}"
            yield record(label, f"{row.model}.{change.field}", change.after)
    for row in entry.rows:
        if (row.model, row.row_id) == (REQUEST, str(entry.event.support_request_id)):
            for change in row.changes:
                later = now.pop(change.field, None)
                yield record(change.label, change.field, change.after, now=shown(later))
    for change in now.values():
        yield record(change.label, change.field, change.before, now=shown(change))


def of_files(entries: Iterable[Entry]) -> Iterator[Row]:
    """Name, hash, size, types and scan of each, with the event that put it there."""
    attached = [(entry.event, row) for entry in entries for row in entry.rows if row.model == FILE]
    for place, (event, row) in enumerate(attached, start=1):
        yield record(f"File {place}, Event", f"{FILE}.event", event.public_id, event.pk)
        for change in row.changes:
            yield record(f"File {place}, {change.label}", f"{FILE}.{change.field}", change.after)


def present(support_request: SupportRequest, person: Any) -> dict[str, Change]:
    """Fields that say something else now than when the request was recorded."""
    versions = version_model(SupportRequest).objects.filter(id=support_request.pk)
    ids = versions.order_by("history_id").values_list("history_id", flat=True)
    first, newest = ids.first(), ids.last()
    if first is None or newest is None or first == newest:
        return {}
    compared = timeline.compare(SupportRequest, support_request.pk, newest, first)
    [shown_to_them] = seen.row_changes([compared], person)
    return {change.field: change for change in shown_to_them.changes}


def shown(change: Change | None) -> str:
    return change.after if change is not None else ""


def record(label: str, key: str, recorded: str, event: int | None = None, *, now: str = "") -> Row:
    return {"label": label, "field": key, "recorded": recorded, "now": now, "event": event}


LOG = Log(
    name="creation",
    title="Creation",
    about="What was recorded when the request was, word for word. A later correction stands beside "
    "it and never in its place.",
    columns=(
        Column("label", "Fact"), Column("recorded", "As first recorded", "long"),
        Column("now", "Now, if it changed", "long"), Column("field"),
    ),
    rows=rows,
    none="No creation is recorded",
    hint="This request came before its trail: what is known of it stands among its actions.",
)  # fmt: skip
