"""What forms say where a field is wrong, in our own words: the framework's know neither what to do
next nor how we write. One place; a field that knows better says so itself."""

from __future__ import annotations

from django import forms
from django.core import validators

NEEDED = "Fill this in."
NOT_LISTED = "This is not in the list. Choose one that is."
OF_FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": NEEDED},
    forms.ChoiceField: {"invalid_choice": NOT_LISTED},
    forms.TypedChoiceField: {"invalid_choice": NOT_LISTED},
    forms.MultipleChoiceField: {
        "invalid_choice": NOT_LISTED, "invalid_list": "Choose from the list.",
    },
    forms.ModelChoiceField: {"invalid_choice": NOT_LISTED},
    forms.IntegerField: {"invalid": "Give a whole number."},
    forms.FloatField: {"invalid": "Give a number in digits."},
    forms.DecimalField: {"invalid": "Give a number in digits, for example 1250.00."},
    forms.DateField: {"invalid": "Give a day like 2026-09-15."},
    forms.DateTimeField: {"invalid": "Give a day and a time like 2026-09-15 09:30."},
    forms.FileField: {
        "invalid": "Choose a file first.", "missing": "Choose a file first.",
        "empty": "This file is empty. Choose another one.",
    },
}  # fmt: skip
OF_VALIDATORS: dict[type, str] = {
    validators.EmailValidator: "Give a whole e-mail address, for example ana@example.com.",
    validators.MaxLengthValidator: (
        "Write at most %(limit_value)d characters; these are %(show_value)d."
    ),
    validators.MinLengthValidator: (
        "Write at least %(limit_value)d characters; these are %(show_value)d."
    ),
    validators.RegexValidator: "Write it as the words beside the field say.",
    validators.MaxValueValidator: "Give %(limit_value)s or less.",
    validators.MinValueValidator: "Give %(limit_value)s or more.",
    validators.ProhibitNullCharactersValidator: (
        "There is a character in it that nobody sees and that cannot be kept. Type it again."
    ),
}  # fmt: skip


def use_own() -> None:
    """For fields that are made from now on: apps are ready before forms are."""
    for field, messages in OF_FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **messages}
    for validator, message in OF_VALIDATORS.items():
        validator.message = message  # type: ignore[attr-defined]
