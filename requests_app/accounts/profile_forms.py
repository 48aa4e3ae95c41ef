"""Forms of one's own profile."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from audit.forms import SeenForm
from audit.standing import read_with
from requests_app.models import User
from requests_app.models.user import Order, Theme


@cache
def zones() -> list[tuple[str, str]]:
    """By region and place; without the old aliases, which have no region."""
    named = sorted(name for name in available_timezones() if "/" in name and "Etc/" not in name)
    return [(name, name.replace("_", " ")) for name in ["UTC", *named]]


class ZoneField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Time zone")
        unknown = {"invalid_choice": "Choose one of the zones listed."}
        super().__init__(choices=zones, error_messages=unknown, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """An alias that somebody has had for long stays good."""
        return value in available_timezones()


class ProfileForm(SeenForm):
    time_zone = ZoneField(help_text="All times on your pages are shown, and typed, in it.")
    theme = forms.ChoiceField(
        choices=Theme.choices, widget=forms.RadioSelect, help_text="In all your browsers.",
    )  # fmt: skip
    timeline_order = forms.ChoiceField(
        label="Trail of a request", choices=Order.choices, widget=forms.RadioSelect
    )
    has_shortcuts = forms.BooleanField(
        label="Single-key shortcuts", required=False,
        help_text="Keys such as j, k and c move and act while nothing is being typed.",
    )  # fmt: skip

    @classmethod
    def of(cls, person: User, data: Any = None) -> ProfileForm:
        """``person`` is of an ``annotated`` query."""
        initial = {
            "seen": str(read_with(person)),
            "time_zone": person.time_zone,
            "theme": person.theme or Theme.AUTO,
            "timeline_order": person.timeline_order,
            "has_shortcuts": person.has_shortcuts,
        }
        return cls(data, initial=initial)


class EmailForm(SeenForm):
    email = forms.EmailField(
        label="New address", max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )
    password = forms.CharField(
        label="Your password", strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        help_text="So that nobody does it at a screen you left open.",
    )  # fmt: skip

    @classmethod
    def of(cls, person: User, data: Any = None) -> EmailForm:
        """``person`` is of an ``annotated`` query."""
        return cls(data, initial={"seen": str(read_with(person))})
