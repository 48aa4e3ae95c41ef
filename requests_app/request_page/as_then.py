"""A request as a page shows it at a moment of its past: its facts with the names of that time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model

from audit import veils, versions
from requests_app import past
from requests_app.models import Customer, SupportRequest, User

NAMED: dict[str, type[Model]] = {"customer": Customer, "assignee": User}


def at(support_request: SupportRequest, moment: datetime, person: Any) -> SupportRequest:
    """The request as its version says and this person may see it, never to be saved. Raises
    past.NotYet. One query for the request and one for each name it refers to; its messages are read
    with its trail."""
    rows = versions.as_of(SupportRequest, moment, pk=support_request.pk)
    if not rows:
        raise past.NotYet(past.not_yet(support_request, moment))
    found: SupportRequest = rows[0].instance
    found.entity = support_request.entity
    for name, model in NAMED.items():
        row_id = getattr(found, f"{name}_id")
        if row_id is not None:
            setattr(found, name, as_then(model, row_id, moment))
    if found.intake_id is not None:
        # The original never changes, and is not read for its hash.
        found.intake = support_request.intake
    veils.cover([found], person)
    return found


def as_then(model: type[Model], row_id: int, moment: datetime) -> Any:
    """The row as it was; as it is, where the trail begins later than the row does."""
    rows = versions.as_of(model, moment, pk=row_id)
    if not rows:
        return model._base_manager.get(pk=row_id)
    # Its own instance would ask the row for what no version holds.
    names = (field.attname for field in rows[0].tracked_fields)
    return model(**{name: getattr(rows[0], name) for name in names})
