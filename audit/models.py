"""The trail's own table: one row per recorded action, written only by the database."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models import Q

from audit.export_models import ExportPart, ExportProgress, TrailExport
from audit.field_models import FieldChange, FieldProgress
from audit.searching import Words

__all__ = [
    "Event",
    "EventQuerySet",
    "ExportPart",
    "ExportProgress",
    "FieldChange",
    "FieldProgress",
    "TrailExport",
]


class EventQuerySet(models.QuerySet["Event"]):
    """Named queries. The order is by id: clocks may step, ids of one subject may not.

    Of one trail they name the index: as a range, which holds one value, and as the first column of
    the order. Else the planner takes a long trail to be spread evenly over all events, and walks
    through those of everybody until it meets the first of this one. To group or to tell apart, take
    the order off again with ``.order_by()``.
    """

    def about(self, subject_type: str, subject_id: object) -> EventQuerySet:
        kind, key = (subject_type, subject_type), (str(subject_id), str(subject_id))
        events = self.filter(subject_type__range=kind, subject_id__range=key)
        return events.order_by("subject_type", "subject_id", "id")

    def of_support_request(self, support_request_id: int) -> EventQuerySet:
        only = (support_request_id, support_request_id)
        return self.filter(support_request_id__range=only).order_by("support_request_id", "id")

    def of_actor(self, kind: str, actor_id: str) -> EventQuerySet:
        only = {"actor_kind__range": (kind, kind), "actor_id__range": (actor_id, actor_id)}
        return self.filter(**only).order_by("actor_kind", "actor_id", "id")


class Event(models.Model):
    """Who did what, when, why and from where, with what outcome.

    Values only, no foreign keys: nothing that happens to a user or a request may touch what is
    recorded of them. The columns from ``recorded_at`` on are the database's own word.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    outcome = models.TextField()
    subject_type = models.TextField()
    subject_id = models.TextField()
    subject_label = models.TextField()
    support_request_id = models.BigIntegerField(null=True)
    entity_id = models.BigIntegerField(null=True)
    actor_kind = models.TextField()
    actor_id = models.TextField()
    actor_label = models.TextField()
    actor_role = models.TextField()
    on_behalf_of_id = models.TextField()
    on_behalf_of_label = models.TextField()
    cause_kind = models.TextField()
    cause_id = models.TextField()
    cause_label = models.TextField()
    cause_version = models.TextField()
    channel = models.TextField()
    address = models.GenericIPAddressField(null=True)
    user_agent = models.TextField()
    session = models.TextField()
    sign_in_method = models.TextField()
    reason = models.TextField()
    correlation_id = models.TextField()
    occurred_at = models.DateTimeField(null=True)
    detail = models.JSONField()
    recorded_at = models.DateTimeField()
    txid = models.BigIntegerField()
    salt = models.BinaryField()
    database_user = models.TextField()
    database_address = models.GenericIPAddressField(null=True)
    database_application = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["done", "denied", "failed"]), name="event_outcome_is_known"
            ),
            models.CheckConstraint(condition=~Q(kind=""), name="event_has_a_kind"),
            models.CheckConstraint(
                condition=~Q(actor_label="") & ~Q(actor_kind=""), name="event_has_an_actor"
            ),
            models.CheckConstraint(condition=~Q(channel=""), name="event_has_a_channel"),
        ]
        indexes = [
            models.Index(
                fields=["support_request_id", "id"],
                name="audit_event_request",
                condition=Q(support_request_id__isnull=False),
            ),
            models.Index(
                fields=["subject_type", "subject_id", "id"],
                name="audit_event_subject",
            ),
            models.Index(fields=["actor_kind", "actor_id", "id"], name="audit_event_actor"),
            # Only views are looked up by their moment: was this request looked at lately?
            models.Index(
                fields=["support_request_id", "actor_id", "recorded_at"],
                name="audit_event_viewed",
                condition=Q(kind="request.viewed"),
            ),
            # Few events are these, and pages ask for them by themselves.
            models.Index(
                fields=["support_request_id"],
                name="audit_event_reopened",
                condition=Q(kind="request.reopened", outcome="done"),
            ),
            models.Index(fields=["id"], name="audit_event_not_done", condition=~Q(outcome="done")),
            models.Index(
                fields=["actor_kind", "actor_id", "id"],
                name="audit_event_exported",
                condition=Q(kind="request.list_exported"),
            ),
            models.Index(
                fields=["id"], name="audit_event_checked", condition=Q(kind="trail.checked")
            ),
            # What the explorer filters by: docs/decisions/0024-few-indexes-for-the-explorer.md
            models.Index(fields=["recorded_at"], name="audit_event_recorded"),
            models.Index(fields=["kind", "id"], name="audit_event_kind"),
            models.Index(fields=["channel", "id"], name="audit_event_channel"),
            models.Index(
                fields=["address", "id"],
                name="audit_event_address",
                condition=Q(address__isnull=False),
            ),
            # Without its condition all that no HTTP request did would lie in one bucket, and each
            # of these events would be put behind all others.
            HashIndex(
                fields=["correlation_id"],
                name="audit_event_correlation",
                condition=~Q(correlation_id=""),
            ),
            # What is pending is read one by one in each search, and sorted in by whoever fills it.
            GinIndex(
                Words(), name="audit_event_words", fastupdate=True, gin_pending_list_limit=512
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}: {self.kind}"

    @property
    def cause_event_id(self) -> int | None:
        """The event that led to this one; None also where the stored words are no such id."""
        text = self.cause_id
        is_id = text.isascii() and text.isdigit() and len(text) <= 18
        return int(text) if self.cause_kind == "event" and is_id else None

    @property
    def public_id(self) -> str:
        return f"E-{self.pk}"


class Erasure(models.Model):
    """What an erasure cleared: a column of a row, or of one of its versions.

    Written by audit_erase alone, under the event that says who and why. What stood there is gone;
    its length and a commitment to it stay.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        Event, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    table_name = models.TextField()
    row_key = models.TextField()
    version_id = models.BigIntegerField(null=True)
    column_name = models.TextField()
    unit = models.TextField()
    size = models.BigIntegerField()
    commitment = models.TextField()
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["table_name", "row_key"], name="audit_erasure_row"),
            models.Index(fields=["event"], name="audit_erasure_event"),
        ]

    def __str__(self) -> str:
        return f"{self.column_name} of {self.table_name} {self.row_key}"
