"""Exports too large to wait for: a file on its way to one person, kept for a week."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from requests_app.models.user import User

KEPT = timedelta(days=7)


class ExportJob(models.Model):
    """Not versioned: what was exported, by whom and under which hash, two events say."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for the worker"
        RUNNING = "running", "Being written"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    owner = models.ForeignKey(User, models.PROTECT, related_name="export_jobs")
    query = models.CharField(max_length=4_000, blank=True)
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    rows_expected = models.PositiveIntegerField()
    rows_done = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    event_id = models.BigIntegerField(null=True, help_text="The export, as recorded.")
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True, help_text="Why there is no file.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Export {self.pk}"


class ExportPart(models.Model):
    """A piece of the file; all of them in order are the file."""

    job = models.ForeignKey(ExportJob, models.CASCADE, related_name="parts")
    content = models.BinaryField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Part {self.pk} of export {self.job_id}"
