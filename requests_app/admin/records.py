"""Customers, requests and all that belongs to them, shown on the admin site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit import actors
from audit.admin import VersionedAdmin, site
from audit.admin.columns import coded
from audit.admin.filters import DateRange
from requests_app import looking, models
from requests_app.admin.rows import EntityAdmin, EntityFilter, InEntity
from requests_app.customers import reading as customers
from requests_app.importing import running

INTERRUPTED = "Interrupted; no process works on it. The same command goes on from there."


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
    list_display = (
        "support_request", "step", "required_role", "decision", "decided_at", "amount", "currency",
    )  # fmt: skip
    list_select_related = ("support_request",)
    told_by = {"required_role": coded("required_role", "required role", dict(models.Role.choices))}
    list_filter = (("entity", EntityFilter), ("decided_at", DateRange), "decision")
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


@admin.register(models.DueNotice, site=site)
class DueNoticeAdmin(InEntity, VersionedAdmin):
    group = "Requests"
    entity_path = "support_request__entity_id"
    list_display = ("id", "support_request", "kind", "due_at")
    list_select_related = ("support_request",)
    list_filter = (("due_at", DateRange), "kind")
    search_fields = ("support_request__number",)
    ordering = ("-id",)


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
