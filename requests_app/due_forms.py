"""Forms of due dates, and of the calendars, service levels and rules behind them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from audit.forms import SeenForm
from audit.standing import Standing
from requests_app import durations, people, single_days
from requests_app.acts import ActForm
from requests_app.forms import long_text
from requests_app.models import Entity, Priority, Rule, User, WorkCalendar
from requests_app.working_time import Unreadable, parsed, words

MINUTES = "%Y-%m-%dT%H:%M"
MOST_MINUTES = 5 * 365 * 24 * 60
USUAL_HOURS = dict.fromkeys(WorkCalendar.WEEKDAYS[:5], "09:00-17:00")


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


class TimeField(forms.Field):
    """Minutes of working time, written like "2 h 30 min"."""

    def prepare_value(self, value: Any) -> Any:
        return durations.words(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        minutes = durations.parsed(str(value))
        if minutes is None or minutes > MOST_MINUTES:
            raise forms.ValidationError("Write hours and minutes, for example 2 h 30 min.")
        return minutes


class ArrangeForm(SeenForm):
    """What is arranged for an entity, changed or new."""

    reason = long_text(
        "Why", 2, missing="Say why, for whoever reads the record later.",
        help_text="It goes on record with your name.",
    )  # fmt: skip

    def __init__(self, *args: Any, entity: Entity, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity, self.row = entity, row
        self.fields["reason"].required = "preview" not in self.data  # it changes nothing
        self.prepare()
        self.order_fields([name for name in self.fields if name != "reason"])

    def prepare(self) -> None:
        """What is shown first: the row as it stands, or what is usual for a new one."""
        for name in self.fields:
            if self.row is not None and hasattr(self.row, name):
                self.initial.setdefault(name, getattr(self.row, name))

    def clean_seen(self) -> Standing | None:
        """Of what is new, there was nothing to be seen."""
        return super().clean_seen() if self.row is not None else None

    def facts(self) -> dict[str, Any]:
        """The columns that are asked for."""
        return {
            name: value for name, value in self.cleaned_data.items()
            if name not in ("seen", "reason")
        }  # fmt: skip


class EndForm(ArrangeForm):
    """Ending asks for the reason alone."""


class LevelForm(ArrangeForm):
    priority = forms.ChoiceField(choices=Priority.choices)
    first_response_minutes = TimeField(
        label="First response within", help_text="Working time, for example 2 h 30 min."
    )
    resolution_minutes = TimeField(label="Done within")
    warn_minutes = TimeField(label="Warn before", help_text="How long before it is due.")

    def prepare(self) -> None:
        super().prepare()
        if self.row is not None:
            del self.fields["priority"]  # a level of another priority is another level


class AssigningForm(ArrangeForm):
    name = forms.CharField(
        max_length=100, help_text="It signs with this name what it does.",
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip
    category = forms.CharField(
        max_length=100, help_text="New requests of this category; upper and lower case are alike.",
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip
    assignee = forms.ModelChoiceField(
        User.objects.none(), label="Assign to", empty_label="Choose one",
        error_messages={"required": "Choose a person.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people.workers(self.entity)

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"kind": Rule.Kind.ASSIGN_BY_CATEGORY}


class ClosingForm(ArrangeForm):
    name = forms.CharField(
        max_length=100, help_text="It signs with this name what it does.",
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip
    days = forms.IntegerField(
        label="Days of silence", min_value=1, max_value=3_650,
        help_text="Closed so many days after it was resolved, unless the customer answers.",
    )  # fmt: skip
    category = forms.CharField(
        max_length=100, required=False, help_text="Empty for every category without its own rule.",
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"kind": Rule.Kind.CLOSE_AFTER_SILENCE}


class CalendarForm(ArrangeForm):
    name = forms.CharField(max_length=100, widget=forms.TextInput({"dir": "auto"}))
    time_zone = forms.CharField(max_length=64, help_text="For example Europe/Berlin.")
    country = forms.CharField(
        label="Public holidays of", max_length=2, required=False,
        help_text="Two letters, for example DE; empty for none.",
    )  # fmt: skip
    subdivision = forms.CharField(
        label="Part of the country", max_length=10, required=False, help_text="For example BY."
    )
    days = forms.CharField(
        label="Single days", required=False, max_length=20_000,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
        help_text="One a line: the date, hours if people work, a name. "
        "For example 2026-12-24 09:00-12:00 Christmas Eve.",
    )  # fmt: skip

    def prepare(self) -> None:
        for name in WorkCalendar.WEEKDAYS:
            self.fields[name] = forms.CharField(max_length=100, required=False)
        super().prepare()
        shown = self.row or WorkCalendar(entity=self.entity, hours=USUAL_HOURS)
        for name in WorkCalendar.WEEKDAYS:
            self.initial[name] = shown.hours.get(name, "")
        self.initial["days"] = single_days.written(shown.days)
        self.initial.setdefault("time_zone", self.entity.time_zone)

    def week(self) -> list[forms.BoundField]:
        return [self[name] for name in WorkCalendar.WEEKDAYS]

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_subdivision(self) -> str:
        return str(self.cleaned_data["subdivision"]).upper()

    def clean_days(self) -> dict[str, dict[str, str]]:
        try:
            return single_days.parsed(self.cleaned_data["days"])
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in WorkCalendar.WEEKDAYS:
            try:
                given[name] = words(parsed(given.get(name, "")))
            except Unreadable as error:
                self.add_error(name, str(error))
        return given

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        return found | {"hours": {name: found.pop(name) for name in WorkCalendar.WEEKDAYS}}
