"""People, entities, customers, support requests and approvals."""

from __future__ import annotations

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "requests_app"
    verbose_name = "Support requests"

    def ready(self) -> None:
        from audit import access, actors, pages, specs
        from requests_app import currencies, events, people, reading, sessions
        from requests_app.accounts import factors, profile

        events.register()
        sessions.connect()
        factors.connect()
        pages.set_keeper(profile.keep_theme)
        actors.set_role_lookup(people.role_words)
        access.set_access(reading.ACCESS)
        specs.set_currency_places(currencies.SCALES, currencies.USUAL_SCALE)
