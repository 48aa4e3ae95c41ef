"""Which rows an auditor or administrator sees on the admin site: those of the entities where they
are one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import EditedAdmin, VersionedAdmin
from audit.diffs import visible
from requests_app import people


def audited_ids(person: Any) -> list[int]:
    return [entity.pk for entity in people.entities_of(person, people.READS_TRAIL)]


class EntityFilter(admin.RelatedFieldListFilter):
    """Offers the entities that the person may see, no others."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        entities = people.entities_of(request.user, people.READS_TRAIL)
        return [(entity.pk, visible(entity.code)) for entity in entities]

    def has_output(self) -> bool:
        return bool(self.lookup_choices)


class InEntity:
    """Rows of the audited entities; ``entity_path`` leads from a row to its entity's id."""

    entity_path = "entity_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.filter(**{f"{self.entity_path}__in": audited_ids(request.user)})


class EntityAdmin(InEntity, VersionedAdmin):
    """A versioned model whose rows have an entity of their own."""

    list_filter: ClassVar[tuple[Any, ...]] = (("entity", EntityFilter),)


class EditedEntityAdmin(EntityAdmin, EditedAdmin):
    """One whose administrators change its rows."""
