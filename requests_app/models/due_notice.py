"""What was said of a due date when it came near or passed: once per date, by a constraint."""

from __future__ import annotations

from django.db import models

from audit.versions import Versioned
from requests_app.models.support_request import SupportRequest


class DueNotice(models.Model):
    """The worker's mark that a date was warned of, or missed. Another date is another notice."""

    class Kind(models.TextChoices):
        DUE_SOON = "due_soon", "Due soon"
        DUE_BREACHED = "due_breached", "Not done when due"
        FIRST_RESPONSE_BREACHED = "first_response_breached", "No first response when due"

    support_request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="due_notices")
    kind = models.CharField(max_length=30, choices=Kind)
    due_at = models.DateTimeField("of the due date")

    history = Versioned(allow={"insert"}, instead_of_deleting="What was said stays said.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["support_request", "kind", "due_at"], name="one_notice_per_due_date"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def trail_request_id(self) -> int:
        return self.support_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.support_request.entity_id
