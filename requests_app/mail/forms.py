"""What dismissing a mail asks: why nobody needs to act on it."""

from __future__ import annotations

from django import forms

from requests_app.forms import long_text


class DismissForm(forms.Form):
    reason = long_text(
        "Why nobody needs to act on it", 2, missing="Say why nobody needs to act on it.",
        help_text="It goes on record; do not repeat names or addresses.",
    )  # fmt: skip
