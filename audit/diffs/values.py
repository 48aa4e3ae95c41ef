"""One stored value in words: exact, whole, by kind of field, and safe to look at.

A value that does not fit its field's kind is shown by its own type, never refused: whatever was
stored once must still be readable.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal

from audit.diffs.fields import STATE_WORDS, FieldSpec, Names, state_of

DIGITS = 1_000  # a number with more before or after its point is not subtracted
EXACT = Context(prec=3 * DIGITS)
TOO_DEEP = "nested too deeply to show"

# Controls, direction marks and overrides, zero-width marks and lone surrogates. The joiners that
# emoji and Persian need (U+200C, U+200D) stay, as do tab and the ends of lines.
_HIDDEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0001"
)
_HIDDEN_CHARACTER = re.compile(f"[{_HIDDEN}]")
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")


def visible(text: str) -> str:
    """The text with a placeholder for each character that hides, or reorders its neighbours."""
    return _HIDDEN_CHARACTER.sub(_placeholder, text)


def _placeholder(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"[U+{code:04X}]"


def shown(value: object, spec: FieldSpec, row: Mapping[str, object], names: Names) -> str:
    """The value as its field shows it; `row` holds the currency beside an amount."""
    state = state_of(value)
    if state != "value":
        return STATE_WORDS[state]
    if spec.kind == "money":
        return _amount(value, currency_of(spec, row))
    if spec.kind == "choice" and isinstance(value, str | int):
        return visible(str(spec.choices.get(value, value)))
    if spec.kind == "file" and isinstance(value, Mapping):
        return _file(value)
    if spec.kind in ("list", "reference") and isinstance(value, list | tuple):
        return ", ".join(_one(item, spec, names) for item in value)
    return _one(value, spec, names)


def _one(value: object, spec: FieldSpec, names: Names) -> str:
    if spec.reference and isinstance(value, str | int):
        name = names.get((spec.reference, str(value)))
        return identified(value) if name is None else visible(name)
    return plain(value)


def identified(value: object) -> str:
    return f"id {visible(str(value))}"


def currency_of(spec: FieldSpec, row: Mapping[str, object]) -> str:
    """The code beside an amount; empty where the row does not say."""
    if spec.currency in row:
        code = row[spec.currency]
        return visible(code) if isinstance(code, str) else ""
    return spec.currency if _CURRENCY_CODE.fullmatch(spec.currency) else ""


def plain(value: object) -> str:
    """The value by its own type."""
    match value:
        case None:
            return STATE_WORDS["null"]
        case bool():
            return "yes" if value else "no"
        case str():
            return f"only spacing, {len(value)} long" if value.isspace() else visible(value)
        case int() | float() | Decimal():
            return _number(value, grouped=False)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case timedelta():
            return span(value)
        case bytes() | bytearray() | memoryview():
            content = bytes(value)
            return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"
        case Mapping() | list() | tuple():
            return _json(value)
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
    amount = plain(value) if decimal_of(value) is None else _number(value, grouped=True)
    return f"{currency} {amount}" if currency else amount


def _number(value: object, *, grouped: bool) -> str:
    number = decimal_of(value)
    if number is None:
        return str(Decimal(value) if isinstance(value, int) else value)
    if isinstance(value, float):
        return repr(value)
    return format(number, ",f" if grouped else "f")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return f"{value.isoformat(sep=' ')} (no zone)"
    try:
        utc = value.astimezone(UTC)
    except OverflowError:  # the first and last hours a calendar can hold
        return value.isoformat(sep=" ")
    return f"{utc.replace(tzinfo=None).isoformat(sep=' ')} UTC"


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
