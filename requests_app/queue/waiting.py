"""What waits for a person's own decision on the start page, told by whichever app knows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """One thing to decide, as a sentence, and where it is decided."""

    sentence: str
    address: str


_tellers: list[Callable[[Any], list[Waiting]]] = []


def register(teller: Callable[[Any], list[Waiting]]) -> None:
    if teller not in _tellers:
        _tellers.append(teller)


def for_person(person: Any) -> list[Waiting]:
    return [each for teller in _tellers for each in teller(person)]
