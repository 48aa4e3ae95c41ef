"""Forms of the verbs on a request. Each carries how the request stood when it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from audit.forms import SeenForm
from requests_app import currencies, numbering
from requests_app.files.fields import FilesField, again, limits
from requests_app.forms import ClaimForm, long_text
from requests_app.mail import outbox
from requests_app.models import Priority, SupportRequest, User
from requests_app.models.facts import Confirmation, Resolution, RootCause
from requests_app.services.ending import why_not_original

WAITING_FOR = {
    "waiting_customer": "The customer",
    "waiting_vendor": "A vendor",
    "waiting_evidence": "Evidence",
    "waiting_problem": "A known problem",
}
NOBODY = "nobody"


class ActForm(SeenForm):
    """``colleagues`` are those who may work on the request."""

    def __init__(
        self, *args: Any, support_request: SupportRequest, colleagues: Sequence[User] = (),
        person: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.support_request, self.person = support_request, person
        self.colleagues = {str(colleague.pk): colleague for colleague in colleagues}
        self.prepare()

    def prepare(self) -> None:
        """What a form shows of the request: its present values and its choices."""

    def asks_first(self) -> bool:
        """Whether what was sent is shown once more before it is done."""
        return False

    @property
    def shows_first(self) -> bool:
        return self.is_bound and self.is_valid() and self.asks_first()

    def told(self) -> str:
        """What was done, where the form knows more of it than its verb; empty where not."""
        return ""


class ColleagueField(forms.ChoiceField):
    """One of the form's colleagues."""

    def __init__(self, **kwargs: Any) -> None:
        missing = {"required": "Choose a person.", "invalid_choice": "Choose one of the list."}
        super().__init__(error_messages=missing, **kwargs)


class TriageForm(ActForm):
    priority = forms.ChoiceField(choices=Priority.choices)
    category = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    reason = forms.CharField(max_length=1_000, required=False, help_text="Optional.")

    def prepare(self) -> None:
        for name in ("priority", "category"):
            self.initial[name] = getattr(self.support_request, name)


class TakeForm(ActForm):
    """Taking needs nothing but the person."""


class AssignForm(ActForm):
    assignee = ColleagueField(label="To whom")
    reason = forms.CharField(max_length=1_000, required=False)

    def prepare(self) -> None:
        """Who has it is chosen, unless they work here no more: nobody is left out in passing."""
        offer(self, [(NOBODY, "Nobody")], self.colleagues)
        self.initial["assignee"] = str(self.support_request.assignee_id or NOBODY)

    def clean_assignee(self) -> User | None:
        return self.colleagues.get(self.cleaned_data["assignee"])


class HandOverForm(ActForm):
    assignee = ColleagueField(label="To whom")
    reason = long_text(
        "What they need to know", 3, missing="Say how it stands, so that nothing is asked twice."
    )

    def prepare(self) -> None:
        present = str(self.support_request.assignee_id)
        others = {key: person for key, person in self.colleagues.items() if key != present}
        offer(self, [], others)

    def clean_assignee(self) -> User:
        return self.colleagues[self.cleaned_data["assignee"]]


def offer(form: ActForm, first: list[tuple[str, str]], people: dict[str, User]) -> None:
    field = form.fields["assignee"]
    assert isinstance(field, forms.ChoiceField)
    named = [(key, str(person)) for key, person in people.items()]
    field.choices = [("", "Choose one"), *first, *named]


class WithFiles(ActForm):
    """What may carry files. A browser does not keep them when the form is shown again."""

    # It has the name of what the form was sent with, which instances hold.
    files = FilesField(required=False)  # type: ignore[assignment]
    field_order = ("body", "files")

    def prepare(self) -> None:
        self.fields["files"].help_text = limits()

    def ask_for_files_again(self) -> None:
        files = self.cleaned_data.get("files")
        if files:
            self.add_error("files", again(files))


class AttachForm(WithFiles):
    files = FilesField(label="Files")


class ReplyForm(WithFiles):
    body = long_text(
        "Reply to the customer", 5, missing="Write the reply first.",
        help_text="It is never edited: a correction is a new one.",
    )  # fmt: skip

    def prepare(self) -> None:
        """Whether a mail will leave is said before it is written."""
        field = self.fields["body"]
        field.help_text = f"{outbox.told(self.support_request)} {field.help_text}"


class NoteForm(WithFiles):
    body = long_text(
        "Note for colleagues", 4, missing="Write the note first.",
        help_text="The customer never sees it. It is never edited: a correction is a new one.",
    )  # fmt: skip


class CorrectForm(ActForm):
    body = long_text(
        "As it should read", 8, missing="Write the message as it should read.",
        help_text="A new message; the old one stays, folded under it.",
    )  # fmt: skip
    reason = forms.CharField(label="What was wrong", max_length=1_000, required=False)


class PriorityForm(ActForm):
    priority = forms.ChoiceField(choices=Priority.choices)
    reason = forms.CharField(max_length=1_000, required=False)

    def prepare(self) -> None:
        self.initial["priority"] = self.support_request.priority

    def told(self) -> str:
        return f"The priority is {Priority(self.cleaned_data['priority']).label.lower()} now."


