"""How one field differs, by its kind: a signed difference, edits of text, rows, a notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from audit.diffs import texts
from audit.diffs.alignment import Work
from audit.diffs.fields import FieldSpec, Names
from audit.diffs.trees import Row, json_rows, list_rows
from audit.diffs.values import currency_of, decimal_of, difference, identified, shown

ROW_CAP = 500
SHORT_TEXT = 200  # up to here a single line is read faster as old and new than as edits

NOTICE_CURRENCY = "the currency changed, so the amounts have no difference"
NOTICE_SCALE = "only the scale changed: the same number with other decimal places"
NOTICE_MANY = f"more than {ROW_CAP} differences; shown whole"
NOTICE_ORDER = "only the order changed"


@dataclass(slots=True)
class Pair:
    """One field's two values, with what is needed to show them."""

    spec: FieldSpec
    old: Any
    new: Any
    old_row: Mapping[str, Any]
    new_row: Mapping[str, Any]
    names: Names
    work: Work

    @property
    def currency_differs(self) -> bool:
        if self.spec.kind != "money":
            return False
        return currency_of(self.spec, self.old_row) != currency_of(self.spec, self.new_row)


@dataclass(frozen=True, slots=True)
class Details:
    difference: str = ""
    segments: tuple[texts.Segment, ...] = ()
    rows: tuple[Row, ...] = ()
    notice: str = ""


def details_of(pair: Pair) -> Details:
    """For two values that differ and are both there."""
    old, new, kind = pair.old, pair.new, pair.spec.kind
    if kind in ("money", "number", "duration"):
        return _of_numbers(pair)
    if isinstance(old, str) and isinstance(new, str) and kind in ("text", "long_text", "json"):
        return _of_texts(pair)
    if isinstance(old, list | tuple) and isinstance(new, list | tuple) and kind != "json":
        return _of_lists(pair)
    if isinstance(old, Mapping | list) and isinstance(new, Mapping | list) and kind == "json":
        return _listed(json_rows(old, new, pair.work))
    return Details()


def _of_numbers(pair: Pair) -> Details:
    if pair.currency_differs:
        return Details(notice=NOTICE_CURRENCY)
    signed = difference(pair.old, pair.new, grouped=pair.spec.kind == "money")
    old, new = decimal_of(pair.old), decimal_of(pair.new)
    is_scale = old is not None and old == new and _places(old) != _places(new)
    return Details(difference=signed, notice=NOTICE_SCALE if is_scale else "")


def _places(number: Decimal | None) -> object:
    return None if number is None else number.as_tuple().exponent


def _of_texts(pair: Pair) -> Details:
    if pair.spec.kind == "long_text" or any(map(_is_long, (pair.old, pair.new))):
        compared = texts.compare(pair.old, pair.new, pair.work)
        return Details(segments=compared.segments, notice=compared.notice)
    return Details(notice=texts.likeness(pair.old, pair.new))


def _is_long(text: str) -> bool:
    return len(text) > SHORT_TEXT or "\n" in text


def _of_lists(pair: Pair) -> Details:
    def name(item: object) -> str:
        return shown(item, pair.spec, pair.new_row, pair.names)

    def name_and_id(item: object) -> str:
        return f"{name(item)} ({identified(item)})"

    details = _listed(list_rows(pair.old, pair.new, name))
    gone = {row.before for row in details.rows if row.op == "removed"}
    if pair.spec.reference and any(row.op == "added" and row.after in gone for row in details.rows):
        return _listed(list_rows(pair.old, pair.new, name_and_id))
    return details if details.rows or details.notice else Details(notice=NOTICE_ORDER)


def _listed(rows: Iterator[Row]) -> Details:
    found = tuple(islice(rows, ROW_CAP + 1))
    return Details(notice=NOTICE_MANY) if len(found) > ROW_CAP else Details(rows=found)
