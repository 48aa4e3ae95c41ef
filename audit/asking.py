"""What people ask of the trail: the shape of each filter, and how it reads on the page."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit import (
    bounds,
    conditions,
    days,
    fields,
    kinds,
    moments,
    offered,
    origins,
    sentences,
    specs,
    timeline,
)
from audit.access import access
from audit.forms import NOT_LISTED
from audit.models import EventQuerySet

Choices = list[tuple[str, Any]]

NEWEST, OLDEST = "", "oldest"
ORDERS = [(NEWEST, "Newest first"), (OLDEST, "Oldest first")]
HOURS = [("", "Any hour"), ("outside", "Outside office hours")]
OFFICE = f"weekends, before {conditions.OPENS}:00 and from {conditions.CLOSES}:00"
EXACT = {"autocomplete": "off", "spellcheck": "false"}
# Those that stand on top; the others unfold.
FIRST = ("q", "actor", "kind", "since", "until", "outcome")


def text(label: str, help_text: str = "", length: int = 150, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=length, help_text=help_text,
        widget=forms.TextInput(EXACT | attrs),
    )  # fmt: skip


def choice(label: str, choices: Choices | None = None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=choices or [], error_messages=NOT_LISTED
    )


def amount(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, max_digits=24, decimal_places=6,
        error_messages={"invalid": "Give the amount in digits alone, for example 1250.00."},
        widget=forms.TextInput(EXACT | {"inputmode": "decimal"}),
    )  # fmt: skip


class TrailFilter(forms.Form):
    """All of them together. Both days are included; they begin and end in the zone of the page."""

    q = text("Words", length=200, placeholder="Subject, reason, actor")
    actor = text("Actor", placeholder="Name")
    kind = choice("Action")
    since = days.field("From")
    until = days.field("To")
    outcome = choice("Outcome", [("", "Any outcome"), *sentences.OUTCOMES.items()])
    actor_kind = choice("Kind of actor")
    actor_id = text("Actor id")
    role = text("Role at the time")
    channel = choice("Channel")
    request = text("Request", placeholder="Its number")
    type = choice("Type of subject")
    subject = text("Subject id")
    field = choice("Field changed")
    least = amount("Amount from")
    most = amount("Amount to")
    hours = choice("Hours", HOURS)
    following = choice("Following")
    address = text("Network address", "One address, or a network such as 10.1.0.0/16.")
    correlation = text("Correlation id", "All that one HTTP request did.", 64)
    order = choice("Order", ORDERS)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.known = offered.values(person)
        self.request_id: int | None = None
        found = self.known["kind"]
        self.offer("kind", "Any action", kind_choices(found))
        self.offer(
            "following", "Anything", [(f"{name}", kinds.describe(name).label) for name in found]
        )
        for name, words in (("channel", sentences.CHANNELS), ("actor_kind", sentences.ACTORS)):
            self.offer(name, "Any", [(it, sentences.named(words, it)) for it in self.known[name]])
        self.offer("type", "Any", type_choices(self.known["subject_type"]))
        self.offer("field", "Any field", fields.choices())

    def offer(self, name: str, nothing: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", nothing), *choices]

    def clean_request(self) -> str:
        number = str(self.cleaned_data["request"]).strip()
        if number:
            self.request_id = access().find_request(self.person, number)
            if self.request_id is None:
                raise ValidationError(
                    "No one request that you may see has this number. Give the whole one."
                )
        return number

    def clean_address(self) -> str:
        given = str(self.cleaned_data["address"]).strip()
        try:
            conditions.addresses(given or "::1")
        except ValueError:
            raise ValidationError(
                "Write an address as in 192.0.2.7, or a network as in 192.0.2.0/24."
            ) from None
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first. Swap them.")
        if given.get("subject") and not given.get("type"):
            self.add_error("subject", "Choose the type of subject as well: ids repeat among types.")
        if given.get("actor_id") and not given.get("actor_kind"):
            self.add_error("actor_id", "Choose the kind of actor as well: ids repeat among kinds.")
        least, most = given.get("least"), given.get("most")
        if least is not None and most is not None and most < least:
            self.add_error("most", "The largest amount lies below the smallest. Swap them.")
        return given

    @property
    def is_oldest_first(self) -> bool:
        return self.is_valid() and self.cleaned_data["order"] == OLDEST

    @property
    def has_words(self) -> bool:
        return self.is_valid() and any(self.cleaned_data[name] for name in ("q", "actor", "role"))

    @property
    def leaves_out(self) -> bool:
        """Whether words are sought in less than the trail: this person is not shown all names."""
        sought = self.cleaned_data["q"] if self.is_valid() else ""
        return bool(sought and access().searchable(self.person, sought))

    def applied_to(self, events: EventQuerySet) -> EventQuerySet:
        """These events, in an order by which paging finds the best index."""
        given = self.cleaned_data
        events = self.in_trail(events)
        for name in ("outcome", "channel", "actor_kind"):
            if given[name]:
                events = events.filter(**{name: given[name]})
        if given["kind"]:
            events = conditions.of_kinds(events, given["kind"], self.known["kind"])
        if given["type"]:
            events = events.filter(subject_type=given["type"])
        for name, column in (("actor", "actor_label"), ("role", "actor_role")):
            if given[name]:
                events = conditions.with_words_in(events, column, given[name])
        if given["q"]:
            events = conditions.with_words(events, given["q"])
            events = events.filter(access().searchable(self.person, given["q"]))
        start, end = days.bounds(given["since"], given["until"])
        return self.rarely_asked(bounds.within(events, start, end))

    def count(self, found: EventQuerySet, cut: timeline.Page | None = None) -> int:
        """Of these events, as many as pages tell."""
        return timeline.count(found, cut, from_newest=bool(self.cleaned_data.get("following")))

    def in_trail(self, events: EventQuerySet) -> EventQuerySet:
        """Of one request, subject or actor, where one is named."""
        given = self.cleaned_data
        if self.request_id is not None:
            return events.of_support_request(self.request_id)
        if given["subject"]:
            return events.about(given["type"], given["subject"])
        if given["actor_id"]:
            return events.of_actor(given["actor_kind"], given["actor_id"])
        return events

    def rarely_asked(self, events: EventQuerySet) -> EventQuerySet:
        given = self.cleaned_data
        if self.request_id is not None and given["subject"]:
            events = events.filter(subject_type=given["type"], subject_id=given["subject"])
        if given["actor_id"]:
            events = events.filter(actor_id=given["actor_id"])
        if given["correlation"]:
            events = events.filter(correlation_id=given["correlation"])
        if given["address"]:
            events = conditions.from_address(events, given["address"])
            events = events.filter(origins.shown_to(self.person))
        if given["hours"]:
            events = conditions.outside_office_hours(events)
        if given["following"]:
            events = conditions.after_kind(events, given["following"])
        return fields.within(events, given["field"], given["least"], given["most"])

    def asked(self) -> tuple[str, dict[str, Any]]:
        """Free words, and all else that was asked for; nothing where that is unclear."""
        given = dict(self.cleaned_data) if self.is_valid() else {}
        words = " ".join(filter(None, (given.pop("q", ""), given.pop("actor", ""))))
        given.pop("order", None)
        return words, {name: value for name, value in given.items() if value not in ("", None)}

    def applied(self) -> list[tuple[str, str, str]]:
        """What narrows the list, as (parameter, label, value in words)."""
        if not self.is_valid():
            return []
        words = self.bounds_in_words() | {"hours": f"Outside office hours: {OFFICE}"}
        return [
            (name, str(field.label), words.get(name) or self.in_words(name))
            for name, field in self.fields.items()
            if name != "order" and self.cleaned_data[name] not in ("", None)
        ]

    def bounds_in_words(self) -> dict[str, str]:
        start, end = days.bounds(self.cleaned_data["since"], self.cleaned_data["until"])
        zone = timezone.get_current_timezone()
        return {
            "since": moments.exact(start, zone) if start else "",
            "until": f"before {moments.exact(end, zone)}" if end else "",
        }

    def in_words(self, name: str) -> str:
        value, field = self.cleaned_data[name], self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            return str(value)
        choices: Any = field.choices
        return str(dict(flat(choices)).get(value, value))

    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST]

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in (*FIRST, "order")]

    @property
    def is_unfolded(self) -> bool:
        """Whether one of the others is in use, or has a mistake."""
        names = {field.name for field in self.more_fields()}
        return bool(names & {*self.errors, *(name for name, *_ in self.applied())})


def flat(choices: Iterable[Any]) -> list[tuple[str, str]]:
    """Choices without their groups."""
    found: list[tuple[str, str]] = []
    for value, label in choices:
        found += label if isinstance(label, list) else [(value, label)]
    return found


def kind_choices(names: list[str]) -> Choices:
    """Grouped by noun, with all of a noun first where it has several."""
    grouped: Choices = []
    for noun, some in groupby(names, lambda name: name.partition(".")[0]):
        own = [(name, kinds.describe(name).label) for name in some]
        words = noun.replace("_", " ")
        every = [(f"{noun}{conditions.ALL_OF}", f"All of {words}")] if len(own) > 1 else []
        grouped.append((words.capitalize(), [*every, *own]))
    return [(conditions.LOOKS, "All looks, searches and exports"), *grouped]


def type_choices(labels: list[str]) -> Choices:
    models = specs.versioned_models()
    named = [
        (label, str(models[label]._meta.verbose_name).capitalize() if label in models else label)
        for label in labels
    ]
    return sorted(named, key=lambda each: each[1])
