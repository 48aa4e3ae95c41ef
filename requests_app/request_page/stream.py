"""The stream of a request: messages and acts in one order, filtered, folded, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.utils import timezone

from audit import folds, pages, paging, seen, timeline
from audit.folds import Item
from audit.models import Event
from audit.timeline import Entry, RowChange
from audit.versions import version_model
from requests_app import parts, people, reading
from requests_app.models import Message, SupportRequest

MESSAGE = Message._meta.label_lower
# Seen by themselves whatever changes them: by these a request ends, waits and begins again.
FIRM = frozenset(("status", "resolution", "duplicate_of_id", "assignee_id", "customer_id"))
# Which version of a promise a due date was counted by: the pages of due dates say it in words.
INTERNAL = frozenset(("service_level_version",))
BEFORE_ASKED = 10  # entries above one that was asked for


@dataclass(frozen=True)
class Asked:
    """What the address asks of the stream."""

    shown: str
    newest_first: bool
    at: paging.Position
    end: str = ""  # "start" or "end": either end of the stream, whatever it would begin with
    event: Event | None = None

    @property
    def is_page(self) -> bool:
        return not self.at.is_start or bool(self.end) or self.event is not None

    @property
    def begins_at_end(self) -> bool:
        """A trail is read as a story; of a conversation the last word is wanted first."""
        by_itself = self.shown == "conversation" and not self.is_page
        return self.end == "end" or (by_itself and not self.newest_first)


def usual(person: Any, support_request: SupportRequest) -> str:
    """Who works on the request wants the conversation, everybody else the whole."""
    roles = people.roles_in(person, support_request.entity_id)
    return "conversation" if roles & people.WORKS_ON_REQUESTS else "everything"


def shown_of(request: HttpRequest, support_request: SupportRequest) -> str:
    """The filter that the address asks for, or the usual one."""
    shown = request.GET.get("show", "")
    return shown if shown in reading.SHOWN else usual(request.user, support_request)


def asked_of(request: HttpRequest, support_request: SupportRequest, events: Any) -> Asked:
    """Raises 404 where an event is asked for that is none of this request's."""
    shown = shown_of(request, support_request)
    event_id, event = paging.id_or_none(request.GET, "event"), None
    if event_id is not None:
        event = events.filter(pk=event_id).first()
        if event is None:
            raise Http404("no such event of this request")
        if not reading.SHOWN[shown].holds(event.kind, event.outcome):
            shown = "everything"
    newest_first = pages.order_of(request) == "newest"
    at = paging.position(request.GET) if event is None else paging.Position()
    return Asked(shown, newest_first, at, request.GET.get("at", ""), event)


def read(
    request: HttpRequest, support_request: SupportRequest, events: QuerySet[Event],
    until: int = paging.LARGEST_ID,
) -> dict[str, Any]:  # fmt: skip
    """What the templates of the stream show. ``events`` are those of the request, all or until an
    event."""
    asked = asked_of(request, support_request, events)
    found = cut(asked, events.filter(reading.SHOWN[asked.shown].condition))
    shown = seen.page(found, request.user)
    messages = messages_of(shown.entries)
    belonging = parts.shown(support_request, list(messages.values()), request.user, until)
    entries = without_messages(shown.entries)
    if "whole" not in request.GET:
        entries = folds.brief(entries)
    items = items_of(entries, asked, messages, belonging)
    return {
        "parts": belonging,
        "page": shown,
        "items": items,
        "entries_shown": len(shown.entries),
        "cut": folds.are_cut(entries),
        "shown": asked.shown,
        "composes": "reply" if asked.shown == "conversation" else "",  # whose form is open
        "is_without_talk": asked.shown in reading.WITHOUT_TALK,
        "newest_first": asked.newest_first,
        "asked_event": asked.event.pk if asked.event else None,
        "is_related": asked.shown == "conversation",  # entries stand without what they changed
    }


def cut(asked: Asked, events: QuerySet[Event]) -> timeline.Page:
    """The page that is asked for, in the order asked for."""
    at = around(asked.event, events, newest_first=asked.newest_first) if asked.event else asked.at
    backwards = asked.newest_first
    if asked.begins_at_end or asked.end == "start":
        backwards = asked.begins_at_end
    found = timeline.page(
        events, before=at.before, after=at.after, newest_first=backwards,
        is_bare=asked.shown == "conversation",
    )  # fmt: skip
    entries = sorted(found.entries, key=lambda entry: entry.event.pk, reverse=asked.newest_first)
    return replace(found, entries=entries)


def around(event: Event, events: QuerySet[Event], *, newest_first: bool) -> paging.Position:
    """A page with this event a little below its top."""
    if newest_first:
        others = events.filter(pk__gt=event.pk)
    else:
        others = events.filter(pk__lt=event.pk).reverse()
    above = list(others.values_list("pk", flat=True)[:BEFORE_ASKED])
    if len(above) < BEFORE_ASKED:
        return paging.Position()
    edge = above[-1]
    return paging.Position(before=edge + 1) if newest_first else paging.Position(after=edge - 1)


def items_of(
    entries: Sequence[Entry], asked: Asked, messages: dict[int, Message], belonging: parts.Parts
) -> list[Item]:
    """Folded, with the messages and the files that entries brought."""
    zone = timezone.get_current_timezone()
    asked_id = asked.event.pk if asked.event else None
    found = folds.items(entries, zone, firm=FIRM, asked=asked_id)
    with_messages = {event: belonging.of[message.pk] for event, message in messages.items()}
    shown_as = belonging.under | with_messages
    return [replace(item, part=shown_as.get(item.entry.event.pk)) for item in found]


def messages_of(entries: Iterable[Entry]) -> dict[int, Message]:
    """Event id to the message written under it, told by the versions under the events; one query,
    whether or not the entries say what they changed."""
    written = version_model(Message).objects.filter(
        event_id__in=[entry.event.pk for entry in entries], history_type="+"
    )
    under = Subquery(written.filter(id=OuterRef("pk")).values("event_id")[:1])
    read = Message.objects.select_related("author", "sent_mail", "received_mail")
    messages: Any = read.filter(pk__in=written.values("id")).annotate(under=under)
    return {message.under: message for message in messages.order_by("-pk")}


def without_messages(entries: Iterable[Entry]) -> list[Entry]:
    """A message is shown as such, not as five fields that were set."""
    return [
        replace(entry, rows=[told(row) for row in entry.rows if not is_message(row)])
        for entry in entries
    ]  # fmt: skip


def told(row: RowChange) -> RowChange:
    """Without what only the application reads, unless nothing else changed."""
    changes = [change for change in row.changes if change.field not in INTERNAL]
    return replace(row, changes=changes) if changes else row


def is_message(row: RowChange) -> bool:
    return row.model == MESSAGE and row.type == "+"
