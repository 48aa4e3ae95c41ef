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
State = Literal["value", "null", "blank", "not_recorded", "absent", "redacted"]
Names = Mapping[tuple[str, str], str]  # (model label, id as text) -> name as it was at the time


class Missing(Enum):
    """Why a row holds no value, where the answer is neither null nor empty."""

    NOT_RECORDED = "not_recorded"  # the column, or the recording of it, did not exist yet
    ABSENT = "absent"  # the whole row did not exist, before its creation or after its deletion
    NO_KEY = "no_key"  # a JSON object has no such key


@dataclass(frozen=True, slots=True)
class Redacted:
    """What stood here was erased, by this event; ``is_now`` in the version that the event wrote."""

    event_id: int
    is_now: bool = False

    def __str__(self) -> str:
        return "redacted" if self.is_now else f"redacted by event E-{self.event_id}"


NOT_RECORDED, ABSENT, NO_KEY = Missing.NOT_RECORDED, Missing.ABSENT, Missing.NO_KEY
_SIZED = (bytes, bytearray, memoryview, Mapping, list, tuple)

STATE_WORDS: Mapping[State, str] = {
    "null": "not set",
    "blank": "empty",
    "not_recorded": "not recorded then",
    "absent": "no such record",
    "redacted": "redacted",
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
    if isinstance(value, Missing):
        return "absent" if value is ABSENT else "not_recorded"
    if isinstance(value, Redacted):
        return "redacted"
    return "blank" if isinstance(value, _SIZED) and not len(value) else "value"
