"""Files of a request: what each is stands here, its bytes in a folder that nothing serves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.versions import Versioned
from requests_app.models.message import Message
from requests_app.models.support_request import SupportRequest
from requests_app.models.user import User

LONGEST_NAME = 255


class Attachment(models.Model):
    """Never edited. ``name`` and ``claimed_type`` are the sender's word, ``content_type`` is read
    from the bytes. Its own name does not stand in ``str``, which events keep for ever."""

    class Verdict(models.TextChoices):
        CLEAN = "clean", "Nothing found"
        NOT_SCANNED = "not_scanned", "Not scanned"

    support_request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="attachments")
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    author_label = models.CharField(max_length=200)
    name = models.CharField(max_length=LONGEST_NAME)
    content_type = models.CharField(max_length=100)
    claimed_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField("SHA-256", max_length=64)
    storage_key = models.CharField(max_length=100, unique=True)
    verdict = models.CharField("virus scan", max_length=12, choices=Verdict)
    scanner = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    history = Versioned(
        allow={"insert"},
        excluded_fields=["storage_key"],
        instead_of_deleting="Redact it, with the reason.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="attachment_has_a_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"File of {self.size:,} bytes ({self.content_type})"

    @property
    def trail_request_id(self) -> int:
        return self.support_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.support_request.entity_id
