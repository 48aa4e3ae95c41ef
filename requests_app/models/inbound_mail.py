"""Mails that came: what was read from each, where it was put, and its bytes as they came."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from audit.veils import VeiledQuerySet
from audit.versions import Versioned
from requests_app.models.entity import Entity
from requests_app.models.mailbox import Mailbox
from requests_app.models.message import Message
from requests_app.models.outbound_mail import OutboundMail
from requests_app.models.raw_intake import RawIntake
from requests_app.models.support_request import SupportRequest


class InboundMailQuerySet(VeiledQuerySet["InboundMail"]):
    def visible_to(self, person: Any) -> InboundMailQuerySet:
        from requests_app import people

        return self.filter(entity_id__in=people.entity_ids(person)).read_by(person)

    def unrouted(self) -> InboundMailQuerySet:
        """On no request, and still somebody's to decide about."""
        return self.filter(support_request__isnull=True, dismissed_at__isnull=True)

    def dismissed(self) -> InboundMailQuerySet:
        return self.filter(support_request__isnull=True, dismissed_at__isnull=False)


class InboundMail(models.Model):
    """``automatic`` says by what it was taken for a machine's; ``remark`` what a person should
    know before they trust what was read. Its name holds no address, so that no event does."""

    class Outcome(models.TextChoices):
        OPENED = "opened", "Opened a request"
        ANSWERED = "answered", "Answered a request"
        FILED = "filed", "Automatic, filed with its request"
        RETURNED = "returned", "Says that a mail did not arrive"
        UNROUTED = "unrouted", "Automatic, on no request"
        SET_ASIDE = "set_aside", "Could not be read"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="+")
    intake = models.ForeignKey(RawIntake, models.PROTECT, related_name="+")
    support_request = models.ForeignKey(
        SupportRequest, models.PROTECT, null=True, blank=True, related_name="+"
    )
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, blank=True, related_name="received_mail"
    )
    returned = models.ForeignKey(
        OutboundMail, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="mail that came back",
    )  # fmt: skip
    outcome = models.CharField(max_length=10, choices=Outcome)
    fingerprint = models.CharField(max_length=64, help_text="Of what makes it the same mail.")
    header_id = models.CharField("Message-ID", max_length=300, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    automatic = models.CharField(max_length=200, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    attachments = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody decided that it needs no request."
    )

    history = Versioned(
        personal=("sender", "sender_name"), instead_of_deleting="What came stays as it came."
    )
    objects = InboundMailQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["entity", "header_id"], name="inbound_mail_by_header_id"),
            models.Index(
                fields=["entity", "-id"], name="inbound_mail_unrouted",
                condition=Q(support_request__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "fingerprint"], name="inbound_mail_once_per_entity"
            ),
            models.CheckConstraint(
                condition=Q(dismissed_at__isnull=True) | Q(support_request__isnull=True),
                name="inbound_mail_dismissed_is_on_no_request",
            ),
        ]

    def __str__(self) -> str:
        return "Received mail"

    @property
    def trail_request_id(self) -> int | None:
        return self.support_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
