"""Hides personal data from readers who are not shown it, in one place for all pages and files.

The app that knows people says what is hidden from whom (audit/access.py). Rows are covered where a
query reads them for a person; events and differences in seen.py, between the timeline and the page.
What was covered is never written back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Self, TypeVar

from django.db import models

from audit.access import About, Row, Veil, access
from audit.covered import KEPT
from audit.models import Event

HIDDEN = "hidden"
BELONGING = {"entity_id", "support_request_id"}
LONGEST_CODE = 40  # what is no longer is no sentence: a currency, a number, a type
Model_co = TypeVar("Model_co", bound=models.Model, covariant=True)


class VeiledQuerySet(models.QuerySet[Model_co]):
    """Rows that a person reads come as this person may see them; ``values()`` come as they are."""

    _reader: Any = None

    def read_by(self, person: Any) -> Self:
        clone = self._chain()  # type: ignore[attr-defined]
        clone._reader = person
        return clone

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._reader = self._reader
        return clone

    def _fetch_all(self) -> None:
        is_fetched = self._result_cache is not None
        super()._fetch_all()
        if self._reader is not None and not is_fetched:
            cover(self._result_cache or (), self._reader)

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        rows = super().iterator(chunk_size)
        return rows if self._reader is None else covered(rows, self._reader, chunk_size or 1_000)


def covered(rows: Iterator[Any], person: Any, size: int) -> Iterator[Any]:
    """Many at a time, so that the words to hide are read for all of them at once."""
    while chunk := [row for row, _ in zip(rows, range(size), strict=False)]:
        cover(chunk, person)
        yield from chunk


def cover(found: Iterable[Any], person: Any) -> None:
    """Rows, live ones or versions, with all that was read along with them, as this person may see
    them. Costs nothing for who is shown all."""
    rows = list({id(row): row for row in with_others(found)}.values())
    about = [(model_of(row), vars(row)) for row in rows]
    veil = access().veil(person, About(rows=about)) if rows else None
    if veil is not None:
        for row in rows:
            cover_row(veil, row)


def with_others(found: Iterable[Any]) -> Iterator[models.Model]:
    """The rows, and those they refer to as far as these are read; events tell of themselves."""
    for row in found:
        if isinstance(row, models.Model) and not isinstance(row, Event):
            yield row
            fields: Any = row._meta.concrete_fields
            others = [each for each in fields if each.is_relation]
            yield from with_others(
                each.get_cached_value(row) for each in others if each.is_cached(row)
            )


def is_covered(row: models.Model) -> bool:
    """Whether something of a row stands otherwise than it is stored."""
    return bool(vars(row).get(KEPT))


def cover_row(veil: Veil, row: models.Model) -> None:
    """Its texts; and where it refers to somebody hidden who is not read yet, a stand-in, so that
    they never will be."""
    model, held = model_of(row), vars(row)
    if not held.keys() & BELONGING:
        return  # people with an account, and entities: nobody is hidden in their names
    hidden = personal_fields(model, held) if veil.hides(model, held) else frozenset()
    for each in text_fields(type(row)):
        stored = held.get(each)
        if stored:
            shown = (
                veil.stand_in(model, each, held)
                if each in hidden
                else told(way_of(veil, type(row), each), stored)
            )
            if shown != stored:
                held.setdefault(KEPT, {}).setdefault(each, (shown, stored))
                held[each] = shown
    for reference in personal_references(type(row)):
        key = held.get(reference.attname)
        if key is not None and not reference.is_cached(row):
            label = reference.related_model._meta.label_lower
            if veil.name(label, str(key), held) is not None:
                stand_in = stand_in_of(veil, reference.related_model, row, key)
                reference.set_cached_value(row, stand_in)


def covered_values(veil: Veil, model: type[models.Model], row: Row) -> dict[str, Any]:
    """The columns of a plain row as they may be seen."""
    if not row.keys() & BELONGING:
        return dict(row)
    hidden = personal_fields(model, row) if veil.hides(model, row) else frozenset()
    return {
        name: veil.stand_in(model, name, row)
        if value and name in hidden
        else told(way_of(veil, model, name), value)
        for name, value in row.items()
    }


def stand_in_of(veil: Veil, model: type[models.Model], row: models.Model, key: Any) -> models.Model:
    made = model(pk=key, entity_id=vars(row).get("entity_id"))
    made._state.adding = False
    for each in model._versioned.personal:  # type: ignore[attr-defined]
        shown = veil.stand_in(model, each, vars(made))
        vars(made).setdefault(KEPT, {})[each] = (shown, shown)
        setattr(made, each, shown)
    return made


def told(way: Callable[[str], str], value: Any) -> Any:
    """The value, or what a JSON value holds, without known names and addresses; ``way`` takes them
    out of a text."""
    if isinstance(value, str):
        return way(value)
    if isinstance(value, Mapping):
        return {key: told(way, item) for key, item in value.items()}
    return [told(way, item) for item in value] if isinstance(value, list | tuple) else value


def way_of(veil: Veil, model: type[models.Model], name: str) -> Callable[[str], str]:
    """How names are taken out of a field: by single words of them where sentences stand."""
    return veil.text if name in prose_fields(model) else veil.label


def model_of(row: Any) -> type[models.Model]:
    """The model of a live row, or that of the row which a version is of."""
    return getattr(row, "instance_type", type(row))


def personal_fields(model: type[models.Model], row: Row) -> frozenset[str]:
    """Those of the declared fields that are personal in this row."""
    declared = getattr(getattr(model, "_versioned", None), "personal", {})
    return frozenset(name for name, is_personal in declared.items() if is_personal(row))


@cache
def text_fields(model: type[models.Model]) -> tuple[str, ...]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    fields = model._meta.concrete_fields
    return tuple(each.attname for each in fields if isinstance(each, kinds) and not each.choices)


@cache
def prose_fields(model: type[models.Model]) -> frozenset[str]:
    """Fields in which sentences stand; names of our own people do in those called labels."""
    fields = {each.attname: each for each in model._meta.concrete_fields}
    return frozenset(
        name
        for name in text_fields(model)
        if not name.endswith("_label")
        and (fields[name].max_length or LONGEST_CODE + 1) > LONGEST_CODE
    )


@cache
def personal_references(model: type[models.Model]) -> tuple[Any, ...]:
    """Its foreign keys to rows that have personal fields."""
    return tuple(
        each
        for each in model._meta.concrete_fields
        if each.is_relation
        and getattr(getattr(each.related_model, "_versioned", None), "personal", None)
    )
