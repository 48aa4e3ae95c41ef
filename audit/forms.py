"""Shapes of the small forms of all pages."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.db.models import Model

from audit import pages
from audit.models import TrailExport
from audit.standing import Standing

OLD_PAGE = "This form is from a page that does not say what it showed. Send it again from this one."

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


class SeenForm(forms.Form):
    """A form that knows what it showed: ``seen`` becomes the Standing of its row.

    Where its row has changed since, the page tells what was typed beside what stands now: a part of
    the row that the form is about is named by the field ``part_field``, and a field that has not
    the name of its column by ``columns``.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    is_from_nowhere = False
    part_field = ""
    columns: ClassVar[dict[str, str]] = {}

    def clean_seen(self) -> Standing | None:
        return self.standing_in("seen")

    def standing_in(self, name: str) -> Standing | None:
        """The standing that a field carries. Without one the form is refused, once."""
        seen = Standing.parsed(str(self.cleaned_data[name]))
        if seen is None and not self.is_from_nowhere:
            self.is_from_nowhere = True
            self.add_error(None, OLD_PAGE)
        return seen

    def show_again(self, standing: Standing, row: Model) -> None:
        """What was typed stays; sent again, it says that what came between was read, of the row
        that the page told it of."""
        self.data = dict(self.data.items()) | {self.add_prefix("seen"): str(standing)}
