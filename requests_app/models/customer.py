"""Customers: who raises support requests."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.queue import documents


class Customer(models.Model):
    """A customer of one entity, which never changes. Deactivated, never deleted; erasure clears the
    values."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="customers")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    reference = models.CharField(
        max_length=100, blank=True, help_text="Their number in another system."
    )
    is_active = models.BooleanField(default=True)

    history = Versioned()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["entity", "reference"], name="customer_by_reference"),
            GinIndex(documents.of_customer(), name="customer_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
