"""Further addresses of customers: the ones beside the primary e-mail and phone."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from audit.veils import VeiledQuerySet
from audit.versions import Versioned
from requests_app.customers.matching import Digits, Words
from requests_app.models.customer import Customer
from requests_app.models.entity import Entity


class CustomerAddressQuerySet(VeiledQuerySet["CustomerAddress"]):
    def visible_to(self, person: Any) -> CustomerAddressQuerySet:
        """Addresses of the customers whom this person sees, hidden where they see a pseudonym."""
        from requests_app import people

        return self.filter(entity_id__in=people.entity_ids(person)).read_by(person)

    def in_use(self) -> CustomerAddressQuerySet:
        return self.filter(ended_at__isnull=True)


class CustomerAddress(models.Model):
    """An address in use or ended; never deleted, since letters went there. Its name holds no part
    of it, so that no event does."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        POSTAL = "postal", "Post"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=500)
    ended_at = models.DateTimeField(null=True, blank=True)

    history = Versioned(personal=("value",), instead_of_deleting="End it instead.")
    objects = CustomerAddressQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "customer address"
        verbose_name_plural = "customer addresses"
        indexes = [
            models.Index("entity", Lower("value"), name="customer_address_by_value"),
            models.Index("entity", Digits("value"), name="customer_address_by_phone",
                         condition=Q(kind="phone")),
            GinIndex(Words("value"), name="customer_address_words"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                "customer", "kind", Lower("value"), name="customer_address_in_use_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(condition=~Q(value=""), name="customer_address_is_not_empty"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} address {self.pk}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
