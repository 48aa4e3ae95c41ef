"""What administrators may change on the admin site of calendars, service levels, rules, mailboxes.

Their forms and services are those of the desk's own pages; leads use these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from audit.actors import Actor
from audit.admin import Edit, ReasonForm
from requests_app import due_forms, due_views, people, services
from requests_app.mail import mailboxes
from requests_app.models import Entity, Mailbox, Rule, User
from requests_app.people_forms import EntityField


def why_not(person: Any, row: Any) -> str:
    """Found by administrators: of the row's entity, or for a new row of any."""
    if row is None and people.entities_of(person, people.ADMINISTERS):
        return ""
    if row is not None and people.roles_in(person, row.entity_id) & people.ADMINISTERS:
        return ""
    return "Changing this needs the role administrator there."


def not_when_ended(person: Any, row: Any) -> str:
    return "" if row.is_active else "This is ended and stays as it was."


def of_row(form: type[due_forms.ArrangeForm]) -> Callable[..., Any]:
    """The desk's form of a row, with what an edit asks of one."""

    class OfRow(form):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, row: Any, person: Any, **kwargs: Any) -> None:
            super().__init__(*args, entity=row.entity, row=row, **kwargs)
            self.fields["reason"].required = True

        def given(self) -> dict[str, Any]:
            return {**self.facts(), "reason": self.cleaned_data["reason"]}

    return OfRow


def of_new(form: type[due_forms.ArrangeForm]) -> Callable[..., Any]:
    """The desk's form of a new row, with the entity that it is for."""

    class OfNew(form):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, row: Any, person: Any, **kwargs: Any) -> None:
            entities = people.entities_of(person, people.ADMINISTERS)
            super().__init__(*args, entity=entities[0], **kwargs)
            self.fields["entity"] = offered(person)
            self.fields["reason"].required = True
            self.order_fields(["entity"])
            if "assignee" in self.fields:  # who works in none of these is refused by the service
                self.fields["assignee"].queryset = workers(entities)

        def given(self) -> dict[str, Any]:
            return {**self.facts(), "reason": self.cleaned_data["reason"]}

    return OfNew


def offered(person: Any) -> EntityField:
    field = EntityField()
    field.offer(person)
    return field


def workers(entities: list[Entity]) -> Any:
    ids = {person.pk for entity in entities for person in people.workers(entity)}
    return User.objects.filter(pk__in=ids).order_by("display_name", "username")


def of_its_kind(*args: Any, row: Rule, **kwargs: Any) -> Any:
    """A rule's form is that of its kind, which never changes."""
    is_closing = row.kind == Rule.Kind.CLOSE_AFTER_SILENCE
    form = due_forms.ClosingForm if is_closing else due_forms.AssigningForm
    return of_row(form)(*args, row=row, **kwargs)


def adding(slug: str, name: str = "add") -> Edit:
    part = due_views.PARTS[slug]
    return Edit(
        name, f"Add {part.label}", of_new(part.form), part.add, why_not, of_new=True
    )  # fmt: skip


def changing(slug: str, label: str, form: Callable[..., Any], note: str) -> tuple[Edit, Edit]:
    """Changing a row in use and ending it."""
    part = due_views.PARTS[slug]
    return (
        Edit("change", f"Change {label}", form, part.change, why_not, subject=part.argument,
             not_now=not_when_ended, note=note),
        Edit("end", f"End {label}", of_row(due_forms.EndForm), part.end, why_not,
             subject=part.argument, not_now=not_when_ended,
             note="What it did stays. Another one may take its place."),
    )  # fmt: skip


class MailboxForm(ReasonForm):
    """Its password stands in the settings alone, under the name that is given here."""

    display_name = forms.CharField(
        max_length=200, required=False, widget=forms.TextInput({"dir": "auto"}),
        help_text="Sender's name of what is mailed; else the entity's.",
    )  # fmt: skip
    is_active = forms.BooleanField(label="Active", required=False, initial=True)
    imap_host = forms.CharField(max_length=253, required=False, help_text="Empty: not fetched.")
    imap_port = forms.IntegerField(min_value=1, max_value=65_535, initial=993)
    imap_user = forms.CharField(max_length=320, required=False)
    imap_folder = forms.CharField(max_length=200, initial="INBOX")
    password_name = forms.RegexField(
        r"^[A-Z0-9_]*\Z", max_length=40, required=False,
        help_text="Its password stands in MAILBOX_PASSWORD_ and this name.",
        error_messages={"invalid": "Use capitals, digits and _ only."},
    )  # fmt: skip

    def prepare(self) -> None:
        for name in self.fields:
            if self.row is not None and hasattr(self.row, name):
                self.initial[name] = getattr(self.row, name)


class NewMailboxForm(MailboxForm):
    entity = EntityField()
    address = forms.EmailField(max_length=254)
    field_order = ("entity", "address")

    def prepare(self) -> None:
        field = self.fields["entity"]
        assert isinstance(field, EntityField)
        field.offer(self.person)
        self.order_fields([*self.field_order, *self.fields])

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if Mailbox.objects.filter(address__iexact=address).exists():
            raise forms.ValidationError("Another mailbox has this address already.")
        return address


def add_mailbox(*, by: Actor, **given: Any) -> Mailbox:
    """What its columns refuse is said in words, too: an address that another mailbox has."""
    try:
        return mailboxes.add(by=by, **given)
    except ValidationError as error:
        raise services.RequestRefused(" ".join(error.messages)) from error


STAYS = "Dates that were given stay as they are."
OF_CALENDARS = (
    adding("calendar"),
    *changing("calendar", "calendar", of_row(due_forms.CalendarForm), STAYS),
)
OF_LEVELS = (
    adding("level"),
    *changing("level", "service level", of_row(due_forms.LevelForm), STAYS),
)
OF_RULES = (
    adding("assigning", "add-assigning"),
    adding("closing", "add-closing"),
    *changing("closing", "rule", of_its_kind, "A changed rule is tried afresh."),
)
OF_MAILBOXES = (
    Edit("add", "Add mailbox", NewMailboxForm, add_mailbox, why_not, of_new=True),
    Edit(
        "change", "Change mailbox", MailboxForm, mailboxes.change, why_not, subject="mailbox",
        note="Its address and its entity stay: what was mailed names them.",
    ),
)  # fmt: skip
