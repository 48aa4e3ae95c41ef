"""What each kind of source file means, as data.

A profile only names columns and maps values one to one, so the differences between the versions
an import writes are exactly the differences between the source's rows. Teaching the importer a
new source is one more entry in `PROFILES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


class ProfileError(ValueError):
    """A profile that could lose a difference, or that nobody defined."""


@dataclass(frozen=True)
class Field:
    """A source column that becomes a field of the support request.

    With `values`, only those are known and any other is refused. Without, the text is taken as it
    stands and `unknown` is what the source's marker for "not known" becomes.
    """

    column: str
    name: str
    values: Mapping[str, str] | None = None
    unknown: str | None = None


@dataclass(frozen=True)
class Profile:
    """One source's columns. Any other column becomes a custom field under its own name."""

    name: str
    version: int
    number: str
    actor: str
    time: str
    time_format: str
    order: str
    received: str
    customer: str
    fields: tuple[Field, ...]
    # A request whose first row shows another value was under way when the log began.
    opening: tuple[str, str]
    # Written over every row of a request when it ends: future knowledge in all rows but the last.
    back_filled: tuple[str, ...] = ()
    unknown: str = "?"
    delimiter: str = ","

    def __post_init__(self) -> None:
        for field in self.fields:
            targets = list((field.values or {}).values())
            doubled = sorted({target for target in targets if targets.count(target) > 1})
            if doubled:
                raise ProfileError(
                    f"Profile {self.name}: several values of {field.column} become"
                    f" {', '.join(doubled)}, so a change between them would be lost."
                    " Map each to a value of its own."
                )

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which a file cannot be read; back-filled ones may be absent."""
        named = (self.number, self.actor, self.time, self.order, self.received, self.customer)
        return named + tuple(field.column for field in self.fields)

    @property
    def left_out(self) -> frozenset[str]:
        """Columns that are facts of the event, not of the request's state."""
        return frozenset((self.number, self.actor, self.time, self.order, *self.back_filled))


SERVICENOW_INCIDENT = Profile(
    name="servicenow-incident",
    version=1,
    number="number",
    actor="sys_updated_by",
    time="sys_updated_at",
    time_format="%d/%m/%Y %H:%M",
    order="sys_mod_count",
    received="opened_at",
    customer="caller_id",
    fields=(
        Field(
            "incident_state",
            "status",
            MappingProxyType(
                {
                    "New": "new",
                    "Active": "in_progress",
                    "Awaiting User Info": "waiting_customer",
                    "Awaiting Problem": "waiting_problem",
                    "Awaiting Vendor": "waiting_vendor",
                    "Awaiting Evidence": "waiting_evidence",
                    "Resolved": "resolved",
                    "Closed": "closed",
                    "-100": "unknown",
                }
            ),
        ),
        Field(
            "priority",
            "priority",
            MappingProxyType(
                {
                    "1 - Critical": "critical",
                    "2 - High": "high",
                    "3 - Moderate": "normal",
                    "4 - Low": "low",
                }
            ),
        ),
        Field("category", "category", unknown=""),
    ),
    opening=("incident_state", "New"),
    back_filled=("resolved_by", "resolved_at", "closed_at", "closed_code"),
)

PROFILES: Mapping[str, Profile] = MappingProxyType({SERVICENOW_INCIDENT.name: SERVICENOW_INCIDENT})


def get(name: str) -> Profile:
    """The profile called `name`; raises ProfileError that lists the known ones."""
    try:
        return PROFILES[name]
    except KeyError:
        raise ProfileError(
            f"There is no profile {name!r}. Known profiles: {', '.join(sorted(PROFILES))}."
        ) from None
