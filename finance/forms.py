"""Check the shape of what people type about the books; what may be done, services decide."""

from __future__ import annotations

from typing import Any

from django import forms

from audit.forms import NOT_LISTED, SeenForm
from finance import deciding
from finance.models import Account, JournalEntry
from requests_app import people
from requests_app.forms import long_text
from requests_app.models import Entity

# As browsers send it, whatever the language: a day they cannot read they would send back empty.
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
# No input of type month: some browsers have none, and the others cannot show a mistake in one.
MONTH = forms.TextInput({"placeholder": "2026-09"})


class JournalFilter(forms.Form):
    """Which entries a list shows. What is not filled in filters nothing."""

    q = forms.CharField(
        label="Number or text", required=False, max_length=100,
        widget=forms.TextInput({"type": "search", "dir": "auto"}),
    )  # fmt: skip
    entity = forms.ModelChoiceField(
        Entity.objects.none(), to_field_name="code", required=False, empty_label="All",
        error_messages=NOT_LISTED,
    )  # fmt: skip
    account = forms.CharField(label="Account", required=False, max_length=20)
    period = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])\Z", required=False, widget=MONTH,
        error_messages={"invalid": "Give the month like 2026-09."},
    )  # fmt: skip
    source = forms.ChoiceField(
        choices=[("", "All"), *JournalEntry.Source.choices], required=False,
        error_messages=NOT_LISTED,
    )  # fmt: skip

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = people.entities_of(person, people.READS_BOOKS)
        field = self.fields["entity"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Entity.objects.filter(pk__in=[entity.pk for entity in entities])

    def applied(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


class BooksForm(SeenForm):
    """Something about the books of an entity, with the reason."""

    reason = long_text(
        "Why", 2, missing="Say why, for whoever reads the record later.",
        help_text="It goes on record with your name.",
    )  # fmt: skip
    field_order: tuple[str, ...] = ()

    def __init__(self, *args: Any, entity: Entity, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity, self.row = entity, row
        for name in self.fields:
            if row is not None and name != "seen" and hasattr(row, name):
                self.initial.setdefault(name, getattr(row, name))
        self.order_fields([name for name in self.fields if name != "reason"])
        self.prepare()

    def prepare(self) -> None:
        """What depends on the entity or the row."""

    def facts(self) -> dict[str, Any]:
        """The columns of the row."""
        return {
            name: value for name, value in self.cleaned_data.items()
            if name not in ("reason", "seen")
        }  # fmt: skip


class MoveForm(BooksForm):
    """A step of a period: nothing but why."""


class ReverseForm(BooksForm):
    posting_date = forms.DateField(
        label="Posting day", widget=DAY, help_text="In an open period.",
        error_messages={"invalid": "Give a day like 2026-09-15.", "required": "Give the day."},
    )  # fmt: skip

    def prepare(self) -> None:
        self.initial.setdefault("posting_date", self.entity.today())


class DimensionForm(BooksForm):
    name = forms.CharField(
        max_length=120, widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": "Give it a name."},
    )  # fmt: skip
    starts_on = forms.DateField(
        label="First day", required=False, widget=DAY, help_text="Empty for always.",
        error_messages={"invalid": "Give a day like 2026-09-15."},
    )  # fmt: skip
    ends_on = forms.DateField(
        label="Last day", required=False, widget=DAY, help_text="Empty while it is in use.",
        error_messages={"invalid": "Give a day like 2026-09-15."},
    )  # fmt: skip


class AccountForm(DimensionForm):
    is_postable = forms.BooleanField(label="Takes entries", required=False, initial=True)
    is_taxable = forms.BooleanField(label="Takes tax codes", required=False)


class NewMixin(forms.Form):
    code = forms.CharField(
        max_length=20, help_text="It stays: entries name it.",
        error_messages={"required": "Give it a code."},
    )  # fmt: skip


class NewAccountForm(NewMixin, AccountForm):
    kind = forms.ChoiceField(choices=Account.Kind.choices, error_messages=NOT_LISTED)
    field_order = ("code", "name", "kind")


class NewCostCentreForm(NewMixin, DimensionForm):
    field_order = ("code", "name")


class NewTaxCodeForm(NewMixin, DimensionForm):
    rate = forms.DecimalField(
        min_value=0, max_value=100, max_digits=7, decimal_places=4,
        help_text="In per cent. Another rate is another code.",
    )  # fmt: skip
    account = forms.ModelChoiceField(
        Account.objects.none(),
        label="Owed on account",
        error_messages=NOT_LISTED,
    )
    field_order = ("code", "name", "rate", "account")

    def prepare(self) -> None:
        field = self.fields["account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Account.objects.filter(entity=self.entity).order_by("code")


class NewPeriodForm(BooksForm):
    month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])\Z",
        widget=MONTH,
        help_text="For example 2026-09.",
        error_messages={"invalid": "Give the month like 2026-09.", "required": "Give the month."},
    )

    def prepare(self) -> None:
        self.initial.setdefault("month", deciding.next_month(self.entity))
        self.fields["reason"].required = False

    def facts(self) -> dict[str, Any]:
        year, month = str(self.cleaned_data["month"]).split("-")
        return {"year": int(year), "month": int(month)}
