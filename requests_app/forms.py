"""Check the shape of what people type; what may be done with it, services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from audit import paging
from requests_app import currencies, people
from requests_app.files.fields import AGAIN, FilesField, limits
from requests_app.models import Customer, Entity, Priority
from requests_app.models.facts import Remedy
from requests_app.models.support_request import Channel

LONGEST_TEXT = 500_000
EARLIEST_YEAR = 1970
SECONDS = "%Y-%m-%dT%H:%M:%S"
NO_CUSTOMER = "You see no such customer in use. Give a name or an address instead."
NO_ENTITY = "You may not open requests there. Choose one of the entities listed."


def long_text(label: str, rows: int, *, missing: str, help_text: str = "") -> forms.CharField:
    """``missing`` says what to do when nothing was typed."""
    return forms.CharField(
        label=label, max_length=LONGEST_TEXT, help_text=help_text,
        widget=forms.Textarea({"rows": rows, "dir": "auto"}),
        error_messages={"required": missing},
    )  # fmt: skip


class ClaimForm(forms.Form):
    """What the customer claims, by which papers and through whom; nothing is granted by it."""

    requested_remedy = forms.ChoiceField(
        label="What they want", choices=[("", "Not said"), *Remedy.choices], required=False
    )
    claimed_amount = forms.CharField(
        max_length=40, required=False, help_text="For example 1,250.00",
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    claimed_currency = forms.CharField(
        max_length=3, required=False, help_text="Three letters, for example USD",
        widget=forms.TextInput({"autocapitalize": "characters", "autocomplete": "off"}),
    )  # fmt: skip
    invoice_reference = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    contract_reference = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    contact_name = forms.CharField(
        label="Contact", max_length=200, required=False, widget=forms.TextInput({"dir": "auto"}),
        help_text="Whom to ask, where it is not the customer themselves.",
    )  # fmt: skip
    contact_address = forms.CharField(
        label="Contact's address", max_length=250, required=False,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        help_text="An e-mail address or a phone number.",
    )  # fmt: skip

    def clean_claimed_currency(self) -> str:
        code = str(self.cleaned_data["claimed_currency"]).upper()
        refuse(currencies.why_not_currency(code) if code else "")
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        typed, currency = given.get("claimed_amount", ""), given.get("claimed_currency")
        given["claimed_amount"] = None
        if typed and currency:
            amount = currencies.parsed(typed)
            refusal = currencies.why_not_amount(amount, currency)
            if refusal:
                self.add_error("claimed_amount", refusal)
            given["claimed_amount"] = amount
        elif typed and currency == "":
            self.add_error("claimed_currency", "Give the currency of the amount, for example USD.")
        elif currency and not typed:
            self.add_error("claimed_amount", "Give the amount, or leave out the currency.")
        return given


def refuse(sentence: str) -> None:
    if sentence:
        raise forms.ValidationError(sentence)


class OpenRequestForm(ClaimForm):
    """A new request."""

    entity = forms.ModelChoiceField(
        Entity.objects.none(), to_field_name="code", empty_label="Choose one",
        help_text="The company the request belongs to; its number starts with the code.",
        error_messages={"required": "Choose the entity.", "invalid_choice": NO_ENTITY},
    )  # fmt: skip
    channel = forms.ChoiceField(
        choices=[choice for choice in Channel.choices if choice[0] not in ("api", "import")],
        help_text="How the request reached us.",
    )
    subject = forms.CharField(
        max_length=300, widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": "Say in a few words what it is about."},
    )  # fmt: skip
    description = long_text(
        "What the customer says", 8, missing="Write or paste what the customer says.",
        help_text="In their words. It is kept as received and its fingerprint goes on record.",
    )  # fmt: skip
    # It has the name of what the form was sent with, which instances hold.
    files = FilesField(required=False)  # type: ignore[assignment]
    customer = forms.ModelChoiceField(
        Customer.objects.none(), required=False, widget=forms.HiddenInput,
        error_messages={"invalid_choice": NO_CUSTOMER},
    )  # fmt: skip
    customer_name = forms.CharField(
        label="Customer", max_length=200, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    customer_email = forms.EmailField(
        label="Customer's e-mail", required=False,
        help_text="A customer we know by this address is used again.",
    )  # fmt: skip
    priority = forms.ChoiceField(choices=Priority.choices, initial=Priority.NORMAL)
    category = forms.CharField(max_length=100, required=False)
    received_at = forms.DateTimeField(
        label="Received", required=False, help_text="When the channel says it came; empty for now.",
        widget=forms.DateTimeInput({"type": "datetime-local", "step": 1}, format=SECONDS),
        input_formats=[SECONDS, "%Y-%m-%dT%H:%M"],
    )  # fmt: skip

    field_order = ("entity", "channel", "subject", "description", "files", "customer",
                   "customer_name", "customer_email", "contact_name", "contact_address",
                   "requested_remedy", "claimed_amount", "claimed_currency",
                   "invoice_reference", "contract_reference")  # fmt: skip

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].help_text = limits()
        allowed = people.entities_of(person, people.WORKS_ON_REQUESTS)
        field = self.fields["entity"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Entity.objects.filter(pk__in=[entity.pk for entity in allowed])
        if len(allowed) == 1:
            field.initial = allowed[0].code
        self.offer_customers(person)

    def ask_for_files_again(self) -> None:
        if self.cleaned_data.get("files"):
            self.add_error("files", AGAIN)

    def offer_customers(self, person: Any) -> None:
        """Those of the entities where the person works; a chosen one is not asked for again."""
        field = self.fields["customer"]
        assert isinstance(field, forms.ModelChoiceField)
        entities = people.entities_of(person, people.WORKS_ON_REQUESTS)
        standing = Customer.objects.visible_to(person).standing()
        field.queryset = standing.filter(entity__in=entities).select_related("entity")
        chosen = self.data.get("customer") if self.is_bound else self.initial.get("customer")
        key = paging.id_of(str(chosen or ""))
        self.chosen = field.queryset.filter(pk=key).first() if key is not None else None
        if self.chosen is not None:
            self.initial["entity"] = self.chosen.entity.code

    def clean_received_at(self) -> Any:
        received = self.cleaned_data["received_at"]
        if received is not None:
            is_early = received.year < EARLIEST_YEAR
            refuse(f"Give the year in full, from {EARLIEST_YEAR} on." if is_early else "")
            is_later = received > timezone.now()
            refuse("This moment has not come yet. Give when it came." if is_later else "")
        return received
