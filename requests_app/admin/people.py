"""Entities, people and their roles, shown on the admin site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import EditedAdmin, site
from requests_app import edits, edits_of_people, models, people
from requests_app.admin.rows import EditedEntityAdmin, EntityFilter, InEntity


@admin.register(models.Entity, site=site)
class EntitiesAdmin(InEntity, EditedAdmin):
    group = "People and entities"
    entity_path = "pk"
    edits = (edits.CHANGE_ENTITY,)
    list_display = ("code", "name", "currency", "time_zone", "is_active")
    search_fields = ("code", "name")


@admin.register(models.User, site=site)
class UserAdmin(EditedAdmin):
    """People belong to no entity; their roles do. Who works elsewhere alone is not shown."""

    group = "People and entities"
    hidden = ("password",)
    edits = edits_of_people.OF_PEOPLE
    list_display = ("username", "display_name", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("username", "display_name", "email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(pk__in=people.strangers_to(request.user))


@admin.register(models.RoleGrant, site=site)
class RoleGrantAdmin(EditedEntityAdmin):
    group = "People and entities"
    edits = edits_of_people.OF_GRANTS
    list_display = ("person", "role", "entity", "starts_on", "ends_on")
    list_select_related = ("person", "entity")
    list_filter = (("entity", EntityFilter), "role")
    search_fields = ("person__username", "person__display_name")
