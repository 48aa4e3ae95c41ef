"""Questions that auditors ask again and again, as filters of the explorer.

What no index answers comes with its days, which the page shows like any other filter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from audit.conditions import LOOKS


@dataclass(frozen=True)
class Preset:
    """``days`` counts back from today, ``until`` so many days before it."""

    label: str
    query: dict[str, str] = field(default_factory=dict)
    days: int | None = None
    until: int | None = None

    def asked(self, today: date) -> dict[str, str]:
        asked = dict(self.query)
        if self.days is not None:
            asked["since"] = (today - timedelta(days=self.days)).isoformat()
        if self.until is not None:
            asked["until"] = (today - timedelta(days=self.until)).isoformat()
        return asked


@dataclass(frozen=True)
class Link:
    label: str
    address: str
    is_current: bool


OWN = (
    Preset("Yesterday", days=1, until=1),
    Preset("Last 7 days", days=6),
    Preset("Refused attempts", {"outcome": "denied"}),
    Preset("Failures", {"outcome": "failed"}),
    Preset("Outside office hours", {"hours": "outside"}, days=30),
    Preset("Outside the application", {"actor_kind": "outside"}),
    Preset("Exports and looks", {"kind": LOOKS}),
)
_registered: list[Preset] = list(OWN)


def register(*presets: Preset) -> None:
    """Adds questions in an app's own words."""
    _registered.extend(preset for preset in presets if preset not in _registered)


def links(asked: dict[str, str], offered: dict[str, set[str]]) -> list[Link]:
    """Those that ask for values which there are, as links."""
    today = timezone.localdate()
    wanted = {name: value for name, value in asked.items() if value}
    return [
        Link(preset.label, f"?{urlencode(query)}", query == wanted)
        for preset in _registered
        if all(
            value in offered.get(name, {value}) | {LOOKS} for name, value in preset.query.items()
        )
        for query in [preset.asked(today)]
    ]
