"""What a difference has to know of a field, and the words for a value that is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

Kind = Literal[
    "text",
    "long_text",
    "choice",
    "money",
    "number",
    "boolean",
    "date",
    "datetime",
    "duration",
    "json",
    "file",
    "reference",
    "list",
    "binary",
    "id",
]
State = Literal["value", "null", "blank", "not_recorded", "absent"]
Names = Mapping[tuple[str, str], str]  # (model label, id as text) -> name as it was at the time


class Missing(Enum):
    """Why a row holds no value, where the answer is neither null nor empty."""

    NOT_RECORDED = "not_recorded"  # the column, or the recording of it, did not exist yet
    ABSENT = "absent"  # the whole row did not exist, before its creation or after its deletion
    NO_KEY = "no_key"  # a JSON object has no such key


NOT_RECORDED, ABSENT, NO_KEY = Missing.NOT_RECORDED, Missing.ABSENT, Missing.NO_KEY
_SIZED = (bytes, bytearray, memoryview, Mapping, list, tuple)

STATE_WORDS: Mapping[State, str] = {
    "null": "not set",
    "blank": "empty",
    "not_recorded": "not recorded then",
    "absent": "no such record",
}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field as differences treat it.

    `currency` names the field of the same row that holds the code, or is the code itself.
    `reference` is the model label under which `names` knows the ids this field holds.
    `places` maps a currency to its decimal places, "" to those of all others: amounts are shown at
    that scale where nothing is lost by it.
    `expand` makes each key of a JSON object a field of its own.
    """

    name: str
    label: str
    kind: Kind = "text"
    choices: Mapping[Any, str] = field(default_factory=dict)
    currency: str = ""
    reference: str = ""
    places: Mapping[str, int] = field(default_factory=dict)
    expand: bool = False


def state_of(value: object) -> State:
    if isinstance(value, str):
        return "value" if value else "blank"
    if value is None or value is NO_KEY:
        return "null"
    if value is NOT_RECORDED:
        return "not_recorded"
    if value is ABSENT:
        return "absent"
    if isinstance(value, _SIZED) and not len(value):
        return "blank"
    return "value"
