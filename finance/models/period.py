"""Accounting periods: months of an entity that take entries until two people have closed them."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from finance.models.books import BooksQuerySet
from requests_app.models import Entity, User


class Period(models.Model):
    """One person asks to close it or to open it again, another one does."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSING = "closing", "To be closed"
        CLOSED = "closed", "Closed"
        REOPENING = "reopening", "To be reopened"

    # While somebody asks to close it work goes on, as nothing is decided; the same when closed.
    TAKES_ENTRIES = (Status.OPEN, Status.CLOSING)

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="periods")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BooksQuerySet.as_manager()
    history = Versioned(instead_of_deleting="Close it.")

    class Meta:
        ordering = ["entity", "-year", "-month"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "month"], name="period_once"),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12, year__gte=1900, year__lte=9999),
                name="period_is_a_month",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["closing", "closed", "reopening"])
                | Q(asked_by__isnull=False),
                name="period_somebody_asked",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="period_closed_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def holds(self, day: date) -> bool:
        return (self.year, self.month) == (day.year, day.month)

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
