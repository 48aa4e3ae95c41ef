"""Check the shape of what people type about invoices; what may be done, services decide."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms

from audit.forms import NOT_LISTED, SeenForm
from finance import balances, invoice_reading
from finance.forms import DAY
from finance.models import Account, CostCentre, InvoiceImport, InvoicePayment, TaxCode
from finance.services.invoice_files import MOST_BYTES, customers_of
from finance.services.invoices import MOST_LINES, Charge, Issued
from finance.services.payments import Paid
from requests_app import currencies
from requests_app.forms import long_text
from requests_app.models import Customer, Entity

NO_DAY = {"invalid": "Give a day like 2026-09-15.", "required": "Give the day."}
ROWS, MORE_ROWS = 3, 3


class AmountField(forms.CharField):
    """Digits, thousands parted by commas or not; the service judges their places."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = currencies.parsed(text) if text else None
        if text and found is None:
            raise forms.ValidationError("Give it in digits, for example 1250.00.")
        return found


def day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DAY, error_messages=NO_DAY, **kwargs)


def short(label: str, most: int, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput({"dir": "auto"})
    return forms.CharField(label=label, max_length=most, widget=widget, **kwargs)


class InvoiceFilter(forms.Form):
    """Which invoices a list shows. What is not filled in filters nothing."""

    q = forms.CharField(
        label="Number or text", required=False, max_length=100,
        widget=forms.TextInput({"type": "search", "dir": "auto"}),
    )  # fmt: skip
    entity = forms.ModelChoiceField(
        Entity.objects.none(), to_field_name="code", required=False, empty_label="All",
        error_messages=NOT_LISTED,
    )  # fmt: skip
    state = forms.ChoiceField(
        choices=[("", "All"), *balances.STATES.items()], required=False, error_messages=NOT_LISTED
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}\Z", required=False,
        error_messages={"invalid": "Give the currency as three letters, for example USD."},
    )  # fmt: skip
    since = day("Issued since", required=False)
    until = day("Issued until", required=False)
    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, widget=forms.HiddenInput, error_messages=NOT_LISTED
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = [entity.pk for entity in invoice_reading.entities(person)]
        for name, rows in (
            ("entity", Entity.objects.filter(pk__in=readable)),
            ("customer", Customer.objects.visible_to(person).filter(entity__in=readable)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def asked(self) -> dict[str, str]:
        """What filters, as it stands in the address."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}


class InvoiceForm(SeenForm):
    is_from_nowhere = True
    customer = short(
        "Customer", 254, help_text="Their e-mail, or their number in the other system.",
        error_messages={"required": "Say whose invoice it is."},
    )  # fmt: skip
    number = short("Number", 60, error_messages={"required": "Give its number."})
    currency = forms.CharField(max_length=3)
    issued_on = day("Issued on")
    due_on = day("Due on")
    reference = short("Reference", 100, required=False, help_text="What the customer calls it.")
    external_key = short("Key elsewhere", 100, required=False, help_text="In the other system.")

    def __init__(self, *args: Any, entity: Entity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity = entity
        self.initial.setdefault("currency", entity.currency)

    def clean_customer(self) -> Customer:
        named = self.cleaned_data["customer"].strip()
        found = customers_of(self.entity, {named}).get(named.lower(), [])
        if len(found) != 1:
            code = self.entity.code
            told = f"Several customers of {code} have it." if found else (
                f"No customer of {code} has it.")  # fmt: skip
            raise forms.ValidationError(told)
        return found[0]

    def issued(self) -> Issued:
        facts = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Issued(entity=self.entity, **facts)


class LineForm(forms.Form):
    text = short("What for", 200, error_messages={"required": "Say what it charges."})
    quantity = AmountField(label="Quantity", required=False)
    net = AmountField(label="Net amount", error_messages={"required": "Give the amount."})
    account = forms.ModelChoiceField(Account.objects.none(), error_messages=NOT_LISTED)
    tax_code = forms.ModelChoiceField(
        TaxCode.objects.none(), label="Tax code", required=False, error_messages=NOT_LISTED
    )
    tax = AmountField(label="Tax", required=False, help_text="Empty for what the code makes.")
    cost_centre = forms.ModelChoiceField(
        CostCentre.objects.none(), label="Cost centre", required=False, error_messages=NOT_LISTED
    )
    project = short("Project", 40, required=False)

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (rows, options) in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
            field.widget.choices = options  # read once for all lines

    def charge(self) -> Charge:
        return Charge(**self.cleaned_data)


class Lines(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows that were left empty are none."""

    def charges(self) -> list[Charge]:
        return [form.charge() for form in self.forms if form.has_changed()]


LineSet = forms.formset_factory(
    LineForm, formset=Lines, extra=ROWS, max_num=MOST_LINES, absolute_max=MOST_LINES
)


def coding_of(entity: Entity) -> dict[str, Any]:
    """The rows that lines are coded to, and the options that show them."""
    accounts = entity.accounts.filter(is_postable=True)
    return {
        name: (rows, [("", "---------"), *((row.pk, str(row)) for row in rows)])
        for name, rows in (
            ("account", accounts), ("tax_code", entity.tax_codes.all()),
            ("cost_centre", entity.cost_centres.all()),
        )
    }  # fmt: skip


class PaymentForm(SeenForm):
    paid_on = day("Paid on")
    amount = AmountField(label="Amount", error_messages={"required": "Give the amount."})
    kind = forms.ChoiceField(
        label="By", choices=InvoicePayment.Kind.choices, initial="bank_transfer",
        error_messages=NOT_LISTED,
    )  # fmt: skip
    instrument = short(
        "Instrument", 60, required=False,
        help_text="By its last digits: “card ending 4242”, “DE.. 3000”.",
    )  # fmt: skip
    reference = short("Payment reference", 100, required=False)

    def paid(self) -> Paid:
        return Paid(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})


class WhyForm(SeenForm):
    reason = long_text(
        "Why", 2, missing="Say why, for whoever reads the record later.",
        help_text="It goes on record with your name.",
    )  # fmt: skip


class FileForm(forms.Form):
    """A file to be looked through."""

    kind = forms.ChoiceField(
        label="It holds", choices=InvoiceImport.Kind.choices, error_messages=NOT_LISTED
    )
    file = forms.FileField(
        label="CSV file", widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
        help_text="At most 1 MB.",
    )  # fmt: skip

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 1 MB. Split it.")
        return given


class ConfirmForm(forms.Form):
    """The file as it was looked through, carried by the page."""

    kind = forms.ChoiceField(choices=InvoiceImport.Kind.choices, widget=forms.HiddenInput)
    name = forms.CharField(max_length=200, widget=forms.HiddenInput)
    content = forms.CharField(max_length=2 * MOST_BYTES, strip=True, widget=forms.HiddenInput)

    def clean_content(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except (binascii.Error, ValueError):
            raise forms.ValidationError("The file did not arrive whole. Choose it again.") from None
