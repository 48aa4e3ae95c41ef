"""The filter of the request list: the same one for the page, its count and its export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from audit.forms import NOT_LISTED
from requests_app import people, reading
from requests_app.customers import reading as customers
from requests_app.models import Priority, Status, SupportRequest
from requests_app.models.support_request import (
    CLOSED_STATUSES,
    Channel,
    SupportRequestQuerySet,
)

OPEN, MINE, NOBODY = "open", "me", "nobody"
STATUSES = [("", "Any status"), (OPEN, "Open, any status"), *Status.choices]
SEARCHED = ("number", "source_number", "subject", "customer__name")


class RequestFilter(forms.Form):
    q = forms.CharField(
        label="Search", max_length=200, required=False,
        widget=forms.SearchInput({"placeholder": "Number, subject or customer"}),
    )  # fmt: skip
    status = forms.ChoiceField(choices=STATUSES, required=False)
    priority = forms.ChoiceField(choices=[("", "Any priority"), *Priority.choices], required=False)
    entity = forms.ChoiceField(required=False)
    assignee = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(choices=[("", "Any channel"), *Channel.choices], required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        entities = [(entity.code, str(entity)) for entity in people.entities_of(person)]
        self.choose("entity", [("", "Any entity"), *entities])
        others = [(str(other.pk), str(other)) for other in reading.assignees(person)]
        self.choose("assignee", [("", "Anybody"), (MINE, "Me"), (NOBODY, "Nobody"), *others])
        for field in self.fields.values():
            field.error_messages |= NOT_LISTED

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def found(self) -> SupportRequestQuerySet:
        """The requests the person may see and asked for; none where what was asked is unclear."""
        visible = SupportRequest.objects.visible_to(self.person).named()
        return self.applied_to(visible) if self.is_valid() else visible.none()

    def applied_to(self, requests: SupportRequestQuerySet) -> SupportRequestQuerySet:
        given = self.cleaned_data
        if given["status"] == OPEN:
            requests = requests.exclude(status__in=CLOSED_STATUSES)
        elif given["status"]:
            requests = requests.filter(status=given["status"])
        if given["priority"]:
            requests = requests.filter(priority=given["priority"])
        if given["channel"]:
            requests = requests.filter(channel=given["channel"])
        if given["entity"]:
            requests = requests.filter(entity__code=given["entity"])
        if given["q"]:
            requests = requests.filter(matches(given["q"], self.person))
        return requests.filter(assigned_as(given["assignee"], self.person))

    def applied(self) -> list[tuple[str, str, str]]:
        """What narrows the list, as (parameter, label, value in words)."""
        if not self.is_valid():
            return []
        return [
            (name, str(self[name].label), words_of(self.fields[name], self.cleaned_data[name]))
            for name in self.fields
            if self.cleaned_data[name]
        ]

    @property
    def query(self) -> str:
        """What was searched for; empty if nothing was, or if it could not be."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


def matches(query: str, person: Any) -> Q:
    """By numbers, and by words that tell no more than the page does."""
    condition = Q()
    for field in SEARCHED:
        condition |= Q(**{f"{field}__icontains": query})
    numbered = Q(number__icontains=query) | Q(source_number__icontains=query)
    return numbered | (condition & customers.searchable(person, query))


def assigned_as(choice: str, person: Any) -> Q:
    if choice == NOBODY:
        return Q(assignee__isnull=True)
    if choice == MINE:
        return Q(assignee_id=person.pk)
    return Q(assignee_id=int(choice)) if choice else Q()


def words_of(field: forms.Field, value: str) -> str:
    choices = getattr(field, "choices", None)
    return str(dict(choices).get(value, value)) if choices else value
