"""The recorder's Django app: it wires the triggers to migrations and knows no business noun."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Trail"

    def ready(self) -> None:
        from audit import checks, kinds, schema

        kinds.register_own()
        register(checks.versioned_models, "audit")
        pre_migrate.connect(schema.refuse_lossy_plan, dispatch_uid="audit.refuse_lossy_plan")
        post_migrate.connect(schema.refresh, dispatch_uid="audit.refresh")
