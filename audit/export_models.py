"""Exports of the trail: what was asked for, how far it is, and the file until it expires."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from audit.versions import Versioned


class TrailExport(models.Model):
    """``query`` is the explorer's address after the question mark, ``zone`` the one of its days.

    ``snapshot`` is PostgreSQL's word for which transactions were over when the export was asked
    for: with their events the same query gives the same file, whenever it is made.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Being made"
        FINISHED = "finished", "Ready"
        FAILED = "failed", "Failed"
        EXPIRED = "expired", "Expired"

    class Format(models.TextChoices):
        CSV = "csv", "CSV, one line per event"
        EXCEL = "excel", "CSV for Excel, with a byte order mark"
        JSON_LINES = "jsonl", "JSON Lines, with every changed field"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="trail_exports"
    )
    query = models.TextField(blank=True)
    zone = models.CharField(max_length=64)
    format = models.CharField(max_length=10, choices=Format)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    events_up_to = models.BigIntegerField()
    snapshot = models.TextField()
    rows = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True, help_text="Bytes of the file in the archive.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file in the archive.")
    manifest = models.JSONField(default=dict)
    expires_at = models.DateTimeField(null=True)

    history = Versioned(instead_of_deleting="The account of an export stays; its file expires.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="finished")
                | models.Q(rows__isnull=False, expires_at__isnull=False) & ~models.Q(sha256=""),
                name="finished_export_says_what_it_holds",
            ),
        ]

    def __str__(self) -> str:
        return f"Export {self.pk} of the trail"

    @property
    def is_underway(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def file_name(self) -> str:
        return f"trail-{self.pk}.{'jsonl' if self.format == self.Format.JSON_LINES else 'csv'}"


class ExportProgress(models.Model):
    """How many events of an export are written: worth nothing once it is finished."""

    export = models.OneToOneField(TrailExport, models.PROTECT, related_name="progress")
    rows = models.PositiveIntegerField(default=0)


class ExportPart(models.Model):
    """A piece of the finished archive, here so that any machine can hand it out."""

    export = models.ForeignKey(TrailExport, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="export_part_is_one"),
        ]
