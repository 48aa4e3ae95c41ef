"""Small acts on a parent, and what its versions say of who did them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

from audit.actors import Actor
from requests_app.models import User
from tests.recorder_models.models import Parent

CHANGED = "parent.changed"


def rename(parent: Parent, name: str) -> None:
    Parent.objects.filter(pk=parent.pk).update(name=name)


def who_wrote(parent: Parent) -> list[tuple[str, str]]:
    """Names the row took, oldest first, each with the actor it is credited to."""
    versions = parent.history.order_by("history_id").select_related("event")[1:]
    return [(version.name, version.event.actor_label) for version in versions]


def person_of(actor: Actor) -> User:
    return User.objects.get(pk=actor.id)


def in_thread(act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    return threading.Thread(target=run)
