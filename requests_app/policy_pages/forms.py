"""Check the shape of what people type about policies, limits and delegations."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms

from audit.forms import NOT_LISTED, SeenForm
from requests_app import approvable, currencies, people, policies
from requests_app.forms import long_text
from requests_app.models import Entity, Role, User
from requests_app.policies import Rule, Step

MINUTES = "%Y-%m-%dT%H:%M"
STEPS = 4  # that a form offers, and one more than there are
NOT_AN_AMOUNT = "Give the amount in digits, with a point before the decimals, for example 1250.00."
NOT_A_MOMENT = "Give day and time, for example 2026-12-24T15:00."
NOT_A_DAY = "Give a day like 2026-09-15."


class AmountField(forms.CharField):
    """An amount of money, exactly as it was typed; None where nothing was."""

    def __init__(self, *, label: str, required: bool = False, help_text: str = "") -> None:
        super().__init__(
            label=label, required=required, help_text=help_text, max_length=40,
            widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"required": "Give the amount."},
        )  # fmt: skip

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        amount = currencies.parsed(text) if text else None
        if text and amount is None:
            raise forms.ValidationError(NOT_AN_AMOUNT)
        return amount


def moment(label: str, help_text: str, *, required: bool = False) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, help_text=help_text, required=required,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=MINUTES),
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": NOT_A_MOMENT, "required": NOT_A_MOMENT},
    )  # fmt: skip


def day(label: str, help_text: str, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=required,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NOT_A_DAY, "required": NOT_A_DAY},
    )  # fmt: skip


def kinds(label: str = "Kinds") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(approvable.kinds().items()), error_messages=NOT_LISTED,
        help_text="None chosen means all kinds.",
    )  # fmt: skip


def conditions() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Only if", required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(policies.CONDITIONS.items()), error_messages=NOT_LISTED,
    )  # fmt: skip


def why() -> forms.CharField:
    return long_text(
        "Why", 2, missing="Say why, for whoever reads the record later.",
        help_text="It goes on record with your name.",
    )  # fmt: skip


class PowersForm(SeenForm):
    """Something about who approves in an entity."""

    def __init__(self, *args: Any, entity: Entity, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entity, self.row = entity, row
        self.is_from_nowhere = row is None  # of what is new, there was nothing to be seen
        for name in self.fields:
            if row is not None and name not in ("seen", "reason") and hasattr(row, name):
                self.initial.setdefault(name, getattr(row, name))
        self.prepare()

    def prepare(self) -> None:
        """What depends on the entity or the row."""

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class DecideForm(PowersForm):
    """A step of a policy, or an end: nothing but why."""

    reason = why()


class MoveForm(PowersForm):
    """A rule goes up, down or out: a draft needs no reason."""


class PolicyForm(PowersForm):
    """What a version says beside its rules."""

    window_days = forms.IntegerField(
        label="Window in days", min_value=1, max_value=366, initial=30,
        help_text="What the same customer was granted in so many days counts, too.",
    )  # fmt: skip
    starts_at = moment("Takes effect", "Empty for as soon as it is approved.")
    note = forms.CharField(
        label="What is new, and why", required=False, max_length=5_000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )  # fmt: skip


class RuleForm(PowersForm):
    """One rule with its steps; ``row`` is the policy, which the form knows as it was shown."""

    name = forms.CharField(
        max_length=120, widget=forms.TextInput({"dir": "auto"}),
        help_text="For example: From 5,000: lead and controller",
        error_messages={"required": "Give it a name that people understand."},
    )  # fmt: skip
    minimum = AmountField(label="From", required=True, help_text="This amount belongs to it.")
    maximum = AmountField(label="To below", help_text="Empty for no end.")
    kinds = kinds()
    conditions = conditions()
    daily_cap = AmountField(
        label="Daily limit",
        help_text="Only where nobody approves: by this rule itself, up to so much a day.",
    )

    def __init__(self, *args: Any, rule: Rule | None = None, **kwargs: Any) -> None:
        self.rule = rule
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        held = self.rule.steps if self.rule is not None else ()
        self.numbers = range(1, max(STEPS, len(held) + 1) + 1)
        for number in self.numbers:
            self.fields.update(step_fields(number))
        self.initial.setdefault("minimum", "0")
        if self.rule is not None:
            self.initial.update(shown_rule(self.rule, self.entity.currency))

    def step_rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Each step with its fields, for the page."""
        return [
            (number, [self[name] for name in step_fields(number)]) for number in self.numbers
        ]  # fmt: skip

    def own_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith("step")]

    def typed(self, priority: int) -> Rule:
        """The rule as it was typed. Steps that were left out close up."""
        given = self.cleaned_data
        return Rule(
            priority=priority, name=given["name"], minimum=given["minimum"],
            maximum=given["maximum"], kinds=frozenset(given["kinds"]),
            conditions=frozenset(given["conditions"]), daily_cap=given["daily_cap"],
            steps=tuple(self.steps()), pk=self.rule.pk if self.rule is not None else None,
        )  # fmt: skip

    def steps(self) -> list[Step]:
        found: list[Step] = []
        for number in self.numbers:
            given = {
                name: self.cleaned_data.get(f"step{number}_{name}")
                for name in ("role", "mode", "count", "least_limit", "hours", "escalate_to")
            }
            if given["role"]:
                mode = str(given["mode"] or policies.ANY)
                count = 1 if mode == policies.ANY else int(given["count"] or 1)
                found.append(
                    Step(
                        number=len(found) + 1, mode=mode, count=count, role=str(given["role"]),
                        least_limit=given["least_limit"], hours=given["hours"],
                        escalate_to=str(given["escalate_to"] or ""),
                    )
                )  # fmt: skip
        return found


