"""From a record's cells to a checked row: a profile laid over one file's header."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from requests_app.importing.source.profiles import Field, Profile
from requests_app.importing.source.reading import Record, SourceError

UNNAMED_ACTOR = "not named in the source"
INTEGER = re.compile(r"-?[0-9]{1,9}")


class RowError(ValueError):
    """Why one row is refused, in words for the reject file."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A claimed time, and what is doubtful about it in its zone ("" if nothing)."""

    at: datetime
    doubt: str


@dataclass(frozen=True, slots=True)
class Row:
    """A source row that passed every check. `cells` are the compared columns, as in the file."""

    line: int
    raw: str
    number: str
    actor: str
    time: Moment
    order: int
    received: datetime | None
    cells: tuple[str, ...]
    back_filled: tuple[str, ...]
    digest: bytes


class Layout:
    """Knows where each column of the profile stands in this file.

    `limits` is the longest text the database takes, by column of the source.
    """

    def __init__(
        self, profile: Profile, header: Sequence[str], zone: ZoneInfo, limits: Mapping[str, int]
    ) -> None:
        _check_header(profile, header)
        self.profile = profile
        self.header = tuple(header)
        place = {name: index for index, name in enumerate(header)}
        self.compared = tuple(name for name in header if name not in profile.left_out)
        self.back_filled = tuple(name for name in profile.back_filled if name in place)
        self._number, self._actor = place[profile.number], place[profile.actor]
        self._time, self._order = place[profile.time], place[profile.order]
        self._received = place[profile.received]
        self._customer = self.compared.index(profile.customer)
        self._compared = [place[name] for name in self.compared]
        self._back_filled = [place[name] for name in self.back_filled]
        self._limits = [(name, place[name], longest) for name, longest in limits.items()]
        customer = Field(profile.customer, "customer")
        self._mapped = [(field, place[field.column]) for field in (*profile.fields, customer)]
        fields = {field.column: field for field, _ in self._mapped}
        self._targets = [fields.get(name, name) for name in self.compared]
        # By name, so that a file with its columns in another order gives the same digests.
        self._digested = [
            (f"{name}=", place[name]) for name in sorted(place) if name not in self.back_filled
        ]
        self._moment = lru_cache(maxsize=4096)(
            lambda text: _moment(text, profile.time_format, zone)
        )

    def row(self, record: Record) -> Row:
        """The checked row; raises RowError with the first thing that is wrong."""
        profile, cells = self.profile, record.cells
        number, actor = cells[self._number], cells[self._actor]
        if not number.strip() or number == profile.unknown:
            raise RowError(f"{profile.number} is missing, so the row belongs to no request")
        if not INTEGER.fullmatch(cells[self._order]):
            raise RowError(f"{profile.order} is “{cells[self._order]}”, not a whole number")
        self._check_values(cells)
        return Row(
            line=record.line,
            raw=record.raw,
            number=number,
            actor=actor if actor.strip() and actor != profile.unknown else UNNAMED_ACTOR,
            time=self._time_of(profile.time, cells[self._time]),
            order=int(cells[self._order]),
            received=self._received_at(cells[self._received]),
            cells=tuple([cells[index] for index in self._compared]),
            back_filled=tuple([cells[index] for index in self._back_filled]),
            digest=self._digest(cells),
        )

    def _check_values(self, cells: Sequence[str]) -> None:
        for name, index, longest in self._limits:
            if len(cells[index]) > longest:
                raise RowError(
                    f"{name} has {len(cells[index]):,} characters, more than the {longest} that fit"
                )
        for field, index in self._mapped:
            value = cells[index]
            if field.values is not None and value not in field.values:
                raise RowError(
                    f"{field.column} is “{value}”, which profile {self.profile.name} does not map"
                )
            if field.values is None and not value.strip() and value != self.profile.unknown:
                raise RowError(f"{field.column} is empty; write {self.profile.unknown} for unknown")

    def customer(self, row: Row) -> str | None:
        """The customer's reference, None if unknown."""
        reference = row.cells[self._customer]
        return None if reference == self.profile.unknown else reference

    def values(
        self, row: Row, places: Iterable[int]
    ) -> tuple[dict[str, str | None], dict[str, str | None]]:
        """What stands at these places of `row.cells`: model fields by name, with the customer's
        reference as "customer", and custom fields by column. Unknown is None where a field has no
        value of its own for it."""
        fields: dict[str, str | None] = {}
        custom: dict[str, str | None] = {}
        for place in places:
            target, cell = self._targets[place], row.cells[place]
            known = None if cell == self.profile.unknown else cell
            if isinstance(target, str):
                custom[target] = known
            elif target.values is not None:
                fields[target.name] = target.values[cell]
            else:
                fields[target.name] = target.unknown if known is None else known
        return fields, custom

    def _time_of(self, name: str, text: str) -> Moment:
        try:
            return self._moment(text)
        except (ValueError, OverflowError):
            raise RowError(
                f"{name} is “{text}”, not a time like {self.profile.time_format}"
            ) from None

    def _received_at(self, text: str) -> datetime | None:
        if text == self.profile.unknown or not text.strip():
            return None
        return self._time_of(self.profile.received, text).at

    def _digest(self, cells: Sequence[str]) -> bytes:
        """What makes this row itself. No cell holds a NUL, so the parts cannot run together.

        Back-filled columns stay out: a later export of the same log rewrites them in rows that
        were imported long ago. So do unknown cells: a column that is added to the export later,
        and is unknown in old rows, leaves those the same.
        """
        unknown = self.profile.unknown
        parts = [name + cells[index] for name, index in self._digested if cells[index] != unknown]
        return hashlib.sha256("\0".join((self.profile.name, *parts)).encode()).digest()[:16]


def _check_header(profile: Profile, header: Sequence[str]) -> None:
    missing = [name for name in profile.required if name not in header]
    if missing:
        raise SourceError(
            f"The file does not fit profile {profile.name}: it lacks {', '.join(missing)}."
            f" Its header has: {', '.join(header)[:500]}."
        )
    doubled = sorted({name or "(no name)" for name in header if header.count(name) > 1 or not name})
    if doubled:
        raise SourceError(
            f"The header names these columns twice or not at all: {', '.join(doubled)}."
            " Name each once."
        )


def _moment(text: str, time_format: str, zone: ZoneInfo) -> Moment:
    wall = datetime.strptime(text, time_format).replace(tzinfo=zone)
    doubt = ""
    if wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        doubt = f"this time was skipped by the clocks of {zone.key}"
    elif wall.utcoffset() != wall.replace(fold=1).utcoffset():
        doubt = f"this time happened twice by the clocks of {zone.key}; the first is taken"
    return Moment(wall.astimezone(UTC), doubt)
