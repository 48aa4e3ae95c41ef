"""The filter of the list of customers."""

from __future__ import annotations

from typing import Any

from django import forms

from audit.forms import NOT_LISTED
from requests_app import people
from requests_app.customers import reading
from requests_app.models import Customer
from requests_app.models.customer import CustomerQuerySet

DOUBLES = "doubles"
SHOWN = [("", "In use"), ("inactive", "Not in use"), ("merged", "Merged into another"),
         ("all", "All")]  # fmt: skip


class CustomerFilter(forms.Form):
    q = forms.CharField(
        label="Search", max_length=200, required=False,
        widget=forms.SearchInput({"placeholder": "Name, address or number"}),
    )  # fmt: skip
    entity = forms.ChoiceField(required=False)
    show = forms.ChoiceField(choices=SHOWN, required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        entities = [(entity.code, str(entity)) for entity in people.entities_of(person)]
        self.offer("entity", [("", "Any entity"), *entities])
        if len(people.hidden_from(person)) == len(people.entity_ids(person)):
            hint = {"placeholder": "Pseudonym or number"}
            self.fields["q"].widget.attrs |= hint
        else:
            self.offer("show", [*SHOWN, (DOUBLES, "Likely doubles")])
        for field in self.fields.values():
            field.error_messages |= NOT_LISTED

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def query(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""

    def found(self) -> CustomerQuerySet:
        """The customers the person may see and asked for; none where that is unclear."""
        customers = reading.listed(self.person)
        if not self.is_valid():
            return customers.none()
        given = self.cleaned_data
        if given["entity"]:
            customers = customers.filter(entity__code=given["entity"])
        if self.query:
            found = reading.searched(customers, self.query, self.person)
            followed = customers.filter(reading.one_of(found)) if not given["show"] else found
            customers = followed
        return self.shown(customers, given["show"])

    def followed(self) -> list[Customer]:
        """Merged records that the search found, whose place the one who stays has taken."""
        if not self.query or self.cleaned_data["show"]:
            return []
        merged = reading.listed(self.person).filter(merged_into__isnull=False)
        return list(reading.searched(merged, self.query, self.person)[: reading.MOST_FOLLOWED])

    def shown(self, customers: CustomerQuerySet, choice: str) -> CustomerQuerySet:
        if choice == DOUBLES:
            return reading.with_doubles(customers, self.person)
        if choice == "merged":
            return customers.filter(merged_into__isnull=False)
        if choice == "inactive":
            return customers.filter(merged_into__isnull=True, is_active=False)
        return customers if choice == "all" else customers.standing()

    def applied(self) -> list[tuple[str, str, str]]:
        """What narrows the list, as (parameter, label, value in words)."""
        if not self.is_valid():
            return []
        return [
            (name, str(self[name].label), words_of(self.fields[name], self.cleaned_data[name]))
            for name in self.fields
            if self.cleaned_data[name]
        ]


def words_of(field: forms.Field, value: str) -> str:
    choices = getattr(field, "choices", None)
    return str(dict(choices).get(value, value)) if choices else value
