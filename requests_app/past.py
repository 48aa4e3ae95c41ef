"""A request as it stood at a moment, with all its parts, read from the versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from audit import versions
from requests_app.models import SupportRequest


@dataclass(frozen=True)
class PastRequest:
    """`request` is the version then; `parts` maps each model that points to a request, such as
    ``requests_app.message``, to the versions of its rows then, oldest row first."""

    moment: datetime
    request: Any
    parts: dict[str, list[Any]]


class NotYet(LookupError):
    """The request did not exist at that moment."""


def as_of(support_request: SupportRequest, moment: datetime) -> PastRequest:
    """One query per model, whatever the length of the trail. Raises NotYet."""
    found = versions.as_of(SupportRequest, moment, pk=support_request.pk)
    if not found:
        raise NotYet(not_yet(support_request, moment))
    parts = {
        part._meta.label_lower: versions.as_of(part, moment, **{name: support_request.pk})
        for part, name in part_models()
    }
    return PastRequest(moment, found[0], parts)


def not_yet(support_request: SupportRequest, moment: datetime) -> str:
    return f"{support_request.number} was not recorded yet at {moment:%Y-%m-%d %H:%M %Z}."


def part_models() -> list[tuple[type[models.Model], str]]:
    """Versioned models of any app whose rows belong to a request, and the key that says to which:
    the one that never changes, of several that point to requests."""
    return [
        (relation.related_model, relation.field.attname)
        for relation in SupportRequest._meta.related_objects
        if hasattr(relation.related_model, "_versioned")
        and relation.field.column == versions.root_column(relation.related_model)
    ]
