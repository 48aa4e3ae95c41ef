"""Exchange rates by day and source, as they were published."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned


class ExchangeRate(models.Model):
    """How many units of the quoted currency one unit of the base currency buys. A rate is never
    edited; what was wrong is followed by one of another source."""

    base = models.CharField(max_length=3)
    quoted = models.CharField(max_length=3)
    day = models.DateField()
    source = models.CharField(max_length=60)
    rate = models.DecimalField(max_digits=24, decimal_places=12)

    history = Versioned(
        allow={"insert"}, instead_of_deleting="Import the right one under another source."
    )

    class Meta:
        ordering = ["base", "quoted", "-day", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["base", "quoted", "day", "source"], name="exchange_rate_once"
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0) & ~Q(base=F("quoted")), name="exchange_rate_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quoted} {self.day}"
