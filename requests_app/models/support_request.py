"""The support request: the case a customer raised."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.veils import VeiledQuerySet
from audit.versions import Versioned
from requests_app.models.customer import Customer
from requests_app.models.due_dates import DueDateQuerySet
from requests_app.models.entity import Entity
from requests_app.models.facts import Confirmation, Remedy, Resolution, RootCause
from requests_app.models.priority import Priority
from requests_app.models.raw_intake import RawIntake
from requests_app.models.user import User
from requests_app.queue import documents


class Status(models.TextChoices):
    NEW = "new", "New"
    TRIAGED = "triaged", "Triaged"
    IN_PROGRESS = "in_progress", "In progress"
    WAITING_CUSTOMER = "waiting_customer", "Waiting for customer"
    WAITING_VENDOR = "waiting_vendor", "Waiting for vendor"
    WAITING_EVIDENCE = "waiting_evidence", "Waiting for evidence"
    WAITING_PROBLEM = "waiting_problem", "Waiting for a known problem"
    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    APPROVED = "approved", "Approved"
    EXECUTING = "executing", "Executing"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"
    DUPLICATE = "duplicate", "Duplicate"
    UNKNOWN = "unknown", "Unknown at the source"


class Channel(models.TextChoices):
    MAIL = "mail", "Mail"
    PORTAL = "portal", "Portal"
    PHONE = "phone", "Phone"
    API = "api", "API"
    IMPORT = "import", "Import"


# Also where what serves still is of the release before, which does not know the column.
UNSAID: Any = {"blank": True, "default": "", "db_default": ""}


class SupportRequestQuerySet(  # type: ignore[override]  # the stubs have a manager for each
    DueDateQuerySet["SupportRequest"], VeiledQuerySet["SupportRequest"]
):
    def visible_to(self, person: Any) -> SupportRequestQuerySet:
        """Requests of the entities in which the person holds a role today; without the names and
        addresses of customers, where their role is not shown these."""
        from requests_app import people

        return self.filter(entity_id__in=people.entity_ids(person)).read_by(person)

    def open(self) -> SupportRequestQuerySet:
        return self.exclude(status__in=CLOSED_STATUSES)

    def named(self) -> SupportRequestQuerySet:
        """With the rows whose names a list shows."""
        return self.select_related("entity", "customer", "assignee")


# Most requests have ended, and nobody asks when those are due.
RUNNING = Q(ended_at__isnull=True, due_at__isnull=False)


class SupportRequest(models.Model):
    """Amounts: ``claimed_*`` is what the customer asks for, never what was granted; that stands on
    adjustments alone. ``received_at`` is the channel's word; when we recorded it, the trail knows.
    Its entity never changes, and what it refers to is of the same: migration 0011_desk.
    """

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="support_requests")
    number = models.CharField(max_length=24, unique=True, editable=False)
    source = models.CharField(max_length=40, blank=True, help_text="Import profile, if imported.")
    source_number = models.CharField("number at the source", max_length=100, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    subject = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.NEW)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    category = models.CharField(max_length=100, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="support_requests"
    )
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="assigned_requests"
    )
    # Whom to ask, where it is not the customer themselves.
    contact_name = models.CharField("contact", max_length=200, **UNSAID)
    contact_address = models.CharField("contact's address", max_length=250, **UNSAID)
    requested_remedy = models.CharField(max_length=20, choices=Remedy, **UNSAID)
    invoice_reference = models.CharField(max_length=100, blank=True)
    contract_reference = models.CharField(max_length=100, **UNSAID)
    claimed_amount = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    claimed_currency = models.CharField(max_length=3, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    intake = models.ForeignKey(RawIntake, models.PROTECT, null=True, blank=True, related_name="+")
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=20, choices=Resolution, blank=True)
    resolution_note = models.TextField(blank=True)
    root_cause = models.CharField(max_length=20, choices=RootCause, **UNSAID)
    customer_confirmation = models.CharField(max_length=20, choices=Confirmation, **UNSAID)
    custom = models.JSONField("custom fields", default=dict, blank=True)
    # Its clocks (docs/due-dates.md): empty if nothing is promised, or the request is imported.
    due_from = models.DateTimeField("clock counts from", null=True, blank=True)
    first_response_due_at = models.DateTimeField("first response due", null=True, blank=True)
    first_responded_at = models.DateTimeField("first response", null=True, blank=True)
    due_at = models.DateTimeField("due", null=True, blank=True)
    due_soon_at = models.DateTimeField("due soon from", null=True, blank=True)
    due_by_hand_at = models.DateTimeField("due date set by hand", null=True, blank=True)
    due_paused_at = models.DateTimeField("clock paused", null=True, blank=True)
    ended_at = models.DateTimeField("work ended", null=True, blank=True)
    service_level_version = models.BigIntegerField(
        "version of the service level", null=True, blank=True
    )

    history = Versioned(
        money={"claimed_amount": "claimed_currency"},
        erasable=["description", "contact_name", "contact_address"],
        personal=("contact_name", "contact_address"),
        instead_of_deleting="Cancel it, with the reason.",
    )
    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            *documents.of_requests(),
            models.Index(fields=["entity", "-id"], name="support_request_list"),
            models.Index(fields=["entity", "status", "-id"], name="support_request_by_status"),
            models.Index(fields=["due_at"], condition=RUNNING, name="support_request_due"),
            models.Index(
                fields=["due_soon_at"], condition=RUNNING, name="support_request_due_soon"
            ),
            models.Index(
                fields=["first_response_due_at"],
                condition=Q(
                    ended_at__isnull=True,
                    first_responded_at__isnull=True,
                    first_response_due_at__isnull=False,
                ),
                name="support_request_unanswered",
            ),
            models.Index(
                fields=["ended_at"], condition=Q(status="resolved"), name="support_request_silent"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "source", "source_number"],
                name="support_request_once_per_source",
                condition=~Q(source_number=""),
            ),
            models.CheckConstraint(
                condition=Q(claimed_amount__isnull=True) | Q(claimed_amount__gt=0),
                name="claimed_amount_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(claimed_amount__isnull=True) | ~Q(claimed_currency=""),
                name="claimed_amount_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.subject}"

    # Its own key is what the events of all its parts refer to.
    is_trail_root = True

    @property
    def trail_request_id(self) -> int | None:
        return self.pk

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED_STATUSES


CLOSED_STATUSES = (Status.CLOSED, Status.REJECTED, Status.CANCELLED, Status.DUPLICATE)