class CategoryForm(ActForm):
    category = forms.CharField(
        max_length=100, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    reason = forms.CharField(max_length=1_000, required=False)

    def prepare(self) -> None:
        self.initial["category"] = self.support_request.category


class CustomerForm(ActForm):
    customer_email = forms.EmailField(
        label="Customer's e-mail", required=False,
        help_text="A customer we know by this address is used again.",
    )  # fmt: skip
    customer_name = forms.CharField(
        label="Customer's name", max_length=200, required=False,
        widget=forms.TextInput({"dir": "auto"}), help_text="For one we do not know yet.",
    )  # fmt: skip
    reason = long_text("Why it is theirs", 2, missing="Say why the request is theirs.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not (given.get("customer_email") or given.get("customer_name")):
            self.add_error("customer_email", "Give the customer's address, or at least a name.")
        return given


class WaitForm(ActForm):
    waiting_for = forms.ChoiceField(label="For what", choices=list(WAITING_FOR.items()))
    reason = forms.CharField(max_length=1_000, required=False)

    def prepare(self) -> None:
        field = self.fields["waiting_for"]
        assert isinstance(field, forms.ChoiceField)
        present = self.support_request.status
        field.choices = [choice for choice in WAITING_FOR.items() if choice[0] != present]


class ResumeForm(ActForm):
    reason = forms.CharField(max_length=1_000, required=False)


def confirmation() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="What the customer says", required=False,
        choices=[("", "Not asked, or not yet"), *Confirmation.choices],
    )  # fmt: skip


class ResolveForm(ActForm):
    resolution = forms.ChoiceField(
        choices=[("", "Choose one"), *Resolution.choices],
        error_messages={"required": "Choose how it was resolved."},
    )
    root_cause = forms.ChoiceField(
        label="What caused it", choices=[("", "Choose one"), *RootCause.choices],
        error_messages={"required": "Choose what caused it; not known is an answer."},
    )  # fmt: skip
    note = long_text("What was done", 3, missing="Say what was done.")
    customer_confirmation = confirmation()


class CloseForm(ActForm):
    customer_confirmation = confirmation()
    reason = forms.CharField(max_length=1_000, required=False)

    def prepare(self) -> None:
        self.initial["customer_confirmation"] = self.support_request.customer_confirmation


class RejectForm(ActForm):
    reason = long_text(
        "Why it is rejected", 3, missing="Say why it is rejected.",
        help_text="The customer is not told by this: write them a reply.",
    )  # fmt: skip


class FactsForm(ActForm, ClaimForm):
    reason = long_text(
        "What was wrong", 2, missing="Say what was wrong, for whoever reads the record later."
    )

    def prepare(self) -> None:
        present = self.support_request
        for name in ClaimForm.base_fields:
            self.initial[name] = getattr(present, name)
        if present.claimed_amount is not None:
            amount = currencies.at_scale(present.claimed_amount, present.claimed_currency)
            self.initial["claimed_amount"] = f"{amount:f}"


class CancelForm(ActForm):
    reason = long_text("Why it is cancelled", 3, missing="Say why it is cancelled.")


class DuplicateForm(ActForm):
    """A digit typed wrongly names somebody else's request: the other one is shown before."""

    original = forms.CharField(
        label="Number of the other request", max_length=24,
        help_text="Its last digits will do, for example 36. It is shown to you before it is done.",
        error_messages={"required": "Give the number of the other request."},
    )  # fmt: skip
    reason = forms.CharField(max_length=1_000, required=False)
    # The number of the request that was shown; not the form's to render, the preview carries it.
    shown = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput)

    def clean_original(self) -> SupportRequest:
        number = str(self.cleaned_data["original"]).strip().upper()
        found = self.named(number)
        if not found:
            raise forms.ValidationError(f"You see no request {number}. Check its number.")
        if len(found) > 1:
            listed = " or ".join(sorted(each.number for each in found))
            raise forms.ValidationError(f"Several numbers end so: {listed}. Give the whole one.")
        return found[0]

    def named(self, number: str) -> list[SupportRequest]:
        """By its whole number, or by its end: then of the same entity, in the same year if any."""
        ours = self.support_request
        visible = SupportRequest.objects.visible_to(self.person).select_related(
            "duplicate_of", "customer", "entity"
        )
        numbers = numbering.ending_in(number, [ours.entity_id])
        found = list(visible.filter(number__in=[number, *numbers]))
        year = ours.number.rpartition("-")[0]
        return [each for each in found if each.number.rpartition("-")[0] == year] or found

    def asks_first(self) -> bool:
        """Not where it would be refused anyway: then the refusal is told, and on record."""
        original = self.cleaned_data["original"]
        is_shown = self.cleaned_data["shown"] == original.number
        return not is_shown and not why_not_original(original, self.support_request)

    @property
    def is_of_another(self) -> bool:
        """Whether the customers of the two differ."""
        original: SupportRequest = self.cleaned_data["original"]
        return original.customer_id != self.support_request.customer_id

    def told(self) -> str:
        original = self.cleaned_data["original"]
        return f"{self.support_request.number} is a duplicate of {original.number} now."


class ReopenForm(ActForm):
    reason = long_text("Why it is reopened", 3, missing="Say why it is reopened.")
