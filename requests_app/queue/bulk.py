"""One act on many requests: what would happen to each and what is refused, then one event and one
transaction per request, and how each ended. Only assigning and priorities are done so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from audit.actors import Actor, Cause
from audit.models import Event
from audit.paging import id_of
from audit.recording import Refusal, record
from audit.standing import Standing
from requests_app import looking, people, services
from requests_app.filters import NOBODY
from requests_app.models import Priority, SupportRequest, User
from requests_app.services.working import why_not_assignee
from requests_app.standing import annotated, read_with

MOST = 500
KIND = "request.list_changed"


@dataclass(frozen=True)
class Bar:
    """What may be done with the chosen rows of a list, and the values it may be done with."""

    colleagues: list[tuple[str, str]]
    priorities: list[tuple[str, str]]

    @classmethod
    def of(cls, person: Any) -> Bar:
        named = [(str(each.pk), str(each)) for each in colleagues(person)]
        return cls([(NOBODY, "Nobody"), *named], list(Priority.choices))


def colleagues(person: Any) -> QuerySet[User]:
    """Who works today where this person works, by name."""
    entities = people.entities_of(person, people.WORKS_ON_REQUESTS)
    found: QuerySet[User] = User.objects.none()
    for entity in entities:
        found |= people.workers(entity).order_by()
    return found.distinct().order_by("display_name", "username")


@dataclass(frozen=True)
class Act:
    """``refusal`` is a rule of this act alone, beside those of every verb."""

    slug: str
    verb: str
    kind: str
    label: str
    column: str
    service: Callable[..., object]
    argument: str
    does: str
    refusal: Callable[[Any, SupportRequest], str] = lambda value, row: ""
    words: Callable[[Any], str] = str


def name_or_nobody(person: User | None) -> str:
    return "Nobody" if person is None else str(person)


def priority_words(code: str) -> str:
    return str(Priority(code).label)


ACTS = {
    act.slug: act
    for act in (
        Act("assign", "assign", "request.assigned", "Assign", "assignee", services.assign,
            "assignee", "Assign", why_not_assignee, name_or_nobody),
        Act("change-priority", "change_priority", "request.priority_changed", "Change priority",
            "priority", services.change_priority, "priority", "Change the priority of",
            words=priority_words),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A request that was ticked, and how it stood then."""

    request_id: int
    seen: Standing

    @classmethod
    def parsed(cls, text: str) -> Choice | None:
        key, _, standing = text.partition(":")
        request_id, seen = id_of(key), Standing.parsed(standing)
        return cls(request_id, seen) if request_id is not None and seen is not None else None


@dataclass(frozen=True)
class Step:
    """What would be done to one request; ``refusal`` says why it would not."""

    row: Any
    before: str
    after: str
    refusal: str
    is_newer: bool = False

    @property
    def changes(self) -> bool:
        return not self.refusal and self.before != self.after

    @property
    def choice(self) -> str:
        return f"{self.row.pk}:{read_with(self.row)}"


@dataclass
class Plan:
    """Every step, parted by what it would do."""

    act: Act
    value: Any
    steps: list[Step] = field(default_factory=list)

    @property
    def changing(self) -> list[Step]:
        return [step for step in self.steps if step.changes]

    @property
    def refused(self) -> list[Step]:
        return [step for step in self.steps if step.refusal]

    @property
    def unchanged(self) -> list[Step]:
        return [step for step in self.steps if not (step.refusal or step.changes)]

    @property
    def words(self) -> str:
        return self.act.words(self.value)

    @property
    def button(self) -> str:
        """What is done when it is pressed."""
        count = len(self.changing)
        return f"{self.act.does} {count} request{'' if count == 1 else 's'}"


