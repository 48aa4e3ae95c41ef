"""Mails that left, or are to leave: kept as they were mailed, and what became of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from audit.veils import VeiledQuerySet
from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.models.mailbox import Mailbox
from requests_app.models.message import Message
from requests_app.models.raw_intake import RawIntake
from requests_app.models.support_request import SupportRequest


class OutboundMailQuerySet(VeiledQuerySet["OutboundMail"]):
    def visible_to(self, person: Any) -> OutboundMailQuerySet:
        from requests_app import people

        return self.filter(entity_id__in=people.entity_ids(person)).read_by(person)

    def undelivered(self) -> OutboundMailQuerySet:
        """Given up or come back, and still somebody's to decide about."""
        return self.filter(state__in=["failed", "returned"], dismissed_at__isnull=True)

    def dismissed(self) -> OutboundMailQuerySet:
        return self.filter(state__in=["failed", "returned"], dismissed_at__isnull=False)


class OutboundMail(models.Model):
    """``original`` holds the bytes; they are rendered once, with the reply, and never again."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be mailed"
        SENT = "sent", "Mailed"
        FAILED = "failed", "Not mailed"
        RETURNED = "returned", "Came back"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    support_request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="+")
    message = models.OneToOneField(Message, models.PROTECT, related_name="sent_mail")
    original = models.ForeignKey(RawIntake, models.PROTECT, related_name="+")
    recipient = models.EmailField()
    header_id = models.CharField("Message-ID", max_length=300, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="What the other server said last.")
    dismissed_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody decided that it need not arrive."
    )

    history = Versioned(
        personal=("recipient", "error"),
        instead_of_deleting="What was mailed stays as it was mailed.",
    )
    objects = OutboundMailQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="outbound_mail_waiting",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=["entity", "-id"], name="outbound_mail_undelivered",
                condition=Q(state__in=["failed", "returned"]),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "returned"]) | Q(sent_at__isnull=False),
                name="outbound_mail_sent_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="queued", next_attempt_at__isnull=False)
                | (~Q(state="queued") & Q(next_attempt_at__isnull=True)),
                name="outbound_mail_waits_for_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(dismissed_at__isnull=True) | Q(state__in=["failed", "returned"]),
                name="outbound_mail_dismissed_did_not_arrive",
            ),
        ]

    def __str__(self) -> str:
        return "Mailed reply"

    @property
    def trail_request_id(self) -> int:
        return self.support_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id

    @property
    def is_stuck(self) -> bool:
        return self.state in (self.State.FAILED, self.State.RETURNED)
