"""What an entity works by, shown on the admin site: calendars, levels, rules, mailboxes, views."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import ReadOnlyAdmin, VersionedAdmin, site
from requests_app import edits_of_lookups, models
from requests_app.admin.rows import EditedEntityAdmin, EntityFilter, InEntity


@admin.register(models.NumberSeries, site=site)
class NumberSeriesAdmin(InEntity, ReadOnlyAdmin):
    group = "Rules and lookups"
    list_display = ("entity", "series", "year", "last")
    list_select_related = ("entity",)
    list_filter = (("entity", EntityFilter),)


@admin.register(models.WorkCalendar, site=site)
class WorkCalendarAdmin(EditedEntityAdmin):
    group = "Rules and lookups"
    edits = edits_of_lookups.OF_CALENDARS
    list_display = ("name", "entity", "time_zone", "country", "subdivision", "is_active")
    list_select_related = ("entity",)


@admin.register(models.ServiceLevel, site=site)
class ServiceLevelAdmin(EditedEntityAdmin):
    group = "Rules and lookups"
    edits = edits_of_lookups.OF_LEVELS
    list_display = (
        "priority", "entity", "first_response_minutes", "resolution_minutes", "warn_minutes",
        "is_active",
    )  # fmt: skip
    list_select_related = ("entity",)


@admin.register(models.Rule, site=site)
class RuleAdmin(EditedEntityAdmin):
    group = "Rules and lookups"
    edits = edits_of_lookups.OF_RULES
    list_display = ("name", "kind", "entity", "category", "assignee", "days", "is_active")
    list_select_related = ("entity", "assignee")
    search_fields = ("name", "category")


@admin.register(models.Mailbox, site=site)
class MailboxAdmin(EditedEntityAdmin):
    group = "Rules and lookups"
    edits = edits_of_lookups.OF_MAILBOXES
    list_display = ("address", "entity", "display_name", "imap_host", "is_active")
    list_select_related = ("entity",)
    search_fields = ("address",)


@admin.register(models.SavedView, site=site)
class SavedViewAdmin(InEntity, VersionedAdmin):
    """Those that are shared with an entity; the others are their owner's alone."""

    group = "Rules and lookups"
    entity_path = "shared_with_id"
    list_display = ("name", "page", "query", "owner", "shared_with", "is_ended")
    list_select_related = ("owner", "shared_with")
    list_filter = (("shared_with", EntityFilter), "page", "is_ended")
    search_fields = ("name",)
