"""What a redaction asks: why, and that its consequence is known."""

from __future__ import annotations

from django import forms

from audit.forms import SeenForm
from requests_app.forms import long_text


class RedactForm(SeenForm):
    reason = long_text(
        "Why it has to go", 3, missing="Say why it has to go. The reason is shown where it stood.",
        help_text="Everybody who sees the request reads it: do not repeat what is to be removed.",
    )  # fmt: skip
    is_final = forms.BooleanField(
        label="I know that nobody can bring it back",
        error_messages={"required": "Tick this: nobody can bring it back."},
    )
