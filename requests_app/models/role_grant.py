"""Which person holds which role in which entity, from when to when."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.models.user import User


class Role(models.TextChoices):
    AGENT = "agent", "Agent"
    LEAD = "lead", "Lead"
    CONTROLLER = "controller", "Controller"
    EXECUTIVE = "executive", "Executive"
    ACCOUNTANT = "accountant", "Accountant"
    TREASURER = "treasurer", "Treasurer"
    AUDITOR = "auditor", "Auditor"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    ADMINISTRATOR = "administrator", "Administrator"


class RoleGrant(models.Model):
    """A grant ends by its last day; it is never deleted, so who could do what stays answerable."""

    person = models.ForeignKey(User, models.PROTECT, related_name="grants")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Last day, empty for open.")

    history = Versioned(instead_of_deleting="End it by its last day.")

    class Meta:
        ordering = ["entity", "person", "role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="role_grant_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.get_role_display()} in {self.entity.code}"

    def is_in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
