"""One stored value in words: exact, whole, by kind of field, and safe to look at.

A value that does not fit its field's kind is shown by its own type, never refused: whatever was
stored once must still be readable.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from decimal import Context, Decimal, localcontext
from typing import Any

from audit.diffs.fields import STATE_WORDS, FieldSpec, Names, Redacted, state_of

DIGITS = 1_000  # a number with more before or after its point is not subtracted
EXACT = Context(prec=3 * DIGITS)
TOO_DEEP = "nested too deeply to show"

# Controls, direction marks and overrides, zero-width marks and lone surrogates. The joiners that
# emoji and Persian need (U+200C, U+200D) stay, as do tab and the ends of lines.
_HIDDEN = (
    *((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x061C, 0x061C)),
    *((0x180E, 0x180E), (0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F)),
    *((0xD800, 0xDFFF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0001, 0xE0001)),
)
_CONTROL_PICTURES = 0x2400  # Unicode has a symbol for each of the first 32 characters
_PLACEHOLDERS = {
    code: chr(_CONTROL_PICTURES + code) if code < ord(" ") else f"[U+{code:04X}]"
    for first, last in _HIDDEN
    for code in range(first, last + 1)
}
_HIDDEN_CHARACTER = re.compile(
    "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _HIDDEN) + "]"
)
_LAST_OF_FOUR_DIGITS = 0xFFFF
_KEYS = (str, int)  # what a reference or a choice holds
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")


def visible(text: str) -> str:
    """The text with a placeholder for each character that hides, or reorders its neighbours."""
    return text.translate(_PLACEHOLDERS) if _HIDDEN_CHARACTER.search(text) else text


def escaped(text: str) -> str:
    """JSON with these characters as escapes, which stand for the same values."""
    return _HIDDEN_CHARACTER.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR_DIGITS else json.dumps(chr(code))[1:-1]


def shown(value: object, spec: FieldSpec, row: Mapping[str, object], names: Names) -> str:
    """The value as its field shows it; `row` holds the currency beside an amount."""
    state = state_of(value)
    if isinstance(value, Redacted):
        return str(value)
    if state != "value":
        return STATE_WORDS[state]
    if spec.kind == "money":
        return _amount(value, currency_of(spec, row))
    if spec.kind == "file" and isinstance(value, Mapping):
        return _file(value)
    if spec.kind in ("list", "reference") and isinstance(value, list | tuple):
        return ", ".join(_one(item, spec, names) for item in value)
    return _one(value, spec, names)


def _one(value: object, spec: FieldSpec, names: Names) -> str:
    if isinstance(value, _KEYS):
        if spec.reference:
            name = names.get((spec.reference, str(value)))
            return visible(name) if name else identified(value)
        if value in spec.choices:
            return visible(str(spec.choices[value]))
    return plain(value)


def identified(value: object) -> str:
    return f"id {visible(str(value))}"


def at_scale(value: object, spec: FieldSpec, row: Mapping[str, object]) -> object:
    """An amount with its currency's places; as it is stored where that would round it."""
    if not isinstance(value, Decimal) or not spec.places or not value.is_finite():
        return value
    places = spec.places.get(currency_of(spec, row), spec.places.get("", 2))
    with localcontext(EXACT):
        scaled = value.quantize(Decimal(1).scaleb(-places))
    return scaled if scaled == value else value


def currency_of(spec: FieldSpec, row: Mapping[str, object]) -> str:
    """The code beside an amount; empty where the row does not say."""
    if spec.currency in row:
        code = row[spec.currency]
        return visible(code) if isinstance(code, str) else ""
    return spec.currency if _CURRENCY_CODE.fullmatch(spec.currency) else ""


def plain(value: object) -> str:
    """The value by its own type."""
    if value is None:
        return STATE_WORDS["null"]
    for types, show in _SHOW_BY_TYPE:
        if isinstance(value, types):
            return show(value)
    return visible(str(value))


def decimal_of(value: object) -> Decimal | None:
    """The exact number a value stands for, if it stands for a finite one of a sensible length."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) or (isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value)):
        value = Decimal(str(value))
    if isinstance(value, int):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    exponent = value.as_tuple().exponent
    is_sensible = value.adjusted() < DIGITS and isinstance(exponent, int) and -exponent < DIGITS
    return value if is_sensible else None


def difference(before: object, after: object, *, grouped: bool) -> str:
    """Signed and exact; empty where either side is no number, or both are the same one."""
    if isinstance(before, timedelta) and isinstance(after, timedelta):
        try:
            return span(after - before, sign="+")
        except OverflowError:  # further apart than a duration can say
            return ""
    old, new = decimal_of(before), decimal_of(after)
    if old is None or new is None or old == new:
        return ""
    return format(EXACT.copy().subtract(new, old), "+,f" if grouped else "+f")


def span(value: timedelta, sign: str = "") -> str:
    """`sign` stands before a length that is not negative."""
    magnitude = abs(value)
    days = f"{magnitude.days} d " if magnitude.days else ""
    clock = str(timedelta(seconds=magnitude.seconds, microseconds=magnitude.microseconds))
    return f"{'-' if value < timedelta(0) else sign}{days}{clock}"


def _amount(value: object, currency: str) -> str:
    number = None if isinstance(value, float) else decimal_of(value)
    amount = plain(value) if number is None else _number(number, grouped=True)
    return f"{currency} {amount}" if currency else amount


def _text(value: str) -> str:
    return f"only spacing, {len(value)} long" if value.isspace() else visible(value)


def _number(value: int | Decimal, *, grouped: bool = False) -> str:
    number = decimal_of(value)
    if number is None:  # through Decimal, since str() refuses an int of thousands of digits
        return str(Decimal(value))
    return format(number, ",f" if grouped else "f")


def moment_of(value: object) -> datetime | None:
    """What can be said in any zone; None for what is no moment."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return value if MINYEAR < value.year < MAXYEAR else None  # at the ends not every zone has it


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return f"{value.isoformat(sep=' ')} (no zone)"
    try:
        utc = value.astimezone(UTC)
    except OverflowError:  # the first and last hours a calendar can hold
        return value.isoformat(sep=" ")
    return f"{utc.replace(tzinfo=None).isoformat(sep=' ')} UTC"


def _bytes(value: bytes | bytearray | memoryview) -> str:
    content = bytes(value)
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"


def _file(value: Mapping[str, object]) -> str:
    parts = [visible(str(value.get("name") or "unnamed file"))]
    if value.get("size") is not None:
        parts.append(f"{value['size']} bytes")
    if value.get("sha256"):
        parts.append(f"SHA-256 {visible(str(value['sha256']))}")
    return ", ".join(parts)


def _json(value: Mapping[str, object] | Sequence[object]) -> str:
    try:
        return visible(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
    except RecursionError:
        return TOO_DEEP
    except (TypeError, ValueError):  # keys of several types, or a structure that holds itself
        return visible(repr(value))


_SHOW_BY_TYPE: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda value: "yes" if value else "no"),
    (str, _text),
    ((int, Decimal), _number),
    (float, repr),
    (datetime, _moment),
    (date, date.isoformat),
    (timedelta, span),
    ((bytes, bytearray, memoryview), _bytes),
    ((Mapping, list, tuple), _json),
)
