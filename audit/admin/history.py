"""The change history of one row: which of its versions are asked for, and what each changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import BooleanField, F, Func, Max, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Lag

from audit import days, erasing, specs
from audit.forms import NOT_LISTED
from audit.pairs import Pair, Row
from audit.versions import key_of

ACTORS_OFFERED = 100


class HistoryFilter(forms.Form):
    """Of the versions of one row: by whom, of which field, from when to when."""

    actor = forms.ChoiceField(label="By", required=False, error_messages=NOT_LISTED)
    field = forms.ChoiceField(label="Changed", required=False, error_messages=NOT_LISTED)
    since = days.field("From")
    until = days.field("To")

    def __init__(self, *args: Any, model: Any, versions: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [(spec.name, spec.label) for spec in specs.of_model(model)]
        self.choose("actor", [("", "Anybody"), *actors_of(versions)])
        self.choose("field", [("", "Any field"), *fields])

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first. Swap them.")
        return given

    def applied_to(self, versions: QuerySet[Any]) -> QuerySet[Any]:
        """None where what is asked is unclear: an unfiltered page would claim to be the answer."""
        if not self.is_valid():
            return versions.none()
        given, found = self.cleaned_data, versions
        if given["actor"]:
            kind, _, key = given["actor"].partition(":")
            found = found.filter(event__actor_kind=kind, event__actor_id=key)
        if given["field"]:
            found = found.filter(pk__in=changing(versions, given["field"]))
        return days.within(found, "event__recorded_at", given["since"], given["until"])

    @property
    def is_applied(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


def actors_of(versions: QuerySet[Any]) -> list[tuple[str, str]]:
    """Who wrote any of these versions, each once under the name they last had."""
    found = (
        versions.order_by()
        .values("event__actor_kind", "event__actor_id")
        .annotate(newest=Max("event__actor_label"))
        .order_by("newest")[:ACTORS_OFFERED]
    )
    return [
        (f"{row['event__actor_kind']}:{row['event__actor_id']}", row["newest"]) for row in found
    ]


def changing(versions: QuerySet[Any], field: str) -> QuerySet[Any]:
    """The ids of the versions in which a column differs from the one before; the first counts,
    where it has a value."""
    before = Window(Lag(field), order_by=F("history_id").asc())
    differs = Func(
        F(field), F("before"), template="(%(expressions)s)", arg_joiner=" IS DISTINCT FROM ",
        output_field=BooleanField(),
    )  # fmt: skip
    told = versions.order_by().select_related(None).annotate(before=before)
    return told.annotate(differs=differs).filter(differs=True).values("pk")


def with_previous(versions: QuerySet[Any]) -> QuerySet[Any]:
    """Each with the id of the version before it, whether or not that is among these."""
    key = key_of(versions.model.instance_type)
    older = versions.model.objects.filter(**{key: OuterRef(key)}, pk__lt=OuterRef("pk"))
    newest_first = older.order_by("-history_id").values("history_id")
    return versions.annotate(previous_id=Subquery(newest_first[:1]))


def pairs(versions: list[Any]) -> list[Pair]:
    """Versions read ``with_previous``, each with its predecessor, in the order given."""
    if not versions:
        return []
    manager = type(versions[0]).objects
    here = {version.pk for version in versions}
    missing = {version.previous_id for version in versions} - {None, *here}
    model = type(versions[0]).instance_type
    read = [as_row(version) for version in (*versions, *manager.filter(pk__in=missing))]
    known = {row["history_id"]: row for row in erasing.with_marks(model, read)}
    return [Pair(model, known[version.pk], known.get(version.previous_id)) for version in versions]


def as_row(version: Any) -> Row:
    return {
        field.attname: getattr(version, field.attname) for field in version._meta.concrete_fields
    }
