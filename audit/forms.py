"""Checks the shape of what people ask of the trail's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from audit import days, kinds, moments, pages, sentences
from audit.models import EventQuerySet


def kind_choices() -> list[tuple[str, str]]:
    return [("", "Any kind"), *((kind.name, kind.label) for kind in kinds.registered())]


NOT_LISTED = {"invalid_choice": "This is not in the list. Choose one that is."}


class TrailFilter(forms.Form):
    """Both days are included; they begin and end in the zone of the page."""

    kind = forms.ChoiceField(choices=kind_choices, required=False, error_messages=NOT_LISTED)
    actor = forms.CharField(max_length=150, required=False)
    outcome = forms.ChoiceField(
        choices=[("", "Any outcome"), *sentences.OUTCOMES.items()],
        required=False,
        error_messages=NOT_LISTED,
    )
    channel = forms.ChoiceField(
        choices=[("", "Any channel"), *sentences.CHANNELS.items()],
        required=False,
        error_messages=NOT_LISTED,
    )
    since = days.field("From")
    until = days.field("To")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first. Swap them.")
        return given

    def applied_to(self, events: EventQuerySet) -> EventQuerySet:
        given = self.cleaned_data
        for name in ("kind", "outcome", "channel"):
            if given[name]:
                events = events.filter(**{name: given[name]})
        if given["actor"]:
            events = events.filter(actor_label__icontains=given["actor"])
        return days.within(events, "recorded_at", given["since"], given["until"])

    def asked(self) -> tuple[str, dict[str, Any]]:
        """Free words, and all else that was asked for; nothing where that is unclear."""
        given = dict(self.cleaned_data) if self.is_valid() else {}
        words = given.pop("actor", "")
        return words, {name: value for name, value in given.items() if value}

    def applied(self) -> list[tuple[str, str, str]]:
        """What narrows the list, as (parameter, label, value in words)."""
        start, end = days.bounds(self.cleaned_data["since"], self.cleaned_data["until"])
        zone = timezone.get_current_timezone()
        words = {
            "kind": kinds.describe(self.cleaned_data["kind"]).label,
            "outcome": sentences.named(sentences.OUTCOMES, self.cleaned_data["outcome"]),
            "channel": sentences.named(sentences.CHANNELS, self.cleaned_data["channel"]),
            "since": moments.exact(start, zone) if start else "",
            "until": f"before {moments.exact(end, zone)}" if end else "",
        }
        return [
            (
                name,
                str(field.label or name.capitalize()),
                words.get(name, str(self.cleaned_data[name])),
            )
            for name, field in self.fields.items()
            if self.cleaned_data[name]
        ]


class DisplayForm(forms.Form):
    """How pages look to one browser: kept in cookies, no part of any record."""

    theme = forms.ChoiceField(choices=[(name, name) for name in pages.THEMES], required=False)
    zone = forms.ChoiceField(choices=[(name, name) for name in pages.ZONES], required=False)
    order = forms.ChoiceField(choices=[(name, name) for name in pages.ORDERS], required=False)
    shortcuts = forms.ChoiceField(
        choices=[(name, name) for name in pages.SHORTCUTS], required=False
    )
