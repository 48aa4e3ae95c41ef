"""What an entity promises its customers: when it works, how soon it answers, and what it was late
with; and the questions about requests that follow from it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.models.priority import Priority

# The clock of the due date stands still; a date that was set by hand knows no pause.
PAUSED = Q(due_paused_at__isnull=False, due_by_hand_at__isnull=True)


Row = TypeVar("Row", bound=models.Model)


class DueDateQuerySet(models.QuerySet[Row]):
    """Requests by their clocks, which run until the work ends. Moments are the database's."""

    def running(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def due_before(self, moment: datetime | Now) -> Self:
        """Whose first answer or end falls due before a moment, or has fallen due."""
        first = Q(
            first_responded_at__isnull=True, first_response_due_at__lt=moment,
            due_paused_at__isnull=True,
        )  # fmt: skip
        return self.running().filter(Q(~PAUSED, due_at__lt=moment) | first)

    def overdue(self) -> Self:
        return self.due_before(Now())

    def due_soon(self) -> Self:
        """Whose end is near enough to warn of, and has not come."""
        return self.running().filter(~PAUSED, due_soon_at__lte=Now(), due_at__gt=Now())


class WorkCalendar(models.Model):
    """When people of an entity work. One is in use at a time; it is ended, never deleted.

    ``hours``: weekday to spans, such as {"monday": "09:00-17:00"}. ``days``: ISO date to the name
    and the hours of a day unlike its week, such as {"2026-12-24": {"name": ..., "hours": ""}}.
    """

    WEEKDAYS: ClassVar = (
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    )  # fmt: skip

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="calendars")
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64)
    hours = models.JSONField("weekly hours", default=dict)
    country = models.CharField("holidays of", max_length=2, blank=True)
    subdivision = models.CharField("part of the country", max_length=10, blank=True)
    days = models.JSONField("single days", default=dict, blank=True)
    is_active = models.BooleanField("in use", default=True)

    history = Versioned(instead_of_deleting="End it, with the reason.")

    class Meta:
        ordering = ["entity", "-is_active", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity"], condition=Q(is_active=True), name="one_calendar_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"Calendar {self.name}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class ServiceLevel(models.Model):
    """How soon requests of one priority are answered and done, in minutes of working time.

    A changed level leaves the dates it gave: they name its version.
    """

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="service_levels")
    priority = models.CharField(max_length=10, choices=Priority)
    first_response_minutes = models.PositiveIntegerField("first response within")
    resolution_minutes = models.PositiveIntegerField("done within")
    warn_minutes = models.PositiveIntegerField("warning before")
    is_active = models.BooleanField("in use", default=True)

    history = Versioned(instead_of_deleting="End it, with the reason.")

    class Meta:
        ordering = ["entity", "-is_active", "resolution_minutes", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "priority"],
                condition=Q(is_active=True),
                name="one_service_level_in_use_per_priority",
            ),
            models.CheckConstraint(
                condition=Q(first_response_minutes__gt=0)
                & Q(resolution_minutes__gte=F("first_response_minutes"))
                & Q(warn_minutes__lt=F("resolution_minutes")),
                name="service_level_answers_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"Service level {self.get_priority_display()}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
