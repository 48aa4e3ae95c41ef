"""Messages of a request. Never edited: a correction is a new one that points back."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from audit.versions import Versioned
from requests_app.models.support_request import SupportRequest
from requests_app.models.user import User
from requests_app.queue import documents


class Message(models.Model):
    class Kind(models.TextChoices):
        REPLY = "reply", "Reply"
        NOTE = "note", "Internal note"
        CUSTOMER = "customer", "From the customer"
        AUTOMATIC = "automatic", "Automatic mail"

    support_request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    author_label = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    history = Versioned(
        allow={"insert"},
        erasable=["body"],
        instead_of_deleting="Write a correction instead.",
        personal={"author_label": lambda row: row.get("kind") in ("customer", "automatic")},
    )

    class Meta:
        ordering = ["id"]
        indexes = [GinIndex(documents.of_message(), name="message_search")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.author_label}"

    @property
    def trail_request_id(self) -> int:
        return self.support_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.support_request.entity_id
