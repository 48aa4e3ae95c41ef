"""The events that wrote the first and the newest version of rows, in one query for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, Min, Model

from audit.versions import key_of, version_model


def first_and_last(model: type[Model], keys: Sequence[int]) -> dict[int, tuple[int, int]]:
    if not keys:
        return {}
    key = key_of(model)
    versions = version_model(model).objects.filter(**{f"{key}__in": keys}).order_by()
    grouped = versions.values_list(key).annotate(Min("event_id"), Max("event_id"))
    return {row_id: (first, last) for row_id, first, last in grouped}
