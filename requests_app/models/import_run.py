"""One reading of an outside log: which file, how far, and what its rows showed."""

from __future__ import annotations

from django.db import models

from audit.versions import Versioned
from requests_app.models.entity import Entity


class ImportRun(models.Model):
    class State(models.TextChoices):
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="import_runs")
    profile = models.CharField(max_length=60)
    profile_version = models.CharField(max_length=20)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the unpacked bytes.")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    rows = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0, help_text="Rows that stood here already.")
    rejected = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)

    history = Versioned(instead_of_deleting="The account of an import stays.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Import of {self.file_name}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
