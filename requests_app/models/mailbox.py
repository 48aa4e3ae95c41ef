"""Mailboxes: which address belongs to which entity, and where its mail is fetched."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from audit.versions import Versioned
from requests_app.models.entity import Entity

PASSWORD = "MAILBOX_PASSWORD_"  # noqa: S105 - how the names of variables begin


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def visible_to(self, person: Any) -> MailboxQuerySet:
        from requests_app import people

        return self.filter(entity_id__in=people.entity_ids(person))

    def at(self, addresses: list[str]) -> MailboxQuerySet:
        """Active ones of these addresses, whatever their case."""
        folded = [address.lower() for address in addresses]
        found = self.annotate(folded=Lower("address")).filter(folded__in=folded, is_active=True)
        return found.select_related("entity")


class Mailbox(models.Model):
    """An address of one entity, which never changes. ``password_name`` completes the name of the
    variable that holds its password: no row and no trail ever does."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="mailboxes")
    address = models.EmailField()
    display_name = models.CharField(
        max_length=200, blank=True, help_text="Sender's name of what is mailed; else the entity's."
    )
    is_active = models.BooleanField(default=True)
    imap_host = models.CharField(max_length=253, blank=True, help_text="Empty: not fetched.")
    imap_port = models.PositiveIntegerField(default=993)
    imap_user = models.CharField(max_length=320, blank=True)
    imap_folder = models.CharField(max_length=200, default="INBOX")
    password_name = models.CharField(
        max_length=40, blank=True,
        validators=[RegexValidator(r"^[A-Z0-9_]*\Z", "Use capitals, digits and _ only.")],
        help_text=f"Its password stands in {PASSWORD} and this name.",
    )  # fmt: skip

    history = Versioned()
    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ["entity", "id"]
        verbose_name_plural = "mailboxes"
        constraints = [
            models.UniqueConstraint(Lower("address"), name="mailbox_once_per_address"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id

    @property
    def password_variable(self) -> str:
        return PASSWORD + self.password_name


class MailboxFetch(models.Model):
    """How the last look into a mailbox went, each minute anew, so without versions: that it began
    to fail, or works again, is an event."""

    class Cause(models.TextChoices):
        PASSWORD = "password", "Its password is not set"
        SIGN_IN = "sign_in", "The server refuses to sign in"
        UNREACHABLE = "unreachable", "The server cannot be reached, or hangs up"
        TIMEOUT = "timeout", "The server does not answer in time"
        TLS = "tls", "The connection is not safe"
        REFUSED = "refused", "The server refuses what is asked of it"
        KEEPING = "keeping", "A mail could not be kept"

    mailbox = models.OneToOneField(Mailbox, models.PROTECT, related_name="last_fetch")
    looked_at = models.DateTimeField(null=True, help_text="The last attempt, whatever came of it.")
    fetched_at = models.DateTimeField(null=True, help_text="The last one without a fault.")
    failing_since = models.DateTimeField(null=True)
    cause = models.CharField(max_length=11, choices=Cause, blank=True)
    told = models.CharField(max_length=500, blank=True, help_text="What the other side said last.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(failing_since__isnull=True, cause="")
                | models.Q(failing_since__isnull=False) & ~models.Q(cause=""),
                name="mailbox_fetch_fails_for_a_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"Last look into mailbox {self.mailbox_id}"
