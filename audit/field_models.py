"""Which event changed which field: an index over versions, made behind them and made again at will.

No evidence: the versions are. It only tells where to look, so that it costs no write anything.
"""

from __future__ import annotations

from django.db import models

from audit.versions import UnscaledDecimalField


class FieldChange(models.Model):
    """``field`` is named as in ``requests_app.supportrequest.priority``; of an amount ``value``
    holds what was written, also where the row was new."""

    field = models.TextField()
    event_id = models.BigIntegerField()
    is_new = models.BooleanField(help_text="The row was created: the field had no value before.")
    value = UnscaledDecimalField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["field", "event_id"], name="audit_field_change",
                condition=models.Q(is_new=False),
            ),
            models.Index(
                fields=["value", "event_id"], name="audit_field_value",
                condition=models.Q(value__isnull=False),
            ),
        ]  # fmt: skip


class FieldProgress(models.Model):
    """Up to which version of a model the fields are indexed. ``seen_version`` is the newest there
    was at the last run, ``seen_before`` the first transaction that had not begun by then."""

    model = models.TextField(unique=True)
    version_id = models.BigIntegerField(default=0)
    seen_version = models.BigIntegerField(default=0)
    seen_before = models.BigIntegerField(default=0)