def step_fields(number: int) -> dict[str, forms.Field]:
    roles = list(policies.APPROVERS.items())
    fields: dict[str, forms.Field] = {
        "role": forms.ChoiceField(
            label="Who", choices=[("", "No such step"), *roles], required=False,
            error_messages=NOT_LISTED,
        ),
        "mode": forms.ChoiceField(
            label="How many", choices=list(policies.MODES.items()), required=False,
            error_messages=NOT_LISTED,
        ),
        "count": forms.IntegerField(
            label="So many", min_value=1, max_value=policies.MOST_PEOPLE, required=False
        ),
        "least_limit": AmountField(label="Who may approve at least"),
        "hours": forms.IntegerField(
            label="Within hours", min_value=1, max_value=policies.MOST_HOURS, required=False
        ),
        "escalate_to": forms.ChoiceField(
            label="Else shown to", choices=[("", "Nobody else"), *roles], required=False,
            error_messages=NOT_LISTED,
        ),
    }  # fmt: skip
    return {f"step{number}_{name}": field for name, field in fields.items()}


def shown_rule(rule: Rule, currency: str) -> dict[str, Any]:
    """What stands in the fields first."""

    def bare(amount: Decimal | None) -> str:
        return "" if amount is None else str(currencies.at_scale(amount, currency))

    found: dict[str, Any] = {
        "name": rule.name, "minimum": bare(rule.minimum), "maximum": bare(rule.maximum),
        "kinds": sorted(rule.kinds), "conditions": sorted(rule.conditions),
        "daily_cap": bare(rule.daily_cap),
    }  # fmt: skip
    for step in rule.steps:
        found |= {
            f"step{step.number}_role": step.role, f"step{step.number}_mode": step.mode,
            f"step{step.number}_count": step.count,
            f"step{step.number}_least_limit": bare(step.least_limit),
            f"step{step.number}_hours": step.hours,
            f"step{step.number}_escalate_to": step.escalate_to,
        }  # fmt: skip
    return found


class TryForm(forms.Form):
    """A case, to see which rule answers. Nothing is kept of it."""

    kind = forms.ChoiceField(
        choices=lambda: list(approvable.kinds().items()), error_messages=NOT_LISTED
    )
    amount = AmountField(label="Amount", required=True)
    conditions = forms.MultipleChoiceField(
        label="What is so of it", required=False, widget=forms.CheckboxSelectMultiple,
        choices=list(policies.CONDITIONS.items()), error_messages=NOT_LISTED,
    )  # fmt: skip


class LimitForm(PowersForm):
    whose = forms.ChoiceField(error_messages=NOT_LISTED)
    amount = AmountField(label="At most", required=True, help_text="With tax.")
    starts_on = day("First day", "Today or later.", required=True)
    ends_on = day("Last day", "Empty for open.")
    reason = why()

    def prepare(self) -> None:
        roles = [(f"role:{role}", f"Every {label.lower()}")
                 for role, label in policies.APPROVERS.items()]  # fmt: skip
        persons = [
            (str(person.pk), str(person)) for person in colleagues(self.entity, policies.APPROVERS)
        ]
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*roles, *persons]
        self.initial.setdefault("starts_on", self.entity.today())

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        whose = str(found.pop("whose"))
        if whose.startswith("role:"):
            return found | {"role": whose.removeprefix("role:")}
        return found | {"person": User.objects.get(pk=int(whose))}


class EndLimitForm(DecideForm):
    last_day = day("Last day", "Yesterday ends it at once.", required=True)
    field_order = ("last_day", "reason")

    def prepare(self) -> None:
        self.initial.setdefault("last_day", self.entity.today())


class DelegationForm(PowersForm):
    taker = forms.ChoiceField(label="Who approves for you", error_messages=NOT_LISTED)
    kinds = kinds()
    most = AmountField(label="Up to", help_text="Empty for what you may approve.")
    starts_at = moment("From", "Empty for now.")
    ends_at = moment("Until", "30 days later at most.", required=True)
    reason = why()

    def prepare(self) -> None:
        field = self.fields["taker"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), str(each)) for each in colleagues(self.entity)]

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        return found | {"taker": User.objects.get(pk=int(found["taker"]))}


def colleagues(entity: Entity, roles: Collection[str] = Role.values) -> list[User]:
    """Who holds one of these roles in an entity today, by name."""
    rows = entity.grants.select_related("person").filter(person__is_active=True, role__in=roles)
    today = entity.today()
    found = {grant.person for grant in rows if grant.is_in_force(today)}
    return sorted(found, key=lambda person: (person.display_name, person.pk))


def entity_of(person: Any, code: str) -> Entity | None:
    """The entity of this code, if the person works there."""
    return next((each for each in people.entities_of(person) if each.code == code), None)
