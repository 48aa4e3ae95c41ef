"""What differences have to know of each versioned model's fields, read from the model once."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from audit.diffs import FieldSpec, Kind
from audit.versions import version_model

# The first class that fits decides; subclasses therefore stand before their parents.
KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (models.BooleanField, "boolean"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.DurationField, "duration"),
    (models.JSONField, "json"),
    (models.FileField, "file"),
    (models.BinaryField, "binary"),
    (ArrayField, "list"),
    (models.DecimalField, "number"),
    (models.IntegerField, "number"),
    (models.FloatField, "number"),
    (models.TextField, "long_text"),
    (models.UUIDField, "id"),
)


_places: dict[str, int] = {}


def set_currency_places(places: dict[str, int], usual: int) -> None:
    """Lets the app that knows currencies say how many decimal places their amounts have."""
    _places.update(places | {"": usual})


@cache
def of_model(model: type[models.Model]) -> tuple[FieldSpec, ...]:
    """The fields that versions of this model hold, but for its key, in the model's order."""
    versioned = model._versioned  # type: ignore[attr-defined]
    tracked = [
        field
        for field in model._meta.concrete_fields
        if field.name not in versioned.excluded_fields and not field.primary_key
    ]
    known = {field.attname for field in tracked} | {model._meta.pk.attname}
    retired = [field for field in copied_fields(model) if field.attname not in known]
    return tuple(of_field(field, versioned.money) for field in (*tracked, *retired))


def copied_fields(model: type[models.Model]) -> list[Any]:
    from audit.versions import OWN_COLUMNS

    fields = version_model(model)._meta.concrete_fields
    return [field for field in fields if field.column not in OWN_COLUMNS]


def of_field(field: Any, money: dict[str, str]) -> FieldSpec:
    name, words = field.attname, str(field.verbose_name)
    label = words[:1].upper() + words[1:]
    if field.name in money:
        return FieldSpec(name, label, "money", currency=money[field.name], places=_places)
    if isinstance(field, models.ForeignKey):
        target: Any = field.remote_field.model
        reference = target if isinstance(target, str) else target._meta.label_lower
        return FieldSpec(name, label, "reference", reference=reference.lower())
    stored: Any = field.output_field if isinstance(field, models.GeneratedField) else field
    if stored.choices:
        return FieldSpec(name, label, "choice", choices=dict(stored.flatchoices))
    kind: Kind = next((kind for cls, kind in KINDS if isinstance(stored, cls)), "text")
    return FieldSpec(name, label, kind, expand=kind == "json")


@cache
def versioned_models() -> dict[str, type[models.Model]]:
    """Every versioned model by its label, such as ``requests_app.supportrequest``."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if hasattr(model, "_versioned") and not model._meta.proxy
    }
