"""Customers: who raises support requests."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from audit.veils import VeiledQuerySet
from audit.versions import Versioned
from requests_app.customers.matching import Digits, Letters, Words
from requests_app.models.entity import Entity
from requests_app.queue import documents


class CustomerQuerySet(VeiledQuerySet["Customer"]):
    def visible_to(self, person: Any) -> CustomerQuerySet:
        """Customers of the entities in which the person holds a role today, as this person may see
        them: under a pseudonym, where their role is not shown who they are."""
        from requests_app import people

        return self.filter(entity_id__in=people.entity_ids(person)).read_by(person)

    def standing(self) -> CustomerQuerySet:
        """Those that requests can be given to: not merged into another one, and in use."""
        return self.filter(merged_into__isnull=True, is_active=True)


class Customer(models.Model):
    """A customer of one entity, which never changes. Deactivated, never deleted; erasure clears the
    values.

    E-mail and phone are the primary ones; all others stand in CustomerAddress. One who was found to
    be somebody else we know points to that one: migration 0011_desk, services/merging.py.
    """

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="customers")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    reference = models.CharField(
        max_length=100, blank=True, help_text="Their number in another system."
    )
    is_active = models.BooleanField(default=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    standing_parts = "addresses"
    parts_leave_by = ("customer.merge_undone",)
    history = Versioned(personal=("name", "email", "phone"))
    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["entity", "reference"], name="customer_by_reference"),
            models.Index("entity", Lower("email"), name="customer_by_email"),
            models.Index("entity", Digits("phone"), name="customer_by_phone"),
            models.Index("entity", Letters("name"), name="customer_by_name"),
            models.Index(fields=["entity", "-id"], name="customer_list"),
            GinIndex(Words("name", "email", "phone", "reference"), name="customer_words"),
            GinIndex(documents.of_customer(), name="customer_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="customer_is_not_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
