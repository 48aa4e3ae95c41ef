"""Triggers that apps put beside the recorder's on their tables: what must never be false of rows.

They are installed, compared and always fire like the recorder's own; each app registers its guards
and the SQL file of their functions when it is ready.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# The bits of pg_trigger.tgtype.
ROW, BEFORE, INSERT, DELETE, UPDATE = 1, 2, 4, 8, 16


@dataclass(frozen=True)
class Guard:
    """``fires`` is one of the words of CREATE TRIGGER, such as "BEFORE INSERT OR UPDATE". A
    deferred one fires "AFTER …" and judges what stands at the end of the transaction."""

    table: str
    name: str
    function: str
    fires: str
    is_deferred: bool = False

    @property
    def kind(self) -> int:
        words = self.fires.split()
        bits = {"BEFORE": BEFORE, "INSERT": INSERT, "DELETE": DELETE, "UPDATE": UPDATE}
        return ROW | sum(bits[word] for word in words if word in bits)

    @property
    def definition(self) -> str:
        """With {table} where its name belongs."""
        deferred = " DEFERRABLE INITIALLY DEFERRED" if self.is_deferred else ""
        return (
            f"{self.fires} ON {{table}}{deferred} FOR EACH ROW"
            f" EXECUTE FUNCTION public.{self.function}()"
        )


_guards: dict[tuple[str, str], Guard] = {}
_sources: list[Path] = []
_for_the_app: list[str] = []


def register(source: Path, guards: Iterable[Guard], for_the_app: Iterable[str] = ()) -> None:
    """``source`` creates the functions; ``for_the_app`` names those that the application calls."""
    if source not in _sources:
        _sources.append(source)
        _for_the_app.extend(for_the_app)
    _guards.update({(guard.table, guard.name): guard for guard in guards})


def sources() -> list[Path]:
    return list(_sources)


def for_the_app() -> tuple[str, ...]:
    return tuple(_for_the_app)


def of(table: str) -> list[Guard]:
    return [guard for guard in _guards.values() if guard.table == table]


def find(table: str, name: str) -> Guard | None:
    return _guards.get((table, name))
