"""Forms of due dates, and of the calendars, service levels and rules behind them."""

from __future__ import annotations

from django import forms
from django.utils import timezone

from requests_app.acts import ActForm
from requests_app.forms import long_text

MINUTES = "%Y-%m-%dT%H:%M"


class DueDateForm(ActForm):
    due_at = forms.DateTimeField(
        label="Due",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=MINUTES),
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S"],
        error_messages={
            "required": "Choose a day and a time.",
            "invalid": "Give day and time, for example 2026-12-24T15:00.",
        },
    )
    reason = long_text("Why it is due then", 2, missing="Say why it is due then.")

    def prepare(self) -> None:
        """The zone is the page's, and said: a time without one is half a promise."""
        self.fields["due_at"].help_text = (
            f"In {timezone.get_current_timezone_name()}. From then on neither the priority nor "
            "waiting moves it."
        )
        self.initial["due_at"] = self.support_request.due_at
