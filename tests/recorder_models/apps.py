"""An app of the tests alone: models that bring the recorder what the product's own do not."""

from __future__ import annotations

from django.apps import AppConfig


class RecorderModelsConfig(AppConfig):
    name = "tests.recorder_models"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import kinds

        kinds.register(
            kinds.Kind("parent.changed", "Parent changed", "changed the parent"),
            kinds.Kind("parent.explained", "Parent explained", "explained", needs_reason=True),
            kinds.Kind("parent.viewed", "Parent viewed", "looked at the parent"),
        )
