"""One approver's decision on one subject, bound to the content that was decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.models.support_request import SupportRequest
from requests_app.models.user import User


class Approval(models.Model):
    """A step of an approval. It is opened pending and decided once."""

    class Decision(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        RETURNED = "returned", "Returned for changes"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="approvals")
    support_request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="approvals")
    step = models.PositiveSmallIntegerField(default=1)
    required_role = models.CharField(max_length=20)
    approver = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of what is decided.")
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    history = Versioned(
        money={"amount": "currency"},
        instead_of_deleting="A decision stays; invalidate it by a new row.",
    )

    class Meta:
        ordering = ["support_request", "step"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="pending", decided_at__isnull=True, approver__isnull=True)
                | (~Q(decision="pending") & Q(decided_at__isnull=False, approver__isnull=False)),
                name="approval_decided_has_person_and_time",
            )
        ]

    def __str__(self) -> str:
        return f"Approval step {self.step}: {self.get_decision_display()}"

    @property
    def trail_request_id(self) -> int:
        return self.support_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
