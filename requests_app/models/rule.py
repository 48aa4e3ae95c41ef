"""Rules that act by themselves. They are rows, so that their past is kept, too."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.models.user import User


class Rule(models.Model):
    """One thing an entity lets happen by itself. It names itself in whatever it does."""

    class Kind(models.TextChoices):
        ASSIGN_BY_CATEGORY = "assign_by_category", "Assign by category"
        CLOSE_AFTER_SILENCE = "close_after_silence", "Close after silence"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="rules")
    kind = models.CharField(max_length=30, choices=Kind)
    name = models.CharField(max_length=100)
    category = models.CharField(max_length=100, blank=True)
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Why it was last skipped; said once, and cleared when it works again or is changed.
    trouble = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField("in use", default=True)

    history = Versioned(instead_of_deleting="End it, with the reason.")

    class Meta:
        ordering = ["entity", "-is_active", "kind", "category", "-id"]
        constraints = [
            models.UniqueConstraint(
                "entity",
                "kind",
                Lower("category"),
                condition=Q(is_active=True),
                name="one_rule_in_use_per_category",
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(category=""),
                    kind="assign_by_category",
                    assignee__isnull=False,
                    days__isnull=True,
                )
                | Q(
                    kind="close_after_silence",
                    assignee__isnull=True,
                    days__isnull=False,  # a check that comes to NULL would pass
                    days__gt=0,
                ),
                name="rule_says_what_it_does",
            ),
        ]

    def __str__(self) -> str:
        return f"Rule {self.name}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
