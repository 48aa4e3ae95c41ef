"""Who approves what, shown on the admin site, which decides nothing of it."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import site
from requests_app import models
from requests_app.admin.rows import EntityAdmin

GROUP = "Rules and lookups"


@admin.register(models.ApprovalPolicy, site=site)
class ApprovalPolicyAdmin(EntityAdmin):
    group = GROUP
    list_display = ("__str__", "status", "starts_at", "drafted_by", "proposed_by", "decided_by")
    list_select_related = ("entity", "drafted_by", "proposed_by", "decided_by")
    list_filter = (*EntityAdmin.list_filter, "status")


@admin.register(models.PolicyRule, site=site)
class PolicyRuleAdmin(EntityAdmin):
    group = GROUP
    list_display = ("name", "policy", "priority", "minimum", "maximum", "daily_cap", "currency")
    list_select_related = ("policy__entity",)
    search_fields = ("name",)
    ordering = ("-policy", "priority")


@admin.register(models.PolicyStep, site=site)
class PolicyStepAdmin(EntityAdmin):
    group = GROUP
    list_display = ("__str__", "rule", "mode", "count", "least_limit", "hours", "escalate_to")
    list_select_related = ("rule",)
    list_filter = (*EntityAdmin.list_filter, "role", "mode")


@admin.register(models.ApprovalLimit, site=site)
class ApprovalLimitAdmin(EntityAdmin):
    group = GROUP
    list_display = ("__str__", "amount", "currency", "starts_on", "ends_on", "set_by")
    list_select_related = ("entity", "person", "set_by")
    list_filter = (*EntityAdmin.list_filter, "role")


@admin.register(models.Delegation, site=site)
class DelegationAdmin(EntityAdmin):
    group = GROUP
    list_display = ("__str__", "starts_at", "ends_at", "most", "currency", "revoked_at")
    list_select_related = ("entity", "giver", "taker")
