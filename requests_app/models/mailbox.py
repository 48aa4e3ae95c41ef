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
