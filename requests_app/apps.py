"""People, entities, customers, support requests and approvals."""

from __future__ import annotations

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "requests_app"
    verbose_name = "Support requests"

    def ready(self) -> None:
        from audit import access, actors, specs
        from requests_app import (
            currencies,
            event_meanings,
            events,
            people,
            reading,
            sessions,
            trail_access,
        )

        events.register()
        event_meanings.register()
        sessions.connect()
        trail_access.register_presets()
        actors.set_role_lookup(people.role_words)
        access.set_access(reading.ACCESS)
        specs.set_currency_places(currencies.SCALES, currencies.USUAL_SCALE)
