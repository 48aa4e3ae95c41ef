"""Legal entities, and the counters that number their documents without gaps."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from audit.versions import Versioned


class Entity(models.Model):
    """A legal entity: every business row belongs to one."""

    code = models.CharField(
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,7}$", "Use 2 to 8 capitals or digits.")],
        help_text="Starts the numbers of its documents, for example US.",
    )
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, help_text="Base currency, ISO 4217.")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)

    history = Versioned()

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "entities"

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    def today(self) -> date:
        """The date where the entity is: roles begin and end, and years of numbers turn, by it."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    # A new one is the entity of its own first event.
    is_trail_entity = True

    @property
    def trail_entity_id(self) -> int:
        return self.pk


class NumberSeries(models.Model):
    """The last number given out per entity, series and year.

    Not versioned: the numbers stand on the rows they were given to, and the counter is raised in
    the same transaction, so a number is used or was never given.
    """

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    series = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "series", "year"], name="number_series_once_per_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity.code}-{self.series}-{self.year}: {self.last}"
