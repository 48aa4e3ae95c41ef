"""What a page may show of mails."""

from __future__ import annotations

from typing import Any

from django import template

from requests_app import people

register = template.Library()


@register.filter
def of(found: dict[Any, Any], key: Any) -> Any:
    """What a table that a view made holds for a key."""
    return found.get(key, "")


@register.filter
def shown_to(row: Any, person: Any) -> bool:
    """Whether a person is shown personal data of the row's entity: a mail as it was mailed holds
    all of it."""
    return row.entity_id not in people.hidden_from(person)