def value_of(act: Act, text: str, by: Actor) -> Any:
    """The person or the priority that was chosen; raises Refusal for what is none."""
    if act.column == "priority":
        services.refuse("" if text in Priority.values else "Choose a priority of the list.")
        return text
    if text == NOBODY:
        return None
    key = id_of(text)
    found = colleagues(by.person).filter(pk=key).first() if key is not None else None
    services.refuse("" if found is not None else "Choose a person of the list.")
    return found


def rows_of(choices: Iterable[Choice], by: Actor) -> list[Any]:
    """The chosen requests that the person may see, as they stand now."""
    visible = SupportRequest.objects.visible_to(by.person).named()
    ids = [choice.request_id for choice in choices]
    return list(annotated(visible.filter(pk__in=ids)).order_by("-pk"))


def planned(
    act: Act, value: Any, rows: Iterable[Any], seen: dict[int, Standing], *, by: Actor
) -> Plan:
    """``seen`` is how some of them stood when they were chosen; the others were not shown."""
    plan = Plan(act, value)
    for row in rows:
        before = act.words(getattr(row, act.column))
        refusal = services.why_not(act.verb, row, by) or act.refusal(value, row)
        is_newer = row.pk in seen and seen[row.pk] != read_with(row)
        plan.steps.append(Step(row, before, plan.words, refusal, is_newer))
    return plan


def carry_out(act: Act, value: Any, choices: list[Choice], *, by: Actor, reason: str = "") -> int:
    """Does it to each of them as it was shown; what is refused meanwhile is on record like every
    refusal. Returns the id of the event that says what was asked for, and is the cause of all."""
    if len(choices) > MOST:
        raise services.RequestRefused(f"At most {MOST} requests at once. Choose fewer.")
    rows = {row.pk: row for row in rows_of(choices, by)}
    entities = sorted({row.entity_id for row in rows.values()})
    detail = {"act": act.slug, "count": len(rows), looking.ENTITIES: entities}
    event_id = record(KIND, by=by, detail=detail)
    by = by.caused_by(Cause(kind="event", id=str(event_id), label=KIND))
    given = {act.argument: value, "by": by, "reason": reason}
    for choice in choices:
        if choice.request_id in rows:
            attempt(act, rows[choice.request_id], seen=choice.seen, **given)
    return event_id


def attempt(act: Act, row: SupportRequest, **given: Any) -> None:
    """One request, in its own transaction. What another one ends with does not touch it; a refusal
    is on the request's trail and on the page of results."""
    with suppress(Refusal):
        act.service(support_request=row, **given)


@dataclass(frozen=True)
class Result:
    """How an act on many ended, as the trail has it."""

    event: Event
    act: Act
    done: list[Any]
    refused: list[Any]

    @property
    def rows(self) -> list[Any]:
        """What was refused is read first."""
        return [*self.refused, *self.done]

    @property
    def unchanged(self) -> int:
        """Those for which there was nothing to do any more."""
        asked_for = self.event.detail.get("count", 0)
        return max(asked_for - len(self.done) - len(self.refused), 0)


def result(event_id: int, by: Actor) -> Result | None:
    """Of an act of this actor; None if there was none. Their own events alone are read."""
    own = Event.objects.of_actor(by.kind, by.id)
    event = own.filter(pk=event_id, kind=KIND).first()
    act = ACTS.get(event.detail.get("act", "")) if event is not None else None
    if event is None or act is None:
        return None
    caused = own.filter(pk__gt=event_id, kind=act.kind, cause_kind="event", cause_id=str(event_id))[
        : event.detail.get("count", 0)
    ]
    ended = list(caused)
    numbers = dict(
        SupportRequest.objects.visible_to(by.person)
        .filter(pk__in=[each.support_request_id for each in ended])
        .values_list("pk", "number")
    )
    shown = [(each, numbers.get(each.support_request_id or 0, "")) for each in ended]
    return Result(
        event, act,
        [pair for pair in shown if pair[0].outcome == "done"],
        [pair for pair in shown if pair[0].outcome != "done"],
    )  # fmt: skip
