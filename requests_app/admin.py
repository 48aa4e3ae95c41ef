"""People, entities, customers, requests and all that belongs to them, shown on the admin site.

An auditor or administrator sees the rows of the entities where they are one.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit import actors
from audit.admin import EditedAdmin, ReadOnlyAdmin, VersionedAdmin, register_versions, site
from audit.admin.columns import coded
from audit.admin.filters import DateRange
from audit.diffs import visible
from requests_app import edits, edits_of_lookups, edits_of_people, looking, models, people
from requests_app.customers import reading as customers
from requests_app.importing import running

INTERRUPTED = "Interrupted; no process works on it. The same command goes on from there."


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


@admin.register(models.Entity, site=site)
class EntitiesAdmin(InEntity, EditedAdmin):
    group = "People and entities"
    entity_path = "pk"
    edits = (edits.CHANGE_ENTITY,)
    list_display = ("code", "name", "currency", "time_zone", "is_active")
    search_fields = ("code", "name")


@admin.register(models.NumberSeries, site=site)
class NumberSeriesAdmin(InEntity, ReadOnlyAdmin):
    group = "Rules and lookups"
    list_display = ("entity", "series", "year", "last")
    list_select_related = ("entity",)
    list_filter = (("entity", EntityFilter),)


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


@admin.register(models.Customer, site=site)
class CustomerAdmin(EntityAdmin):
    group = "Requests"
    list_display = ("name", "email", "reference", "entity", "is_active", "merged_into")
    list_select_related = ("entity", "merged_into")
    search_fields = ("name", "email", "reference")
    search_help_text = "Words of a name or address you are shown; else a reference or pseudonym."
    ordering = ("-id",)
    sortable_by = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        return customers.searched(queryset, search_term, request.user), False


@admin.register(models.CustomerAddress, site=site)
class CustomerAddressAdmin(EntityAdmin):
    group = "Requests"
    list_display = ("id", "customer", "kind", "value", "entity", "ended_at")
    list_select_related = ("customer", "entity")
    list_filter = (("entity", EntityFilter), "kind")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(models.RawIntake, site=site)
class RawIntakeAdmin(EntityAdmin):
    group = "Requests"
    list_display = ("id", "media_type", "size", "sha256", "entity")
    list_select_related = ("entity",)
    search_fields = ("sha256",)
    ordering = ("-id",)


@admin.register(models.SupportRequest, site=site)
class SupportRequestAdmin(EntityAdmin):
    group = "Requests"
    list_display = ("number", "subject", "status", "priority", "customer", "assignee", "entity")
    list_select_related = ("customer", "assignee", "entity")
    list_filter = (("entity", EntityFilter), ("received_at", DateRange), "status", "priority")
    search_fields = ("number", "source_number", "subject")
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return found, may_repeat
        return found.filter(customers.searchable(request.user, search_term)), may_repeat

    def note_list(self, request: HttpRequest, shown: Any) -> None:
        """A search for requests is the same act here as on the page of requests."""
        if shown.query:
            looking.searched(shown.query[:500], shown.result_count, actors.from_request(request))


@admin.register(models.Message, site=site)
class MessageAdmin(InEntity, VersionedAdmin):
    group = "Requests"
    entity_path = "support_request__entity_id"
    list_display = ("id", "support_request", "kind", "author_label")
    list_select_related = ("support_request",)
    list_filter = (("written_at", DateRange), "kind")
    search_fields = ("support_request__number",)
    ordering = ("-id",)


@admin.register(models.Attachment, site=site)
class AttachmentAdmin(InEntity, VersionedAdmin):
    """What each file is; its bytes are given out by the page of the request alone."""

    group = "Requests"
    hidden = ("storage_key",)
    entity_path = "support_request__entity_id"
    list_display = ("id", "name", "content_type", "size", "verdict", "support_request")
    list_select_related = ("support_request",)
    list_filter = (("added_at", DateRange), "verdict")
    search_fields = ("support_request__number", "sha256")
    ordering = ("-id",)


@admin.register(models.Approval, site=site)
class ApprovalAdmin(EntityAdmin):
    group = "Requests"
    list_display = ("support_request", "step", "required_role", "decision", "amount", "currency")
    list_select_related = ("support_request",)
    told_by = {"required_role": coded("required_role", "required role", dict(models.Role.choices))}
    list_filter = (("entity", EntityFilter), "decision")
    search_fields = ("support_request__number",)


@admin.register(models.ImportRun, site=site)
class ImportRunAdmin(EntityAdmin):
    group = "Requests"
    list_display = ("id", "file_name", "profile", "state", "rows", "imported", "rejected", "entity")
    list_select_related = ("entity",)
    list_filter = (("entity", EntityFilter), "state")
    search_fields = ("file_name",)
    told_by = {"state": "standing"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return running.told_apart(super().get_queryset(request))

    @admin.display(description="State", ordering="state")
    def standing(self, run: Any) -> str:
        return INTERRUPTED if run.is_interrupted else str(run.get_state_display())


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


@admin.register(models.DueNotice, site=site)
class DueNoticeAdmin(InEntity, VersionedAdmin):
    group = "Requests"
    entity_path = "support_request__entity_id"
    list_display = ("id", "support_request", "kind", "due_at")
    list_select_related = ("support_request",)
    list_filter = (("due_at", DateRange), "kind")
    search_fields = ("support_request__number",)
    ordering = ("-id",)


@admin.register(models.Mailbox, site=site)
class MailboxAdmin(EditedEntityAdmin):
    group = "Rules and lookups"
    edits = edits_of_lookups.OF_MAILBOXES
    list_display = ("address", "entity", "display_name", "imap_host", "is_active")
    list_select_related = ("entity",)
    search_fields = ("address",)


@admin.register(models.InboundMail, site=site)
class InboundMailAdmin(EntityAdmin):
    """What was read from each mail; its bytes are given out by the pages of mails alone."""

    group = "Requests"
    list_display = ("id", "received_at", "outcome", "sender", "mailbox", "support_request")
    list_select_related = ("mailbox", "support_request")
    list_filter = (("entity", EntityFilter), ("received_at", DateRange), "outcome")
    search_fields = ("support_request__number", "header_id")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(models.OutboundMail, site=site)
class OutboundMailAdmin(EntityAdmin):
    group = "Requests"
    list_display = ("id", "sent_at", "state", "recipient", "mailbox", "support_request")
    list_select_related = ("mailbox", "support_request")
    list_filter = (("entity", EntityFilter), ("sent_at", DateRange), "state")
    search_fields = ("support_request__number", "header_id")
    ordering = ("-id",)
    sortable_by = ()


@admin.register(models.SavedView, site=site)
class SavedViewAdmin(InEntity, VersionedAdmin):
    """Those that are shared with an entity; the others are their owner's alone."""

    group = "Rules and lookups"
    entity_path = "shared_with_id"
    list_display = ("name", "page", "query", "owner", "shared_with", "is_ended")
    list_select_related = ("owner", "shared_with")
    list_filter = (("shared_with", EntityFilter), "page", "is_ended")
    search_fields = ("name",)


register_versions("requests_app", {models.RoleGrant: ("person", "entity")})
