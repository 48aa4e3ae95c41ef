"""Forms of people and roles: what administrators type. Services decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms

from audit.forms import SeenForm
from requests_app import people
from requests_app.accounts.profile_forms import ZoneField
from requests_app.models import Entity, Role, RoleGrant, User

ACTIVE = [("", "Active and not"), ("yes", "Active"), ("no", "Not active")]
SECOND = [("", "On and off"), ("on", "On"), ("off", "Off")]


def reason(help_text: str = "It stands in the trail.") -> forms.CharField:
    return forms.CharField(
        max_length=1_000, help_text=help_text, error_messages={"required": "Say why."},
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )  # fmt: skip


def day(label: str, help_text: str, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Give a day as year-month-day, for example 2026-03-31."},
    )  # fmt: skip


class EntityField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__(
            Entity.objects.none(), to_field_name="code", empty_label="Choose one",
            error_messages={"required": "Choose the entity.",
                            "invalid_choice": "Choose an entity where you are administrator."},
        )  # fmt: skip

    def offer(self, person: Any) -> None:
        allowed = people.entities_of(person, people.ADMINISTERS)
        self.queryset = Entity.objects.filter(pk__in=[entity.pk for entity in allowed])
        if len(allowed) == 1:
            self.initial = allowed[0].code


class RoleFields(forms.Form):
    entity = EntityField()
    role = forms.ChoiceField(
        choices=[("", "Choose one"), *Role.choices],
        error_messages={"required": "Choose the role."},
    )
    ends_on = day("Last day", "Empty if it has no end.")
    reason = reason()

    def __init__(self, *args: Any, by: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["entity"]
        assert isinstance(field, EntityField)
        field.offer(by)

    def clean_ends_on(self) -> Any:
        last_day, entity = self.cleaned_data["ends_on"], self.cleaned_data.get("entity")
        if last_day is not None and entity is not None and last_day < entity.today():
            raise forms.ValidationError("This day has passed. Give a later one, or none.")
        return last_day


class GrantForm(SeenForm, RoleFields):
    """A role for somebody who is there."""


class AddForm(RoleFields):
    username = forms.CharField(
        label="Name for signing in", max_length=150, help_text="It never changes. No spaces.",
        widget=forms.TextInput({"autocapitalize": "none", "autocomplete": "off"}),
    )  # fmt: skip
    display_name = forms.CharField(
        label="Name", max_length=150, help_text="As it stands in the trail.",
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail", max_length=254, help_text="A link to set the first password goes there.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )  # fmt: skip
    time_zone = ZoneField(initial="UTC")
    field_order = ("username", "display_name", "email", "time_zone", "entity", "role", "ends_on",
                   "reason")  # fmt: skip

    def clean_username(self) -> str:
        typed = str(self.cleaned_data["username"])
        for validator in User._meta.get_field("username").validators:
            validator(typed)
        return typed


class PersonForm(SeenForm):
    """An act on one person. ``by`` is who looks, ``person`` whom it is about."""

    def __init__(self, *args: Any, by: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.person = by, person
        self.prepare()

    def prepare(self) -> None:
        """What a form shows of the person."""


class ChangeForm(PersonForm):
    display_name = forms.CharField(
        label="Name", max_length=150, widget=forms.TextInput({"dir": "auto", "autocomplete": "off"})
    )
    email = forms.EmailField(
        label="E-mail", max_length=254, required=False,
        help_text="The old address is told. Links sent to it do not work any more.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )  # fmt: skip
    time_zone = ZoneField()
    reason = reason()

    def prepare(self) -> None:
        for name in ("display_name", "email", "time_zone"):
            self.initial[name] = getattr(self.person, name)


class ReasonForm(PersonForm):
    reason = reason()


class InviteForm(PersonForm):
    """Nothing but the person."""


class EndForm(PersonForm):
    part_field = "grant"
    columns: ClassVar = {"ends_on": "last_day"}
    grant = forms.ChoiceField(
        label="Role",
        error_messages={"required": "Choose the role.",
                        "invalid_choice": "Choose one of the roles listed."},
    )  # fmt: skip
    last_day = day("Last day", "Yesterday ends it at once, today tonight.", required=True)
    reason = reason()

    def prepare(self) -> None:
        """The roles that this administrator may end."""
        held = RoleGrant.objects.filter(person=self.person).select_related("entity")
        for grant in held:
            grant.person = self.person  # who may hold what a page has read of them already
        self.grants = {
            str(grant.pk): grant
            for grant in held
            if not people.why_not_end(grant, actor_of(self.by))
        }  # fmt: skip
        field = self.fields["grant"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose one"), *((key, words(g)) for key, g in self.grants.items())]
        if self.grants:
            first = next(iter(self.grants.values()))
            self.initial["last_day"] = first.entity.today() - timedelta(days=1)

    def clean_grant(self) -> RoleGrant:
        return self.grants[self.cleaned_data["grant"]]


def words(grant: RoleGrant) -> str:
    return f"{grant.get_role_display()} in {grant.entity.code}, since {grant.starts_on}"


def actor_of(person: Any) -> Any:
    from audit import actors

    return actors.user(person)


class PeopleFilter(forms.Form):
    q = forms.CharField(
        label="Search", max_length=200, required=False,
        widget=forms.SearchInput({"placeholder": "Name"}),
    )  # fmt: skip
    entity = forms.ChoiceField(required=False)
    role = forms.ChoiceField(choices=[("", "Any role"), *Role.choices], required=False)
    active = forms.ChoiceField(label="Account", choices=ACTIVE, required=False)
    second = forms.ChoiceField(label="Second step", choices=SECOND, required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not people.entities_of(person, people.ADMINISTERS):
            del self.fields["second"]
        field = self.fields["entity"]
        assert isinstance(field, forms.ChoiceField)
        entities = [(entity.code, str(entity)) for entity in people.entities_of(person)]
        field.choices = [("", "Any entity"), *entities]

    def applied(self) -> list[tuple[str, str, str]]:
        if not self.is_valid():
            return []
        shown = []
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            if value:
                told = str(dict(getattr(field, "choices", ())).get(value, value))
                shown.append((name, str(self[name].label), told))
        return shown
