"""Shapes of the small forms of all pages."""

from __future__ import annotations

from django import forms

from audit import pages
from audit.models import TrailExport

NOT_LISTED = {"invalid_choice": "This is not in the list. Choose one that is."}


class DisplayForm(forms.Form):
    """How pages look to one browser: kept in cookies, no part of any record."""

    theme = forms.ChoiceField(choices=[(name, name) for name in pages.THEMES], required=False)
    zone = forms.ChoiceField(choices=[(name, name) for name in pages.ZONES], required=False)
    order = forms.ChoiceField(choices=[(name, name) for name in pages.ORDERS], required=False)
    shortcuts = forms.ChoiceField(
        choices=[(name, name) for name in pages.SHORTCUTS], required=False
    )


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label="Format",
        choices=TrailExport.Format.choices,
        initial=TrailExport.Format.CSV,
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
    )
