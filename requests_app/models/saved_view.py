"""Filters that people keep by a name, for themselves or for everybody of an entity."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.models.user import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, person: Any) -> SavedViewQuerySet:
        """The person's own, and those shared with an entity where they hold a role today."""
        from requests_app import people

        shared = Q(shared_with_id__in=people.entity_ids(person))
        return self.filter(Q(owner_id=person.pk) | shared, is_ended=False)


class SavedView(models.Model):
    """The query string of a list, by a name. What it finds is asked anew each time, of what the
    person who opens it may see."""

    class Page(models.TextChoices):
        REQUESTS = "requests", "Requests"
        TRAIL = "trail", "Trail"

    owner = models.ForeignKey(User, models.PROTECT, related_name="saved_views")
    page = models.CharField(max_length=20, choices=Page)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2_000, blank=True)
    shared_with = models.ForeignKey(
        Entity, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Everybody with a role there may use it; empty for its owner alone.",
    )  # fmt: skip
    is_ended = models.BooleanField(default=False)

    history = Versioned(instead_of_deleting="End it; what it was stays known.")
    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                "owner", "page", Lower("name"), condition=Q(is_ended=False),
                name="saved_view_name_once_per_owner",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def trail_entity_id(self) -> int | None:
        return self.shared_with_id
