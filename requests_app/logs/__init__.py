"""The named logs of a request, such as its approvals: each a list of records, to read and to take
away. Apps that know of further records register theirs when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from requests_app.models import SupportRequest

ORDER = ("creation", "actions", "approvals", "adjustments", "closure")
Row = dict[str, Any]  # by the keys of the columns


@dataclass(frozen=True)
class Column:
    """``kind`` is text, long, code, moment, number or event; ``under`` names what the page shows
    below it. A column without a label stands in the file alone: raw ids beside their words."""

    key: str
    label: str = ""
    kind: str = "text"
    under: str = ""

    @property
    def is_shown(self) -> bool:
        return bool(self.label)


@dataclass(frozen=True)
class Log:
    """``rows`` gives the records of a request as a person may read them, oldest first, after one
    event and not more than some; ``is_long`` where they come in pages, by the event of each row."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[SupportRequest, Any, int, int | None], Iterable[Row]]
    none: str
    hint: str
    is_long: bool = False

    @property
    def shown(self) -> list[Column]:
        return [column for column in self.columns if column.is_shown]


_registry: dict[str, Log] = {}


def register(*given: Log) -> None:
    _registry.update({log.name: log for log in given})


def named(name: str) -> Log:
    """Raises LookupError."""
    return _registry[name]


def all_of() -> list[Log]:
    """In the order in which a request lives."""
    return [_registry[name] for name in ORDER if name in _registry]


def register_own() -> None:
    from requests_app.logs import actions, approvals, closure, creation

    register(creation.LOG, actions.LOG, approvals.LOG, closure.LOG)
