"""A form field for several files. Which are accepted is decided, and recorded, by the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from audit.diffs import visible
from requests_app.attachments import Upload

AGAIN = "Choose the files again: a browser does not keep them."
NAMED = 5


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Its value is a list of uploads."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        missing = {"required": "Choose a file first.", "invalid": "Choose a file first."}
        super().__init__(error_messages=missing, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        given = [file for file in data or [] if file] if isinstance(data, list) else []
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [Upload(file.name, file, file.content_type or "") for file in given]


def again(files: Sequence[Upload]) -> str:
    """Which they were. A refusal does not say it, since it goes on record and a name may say whose
    file it is; the page of who sent them may."""
    names = [visible(each.name) for each in files]
    listed = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    return f"{AGAIN} They were, in this order: {listed}."


def limits() -> str:
    """What the service accepts, for those who choose."""
    scanned = "Each is scanned for viruses." if settings.ATTACHMENT_SCANNER else ""
    most = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
    whole = filesizeformat(settings.UPLOAD_MAX_BYTES)
    told = f"Up to {most} each, {whole} together. Files are given out as downloads only."
    return f"{told} {scanned}".strip()
