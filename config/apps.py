"""The project itself as an app, the first to be ready: what every form and page builds on."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from audit import wording

        wording.use_own()
