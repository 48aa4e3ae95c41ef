"""Check the shape of what people say about their saved views."""

from __future__ import annotations

from typing import Any

from django import forms

from audit.forms import NOT_LISTED, SeenForm
from requests_app import people
from requests_app.models import Entity, SavedView

ALONE = ("", "Only me")


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name of the view", max_length=60, widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": "Give the view a name."},
    )  # fmt: skip


class ShareForm(forms.Form):
    shared_with = forms.ChoiceField(
        label="Who may use it", required=False, error_messages=NOT_LISTED
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entities = {entity.code: entity for entity in people.entities_of(person)}
        field = self.fields["shared_with"]
        assert isinstance(field, forms.ChoiceField)
        everybody = [(code, f"Everybody of {code}") for code in self.entities]
        field.choices = [ALONE, *everybody]

    def clean_shared_with(self) -> Entity | None:
        return self.entities.get(self.cleaned_data["shared_with"])


class RenameForm(SeenForm, NameForm):
    """Another name for a view that is there."""


class SharedForm(SeenForm, ShareForm):
    """Who else may use a view that is there."""


class KeepForm(ShareForm, NameForm):
    """A filter to be kept: ``query`` is that of the list it was made on."""

    page = forms.ChoiceField(choices=SavedView.Page.choices, widget=forms.HiddenInput)
    query = forms.CharField(max_length=4_000, required=False, widget=forms.HiddenInput)
    field_order = ("name", "shared_with", "page", "query")
