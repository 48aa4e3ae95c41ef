"""The filter of the request list: the same one for the page, its count, its export, what is done
with all of it, and the numbers of the start page."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from audit import days, moments
from audit.forms import NOT_LISTED
from audit.models import Event
from requests_app import currencies, people, reading
from requests_app.models import Customer, Priority, Status, SupportRequest
from requests_app.models.support_request import CLOSED_STATUSES, Channel, SupportRequestQuerySet
from requests_app.queue import grammar, searching
from requests_app.queue.orders import ORDERS, Order
from requests_app.transitions import WAITING

OPEN, UNDONE, WAITS, ENDED = "open", "undone", "waiting", "ended"
MINE, NOBODY, COLLEAGUES = "me", "nobody", "colleagues"
GROUPS = [("", "Any status"), (OPEN, "Open, any status"), (UNDONE, "Open, not resolved"),
          (WAITS, "Waiting, for anything"),
          (ENDED, "Ended, in any way")]  # fmt: skip
DUE = [("", "Any due date"), ("overdue", "Overdue"), ("soon", "Due soon"), ("none", "None")]
REOPENED = [("", "Reopened or not"), ("yes", "Reopened")]
NOTHING_SOUGHT = "A search needs a letter or a digit. Type a word, a number or an amount."
TOO_LONG = f"Search for {grammar.MOST_TERMS} words at most."


def amount_field(label: str) -> forms.CharField:
    widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=30, required=False, widget=widget)


class RequestFilter(forms.Form):
    q = forms.CharField(
        label="Search", max_length=200, required=False,
        widget=forms.SearchInput({"placeholder": "Number, customer, words, amount"}),
    )  # fmt: skip
    status = forms.ChoiceField(choices=[*GROUPS, *Status.choices], required=False)
    priority = forms.ChoiceField(choices=[("", "Any priority"), *Priority.choices], required=False)
    assignee = forms.ChoiceField(required=False)
    due = forms.ChoiceField(choices=DUE, required=False)
    entity = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(choices=[("", "Any channel"), *Channel.choices], required=False)
    category = forms.CharField(max_length=100, required=False)
    since = days.field("Received from")
    until = days.field("Received to")
    least = amount_field("Claimed at least")
    most = amount_field("Claimed at most")
    currency = forms.CharField(max_length=3, required=False)
    reopened = forms.ChoiceField(choices=REOPENED, required=False)
    customer = forms.CharField(max_length=19, required=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(
        label="Order", required=False, choices=[(one.name, one.label) for one in ORDERS.values()]
    )
    FIRST_LINE = ("status", "priority", "assignee", "sort")
    MORE = ("due", "entity", "channel", "category", "since", "until", "least", "most", "currency",
            "reopened")  # fmt: skip

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.query = grammar.Query(())
        self.chosen: Customer | None = None
        self.followed: list[Customer] = []  # merged ones, in whose place another stays
        entities = [(entity.code, str(entity)) for entity in people.entities_of(person)]
        self.choose("entity", [("", "Any entity"), *entities])
        self.others = {str(other.pk): other for other in assignees(person)}
        others = [(key, str(other)) for key, other in self.others.items()]
        self.choose("assignee", [
            ("", "Anybody"), (MINE, "Me"), (NOBODY, "Nobody"), (COLLEAGUES, "A colleague"), *others,
        ])  # fmt: skip
        for field in self.fields.values():
            field.error_messages |= NOT_LISTED

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_q(self) -> str:
        text = str(self.cleaned_data["q"])
        self.query = grammar.parsed(text)
        if text.strip() and not (self.query.terms or self.query.conditions):
            raise forms.ValidationError(NOTHING_SOUGHT)
        if self.query.is_too_long:
            raise forms.ValidationError(TOO_LONG)
        return text

    def clean_customer(self) -> str:
        key = str(self.cleaned_data["customer"])
        if key:
            ours = Customer.objects.filter(entity_id__in=people.entity_ids(self.person))
            ours = ours.select_related("merged_into")
            asked = ours.filter(pk=int(key)).first() if key.isdecimal() else None
            if asked is None:
                raise forms.ValidationError("You see no such customer. Choose one from a request.")
            self.chosen = asked
            if asked.merged_into is not None:
                self.followed, self.chosen = [asked], asked.merged_into
            return str(self.chosen.pk)
        return key

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_least(self) -> Decimal | None:
        return self.amount("least")

    def clean_most(self) -> Decimal | None:
        return self.amount("most")

    def amount(self, name: str) -> Decimal | None:
        typed = str(self.cleaned_data[name])
        amount = currencies.parsed(typed)
        if typed and (amount is None or amount >= currencies.LARGEST):
            raise forms.ValidationError("Give the amount in digits, for example 1,250.00.")
        return amount

    def clean(self) -> dict[str, Any]:
        """What was typed as status:open is chosen like in its field."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first. Swap them.")
        self.typed: list[tuple[str, Any]] = []
        for name, value in self.query.conditions:
            code = self.code_of(name, value)
            if code is None:
                told = f"No {name} is called {value}. Choose it in its own field."
                self.add_error("q", told)
            else:
                self.typed.append((name, code))
        return given

    def code_of(self, name: str, value: str) -> str | None:
        """By code, by name, or by the name that somebody signs in with."""
        if name == "category":
            return value
        wanted = value.replace("_", " ").casefold()
        field: Any = self.fields[name]
        for code, label in field.choices:
            person = self.others.get(str(code))
            names = {str(code).replace("_", " "), str(label), person.username if person else ""}
            if code and wanted in {known.casefold() for known in names}:
                return str(code)
        return None

    def found(self) -> SupportRequestQuerySet:
        """The requests the person may see and asked for; none where what was asked is unclear."""
        visible = SupportRequest.objects.visible_to(self.person).named()
        return self.applied_to(visible) if self.is_valid() else visible.none()

    def applied_to(self, requests: SupportRequestQuerySet) -> SupportRequestQuerySet:
        asked = [(name, self.cleaned_data[name]) for name in WAYS if self.cleaned_data.get(name)]
        for name, value in [*asked, *self.typed]:
            requests = WAYS[name](requests, value, self.person)
        requests = days.within(
            requests, "received_at", self.cleaned_data["since"], self.cleaned_data["until"]
        )
        return (
            requests.filter(searching.matches(self.query, self.person))
            if self.query.terms
            else requests
        )

    @property
    def order(self) -> Order:
        return ORDERS[self.cleaned_data["sort"] if self.is_valid() else ""]

    def applied(self) -> list[tuple[str, str, str]]:
        """What narrows the list, as (parameter, label, value in words)."""
        if not self.is_valid():
            return []
        return [
            (name, str(self[name].label), self.words_of(name, self.cleaned_data[name]))
            for name in self.fields
            if self.cleaned_data[name] and name != "sort"
        ]

    def words_of(self, name: str, value: Any) -> str:
        if name == "customer":
            return str(self.chosen)
        if name in ("since", "until"):
            start, end = days.bounds(value, value)
            zone = timezone.get_current_timezone()
            moment = start if name == "since" else end
            said = moments.exact(moment, zone) if moment else ""
            return said if name == "since" else f"before {said}"
        if isinstance(value, Decimal):
            return f"{value:,f}"
        choices = getattr(self.fields[name], "choices", None)
        return str(dict(choices).get(value, value)) if choices else str(value)

    @property
    def first_line(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST_LINE]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def has_more(self) -> bool:
        """Whether one of the fields that are folded away is in use, or wrong."""
        return any(self.cleaned_data.get(name) or name in self.errors for name in self.MORE)

    @property
    def words(self) -> str:
        """What was searched for; empty if nothing was, or if it could not be."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


def assignees(person: Any) -> list[Any]:
    """Read once per person object, as their grants are: the start page asks several filters."""
    known: list[Any] | None = getattr(person, "_assignees", None)
    if known is None:
        known = person._assignees = list(reading.assignees(person))
    return known


Requests = SupportRequestQuerySet


def by_status(requests: Requests, value: str, _person: Any) -> Requests:
    if value == OPEN:
        return requests.open()
    if value == UNDONE:
        return requests.open().exclude(status=Status.RESOLVED)
    if value in (WAITS, ENDED):
        return requests.filter(status__in=sorted(WAITING) if value == WAITS else CLOSED_STATUSES)
    return requests.filter(status=value)


def by_assignee(requests: Requests, value: str, person: Any) -> Requests:
    if value == NOBODY:
        return requests.filter(assignee__isnull=True)
    if value == COLLEAGUES:
        return requests.filter(assignee__isnull=False).exclude(assignee_id=person.pk)
    return requests.filter(assignee_id=person.pk if value == MINE else int(value))


def by_due(requests: Requests, value: str, _person: Any) -> Requests:
    if value == "none":
        return requests.running().filter(due_at__isnull=True)
    return requests.overdue() if value == "overdue" else requests.due_soon()


def by_reopening(requests: Requests, _value: str, _person: Any) -> Requests:
    reopened = Event.objects.order_by().filter(kind="request.reopened", outcome="done")
    return requests.filter(pk__in=reopened.values("support_request_id"))


def by(lookup: str) -> Callable[[Requests, Any, Any], Requests]:
    return lambda requests, value, _person: requests.filter(**{lookup: value})


# How each field narrows the list; days and words go their own way.
WAYS: dict[str, Callable[[Requests, Any, Any], Requests]] = {
    "status": by_status,
    "priority": by("priority"),
    "assignee": by_assignee,
    "due": by_due,
    "entity": by("entity__code"),
    "channel": by("channel"),
    "category": by("category__iexact"),
    "least": by("claimed_amount__gte"),
    "most": by("claimed_amount__lte"),
    "currency": by("claimed_currency"),
    "reopened": by_reopening,
    "customer": by("customer_id"),
}


def listed(**query: object) -> str:
    """The address of the list with such a filter."""
    return f"{reverse('requests:request-list')}?{urlencode(query)}"


def asked(query: str, person: Any) -> RequestFilter:
    """The filter that an address's query string asks for."""
    return RequestFilter(QueryDict(query), person=person)
