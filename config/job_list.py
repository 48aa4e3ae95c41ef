"""The list of background jobs: what the numbers of the management page count."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.forms import NOT_LISTED
from config import overview

STATES = {
    "todo": "Waiting", "doing": "Running", "failed": "Failed", "succeeded": "Done",
    "cancelled": "Cancelled", "aborted": "Aborted",
}  # fmt: skip


class JobFilter(forms.Form):
    queue = forms.ChoiceField(required=False, error_messages=NOT_LISTED)
    status = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any state"), *STATES.items()],
        error_messages=NOT_LISTED,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["queue"]
        assert isinstance(field, forms.ChoiceField)
        names = [name for name, *_ in overview.queues()]
        field.choices = [("", "Any queue"), *((name, name) for name in names)]

    def found(self) -> QuerySet[Any]:
        """None where what is asked is unclear."""
        jobs: QuerySet[Any] = ProcrastinateJob.objects.order_by("-pk")
        if not self.is_valid():
            return jobs.none()
        given = {"queue_name": self.cleaned_data["queue"], "status": self.cleaned_data["status"]}
        return jobs.filter(**{name: value for name, value in given.items() if value})

    def applied(self) -> list[tuple[str, str, str]]:
        """What narrows the list, as (parameter, label, value in words)."""
        if not self.is_valid():
            return []
        given = self.cleaned_data
        words = {"queue": given["queue"], "status": STATES.get(given["status"], "")}
        return [(name, str(self[name].label), told) for name, told in words.items() if told]
