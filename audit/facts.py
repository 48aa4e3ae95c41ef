"""Every field of one event in words, in the order an auditor asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import sentences
from audit.diffs import visible
from audit.diffs.values import plain
from audit.models import Event


@dataclass(frozen=True)
class Fact:
    """``moment`` stands for a value that is a time, ``event`` for one that is another event."""

    label: str
    value: str = ""
    moment: datetime | None = None
    event_id: str = ""
    is_code: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    facts: list[Fact]


def of_event(event: Event, entity: str) -> list[Group]:
    """All but the salt, which hides the values of a proof until they are revealed."""
    groups = [
        Group("Who", who(event)),
        Group("When", when(event)),
        Group("What and why", what(event, entity)),
        Group("From where", where(event)),
        Group("In the database", database(event)),
    ]
    return [Group(group.title, [fact for fact in group.facts if fact.value or fact.moment])
            for group in groups]  # fmt: skip


def who(event: Event) -> list[Fact]:
    actor_id = "" if event.actor_id == event.actor_label else event.actor_id
    return [
        Fact("Actor", visible(event.actor_label)),
        Fact("Kind of actor", sentences.named(sentences.ACTORS, event.actor_kind)),
        Fact("Actor id", visible(actor_id), is_code=True),
        Fact("Role at the time", visible(event.actor_role)),
        Fact("On behalf of", visible(event.on_behalf_of_label)),
        Fact("On behalf of, id", visible(event.on_behalf_of_id), is_code=True),
    ]


def when(event: Event) -> list[Fact]:
    return [
        Fact("Recorded", moment=event.recorded_at),
        Fact("Happened, as claimed", moment=event.occurred_at),
    ]


def what(event: Event, entity: str) -> list[Fact]:
    cause = sentences.cause(event.cause_kind, event.cause_label, event.cause_version)
    cause_event = str(event.cause_event_id or "")
    return [
        Fact("Kind", event.kind, is_code=True),
        Fact("Outcome", sentences.named(sentences.OUTCOMES, event.outcome)),
        Fact("Subject", visible(event.subject_label)),
        Fact("Subject type", event.subject_type, is_code=True),
        Fact("Subject id", visible(event.subject_id), is_code=True),
        Fact("Entity", visible(entity) or number(event.entity_id)),
        Fact("Reason", visible(event.reason)),
        Fact("Cause", visible(cause),
             event_id=cause_event),
        Fact("Cause id", visible(event.cause_id), is_code=True),
        *details(event.detail),
    ]  # fmt: skip


def where(event: Event) -> list[Fact]:
    return [
        Fact("Channel", sentences.named(sentences.CHANNELS, event.channel)),
        Fact("Network address", event.address or ""),
        Fact("Session", event.session, is_code=True),
        Fact("Signed in by", event.sign_in_method),
        Fact("Browser or client", visible(event.user_agent)),
        Fact("Correlation id", visible(event.correlation_id), is_code=True),
    ]


def database(event: Event) -> list[Fact]:
    return [
        Fact("Transaction", str(event.txid), is_code=True),
        Fact("Database user", visible(event.database_user), is_code=True),
        Fact("Database client address", event.database_address or ""),
        Fact("Database client", visible(event.database_application)),
    ]


def details(detail: Any) -> list[Fact]:
    """Facts that stand in no version. Whatever was stored is shown, also if it is no object."""
    if not isinstance(detail, dict):
        return [Fact("Detail", plain(detail))]
    return [Fact(heading(key), plain(detail[key])) for key in sorted(detail)]


def heading(key: str) -> str:
    words = visible(key.replace("_", " ")).strip() or "unnamed"
    return words[:1].upper() + words[1:]


def number(value: int | None) -> str:
    return "" if value is None else str(value)
