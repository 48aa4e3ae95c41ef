"""People, entities, customers, support requests and approvals."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class RequestsConfig(AppConfig):
    name = "requests_app"
    verbose_name = "Support requests"

    def ready(self) -> None:
        from audit import access, actors, pages, specs
        from requests_app import (
            approvers,
            currencies,
            event_meanings,
            events,
            guards,
            logs,
            people,
            reading,
            scanning,
            sessions,
            trail_access,
        )
        from requests_app.accounts import factors, profile

        approvers.register()
        events.register()
        event_meanings.register()
        guards.register()
        logs.register_own()
        register(scanning.scanner_is_there, "requests_app")
        sessions.connect()
        trail_access.register_presets()
        factors.connect()
        pages.set_keeper(profile.keep)
        actors.set_role_lookup(people.role_words)
        access.set_access(reading.ACCESS)
        specs.set_currency_places(currencies.SCALES, currencies.USUAL_SCALE)
