"""Forms of what is done to a customer; each names its fields as the service does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Model

from audit.forms import SeenForm
from audit.standing import Standing, read_with
from requests_app.models import Customer, CustomerAddress
from requests_app.services.customers import PRIMARY
from requests_app.services.revealing import PURPOSES

GONE = "Choose one of the addresses in use."


def reason(label: str, missing: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=1_000, error_messages={"required": missing},
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip


class CustomerForm(SeenForm):
    """``addresses`` are those in use beside the primary ones, ``standing`` how both are shown."""

    def __init__(
        self, *args: Any, customer: Customer, addresses: Sequence[CustomerAddress] = (),
        standing: Standing | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **{"initial": {"seen": str(standing)}, **kwargs})
        self.customer, self.addresses = customer, {str(each.pk): each for each in addresses}
        self.prepare()

    def prepare(self) -> None:
        """What a form shows of the customer."""

    def choose(self, kinds: Sequence[str]) -> None:
        field = self.fields["address"]
        assert isinstance(field, forms.ChoiceField)
        offered = [
            (key, f"{each.get_kind_display()}: {each.value}")
            for key, each in self.addresses.items()
            if each.kind in kinds
        ]
        field.choices = [("", "Choose one"), *offered]

    def given(self) -> dict[str, Any]:
        """What the service is called with."""
        return {"customer": self.customer, **self.cleaned_data}


class AddressField(forms.ChoiceField):
    def __init__(self) -> None:
        missing = {"required": "Choose an address.", "invalid_choice": GONE}
        super().__init__(label="Which address", error_messages=missing)


class AddressForm(CustomerForm):
    """A form about one of the further addresses."""

    part_field = "address"
    address = AddressField()
    kinds: Sequence[str] = tuple(CustomerAddress.Kind.values)

    def prepare(self) -> None:
        self.choose(self.kinds)

    def given(self) -> dict[str, Any]:
        chosen = self.addresses[self.cleaned_data["address"]]
        return self.cleaned_data | {"address": chosen}


class FactsForm(CustomerForm):
    name = forms.CharField(
        max_length=200, widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": "A customer has a name. Write it."},
    )  # fmt: skip
    reference = forms.CharField(
        max_length=100, required=False, help_text="Their number in another system."
    )
    reason = forms.CharField(max_length=1_000, required=False)

    def prepare(self) -> None:
        for name in ("name", "reference"):
            self.initial[name] = getattr(self.customer, name)


class AddAddressForm(CustomerForm):
    kind = forms.ChoiceField(choices=CustomerAddress.Kind.choices)
    value = forms.CharField(
        label="Address", max_length=250, error_messages={"required": "Write the address."},
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip


class ChangeAddressForm(AddressForm):
    value = forms.CharField(
        label="Right address", max_length=250,
        error_messages={"required": "Write the address as it should be."},
        help_text="For a mistake in writing. Who has moved gets another address.",
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip
    reason = forms.CharField(max_length=1_000, required=False)


class EndAddressForm(AddressForm):
    reason = reason("Why it ends", "Say why it is used no more.")

    def prepare(self) -> None:
        """The primary ones can be ended, too; they stand by their kind."""
        self.choose(self.kinds)
        field = self.fields["address"]
        assert isinstance(field, forms.ChoiceField)
        primary = [
            (kind, f"Primary {kind.label.lower()}: {getattr(self.customer, column)}")
            for kind, column in PRIMARY.items()
            if getattr(self.customer, column)
        ]
        shown: Any = field.choices
        field.choices = [shown[0], *primary, *shown[1:]]

    def given(self) -> dict[str, Any]:
        chosen = self.cleaned_data["address"]
        if chosen in PRIMARY:
            return {"customer": self.customer, "kind": chosen, "seen": self.cleaned_data["seen"],
                    "reason": self.cleaned_data["reason"]}  # fmt: skip
        return super().given()


class PrimaryForm(AddressForm):
    kinds = tuple(PRIMARY)


class DeactivateForm(CustomerForm):
    reason = reason("Why they are not in use any more", "Say why.")


class ReactivateForm(CustomerForm):
    reason = reason("Why they are in use again", "Say why.")


class MergeForm(SeenForm):
    """``seen_into`` says how the one to stay stood."""

    seen_into = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = reason("Why the two are one customer", "Say how you know that the two are one.")

    def __init__(self, *args: Any, customer: Customer, into: Customer, **kwargs: Any) -> None:
        self.shown = {"seen": customer, "seen_into": into}
        super().__init__(*args, **{"initial": self.standings(), **kwargs})

    def standings(self) -> dict[str, str]:
        return {name: str(read_with(row)) for name, row in self.shown.items()}

    def clean_seen_into(self) -> Standing | None:
        return self.standing_in("seen_into")

    def show_again(self, standing: Standing, row: Model) -> None:
        """Only the one of which it was told; what came to the other is told when it is sent
        again."""
        names = [name for name, shown in self.shown.items() if shown == row]
        self.data = dict(self.data.items()) | dict.fromkeys(names, str(standing))


class UnmergeForm(SeenForm):
    reason = reason("Why the two are not one customer", "Say why the merge was a mistake.")


class RevealForm(forms.Form):
    """``next`` is the page to go back to; the view checks it."""

    purpose = forms.ChoiceField(
        choices=[("", "Choose one"), *PURPOSES.items()],
        error_messages={"required": "Choose what you need it for."},
    )
    reason = forms.CharField(
        label="In your words", max_length=1_000, widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": "Say what you need it for."},
        help_text="This goes on record with your name.",
    )  # fmt: skip
    next = forms.CharField(widget=forms.HiddenInput, required=False)
