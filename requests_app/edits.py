"""What administrators may change on the admin site: each a form and the service behind it."""

from __future__ import annotations

from django import forms

from audit.admin import Edit, ReasonForm
from requests_app import entities


class EntityForm(ReasonForm):
    name = forms.CharField(max_length=200, widget=forms.TextInput({"dir": "auto"}))
    time_zone = forms.CharField(
        max_length=64, help_text="By its name, for example Europe/Berlin. Days begin and end by it."
    )
    is_active = forms.BooleanField(
        label="Active", required=False, help_text="Clear it where no more work is done there."
    )

    def prepare(self) -> None:
        for name in ("name", "time_zone", "is_active"):
            self.initial[name] = getattr(self.row, name)


CHANGE_ENTITY = Edit(
    "change", "Change entity", EntityForm, entities.change, entities.why_not_change,
    subject="entity", note="Code and currency stand on documents already, so they stay.",
)  # fmt: skip
