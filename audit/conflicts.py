"""What a page shows where a form was stale: who did what since, theirs beside what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from audit import kinds, seen, timeline
from audit.access import access
from audit.diffs import Change
from audit.forms import SeenForm
from audit.models import Event
from audit.recording import Refusal
from audit.standing import MOST, Stale, Standing, model_of, parts_of, read_with, versions_of
from audit.timeline import Entry, RowChange
from audit.versions import key_of


@dataclass(frozen=True)
class Beside:
    """A field that somebody else changed and that was typed in, too."""

    label: str
    theirs: Change
    typed: str


@dataclass(frozen=True)
class Conflict:
    """``entries`` are the newest acts since the form was shown, without their rows, each with
    whether the person may open it; ``rows`` what differs in all between then and now."""

    entries: Sequence[tuple[Entry, bool]]
    rows: Sequence[RowChange]
    beside: Sequence[Beside]
    has_more: bool = False


def of(refusal: Refusal, form: SeenForm, person: Any) -> Conflict | None:
    """What came between, as this person may see it; None where the form was refused for another
    reason. Sent again as it is shown then, the form says that this was read."""
    if not isinstance(refusal, Stale):
        return None
    rows = seen_rows(refusal.row, rows_between(refusal.row, refusal.seen, refusal.now), person)
    newest = sorted(refusal.events, reverse=True)[:MOST]
    found = Conflict(
        acts(newest, person), rows, beside(refusal.row, rows, form), len(refusal.events) > MOST
    )
    form.show_again(refusal.now, refusal.row)
    return found


def stand_again(form: SeenForm, row: models.Model | None) -> None:
    """A form that did not say what it showed stands on the page again as it is shown now. The row
    is one of an ``annotated`` query."""
    if row is not None and form.is_from_nowhere:
        form.show_again(read_with(row), row)


def acts(ids: Iterable[int], person: Any) -> list[tuple[Entry, bool]]:
    events = Event.objects.filter(pk__in=ids).order_by("-pk")
    own = access().events_for(person).order_by().filter(pk__in=ids)
    opened = set(own.values_list("pk", flat=True))
    entries = [Entry(event, kinds.describe(event.kind)) for event in events]
    return [(entry, entry.event.pk in opened) for entry in seen.entries(entries, person)]


def rows_between(row: models.Model, shown: Standing, now: Standing) -> list[RowChange]:
    found = []
    if now.version > shown.version:
        found.append(compared(model_of(row), row.pk, now.version, shown.version))
    parts = parts_of(row)
    if parts is not None and now.part > shown.part:
        found += [
            compared(parts.model, key, newer, older)
            for key, newer, older in newer_parts(parts, shown.part)
        ]
    return [each for each in found if each is not None and each.changes]


def newer_parts(parts: Any, shown: int) -> list[tuple[Any, int, int | None]]:
    """Key, newest version and the one that was shown, of the parts that changed since."""
    key = key_of(parts.model)
    rows = versions_of(parts).order_by("history_id").values_list(key, "history_id")
    newest: dict[Any, int] = {}
    older: dict[Any, int] = {}
    for part, version in rows:
        newest[part] = version
        if version <= shown:
            older[part] = version
    return [
        (part, version, older.get(part)) for part, version in newest.items() if version > shown
    ][:MOST]  # fmt: skip


def compared(model: Any, key: Any, newer: int, older: int | None) -> RowChange | None:
    try:
        return timeline.compare(model, key, newer, older or None)
    except ObjectDoesNotExist:  # of another row, made up by whoever sent it
        return None


def seen_rows(subject: models.Model, rows: list[RowChange], person: Any) -> list[RowChange]:
    """The subject itself is before the person in the form; of its parts they may not see all."""
    own = subject._meta.label_lower
    keys = [(row.model, row.version_id) for row in rows if row.model != own]
    hidden = access().unseen(person, keys) if keys else set()
    return seen.row_changes(
        [row for row in rows if (row.model, row.version_id) not in hidden], person
    )


def beside(row: models.Model, rows: Iterable[RowChange], form: SeenForm) -> list[Beside]:
    """Of the row itself, and of the part that the form is about."""
    own, chosen = row._meta.label_lower, str(form.data.get(form.part_field, ""))
    found = []
    for each in rows:
        if each.model != own and each.row_id != chosen:
            continue
        for change in each.changes:
            typed = typed_in(form, change.field)
            if typed is not None:
                found.append(Beside(change.label, change, typed))
    return found


def typed_in(form: SeenForm, column: str) -> str | None:
    """What was typed for a column, a choice by its label; None where the form does not ask."""
    named = form.columns.get(column, column)
    for name in (named, named.removesuffix("_id"), named.rpartition(".")[2]):
        if name in form.fields:
            field, bound = form.fields[name], form[name]
            choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
            value = bound.value()
            typed = "" if value is None else str(value)
            return choices.get(typed, typed)
    return None
