"""One ticket in six shapes: the same columns, each kept by another library."""

from __future__ import annotations

from typing import Any

import pghistory
import reversion
from auditlog.registry import auditlog
from django.db import models
from simple_history.models import HistoricalRecords

from audit.versions import Versioned
from requests_app.models import Customer, Entity, User


class Ticket(models.Model):
    """The core of a support request: twelve columns, three of them foreign keys."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    subject = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=20, default="new")
    priority = models.CharField(max_length=10, default="normal")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    claimed_amount = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    claimed_currency = models.CharField(max_length=3, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number} · {self.subject}"


class PlainTicket(Ticket):
    """Django alone: nothing is recorded."""


class OwnTicket(Ticket):
    history = Versioned()

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class SimpleHistoryTicket(Ticket):
    history = HistoricalRecords()


class AuditlogTicket(Ticket):
    def get_additional_data(self) -> dict[str, Any]:
        """Where django-auditlog keeps what is neither change nor actor."""
        return {"reason": self.__dict__.get("_reason", "")}


@pghistory.track()
class PghistoryTicket(Ticket):
    """Kept by the trackers that the library recommends: insert and update."""


@reversion.register()
class ReversionTicket(Ticket):
    """Kept whenever it is saved inside a revision."""


auditlog.register(AuditlogTicket)
