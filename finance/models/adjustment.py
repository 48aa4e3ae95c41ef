"""Financial adjustments: what a support request grants, as far as money goes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.versions import Versioned
from requests_app.models import Entity, SupportRequest, User


class FinancialAdjustment(models.Model):
    """Money granted, apart from what the request claims."""

    class Kind(models.TextChoices):
        REFUND = "refund", "Refund"
        CREDIT_NOTE = "credit_note", "Credit note"
        GOODWILL_CREDIT = "goodwill_credit", "Goodwill credit"
        WRITE_OFF = "write_off", "Write-off"
        PRICE_CORRECTION = "price_correction", "Price correction"
        TAX_CORRECTION = "tax_correction", "Tax correction"
        CHARGEBACK = "chargeback", "Chargeback"
        EXPENSE = "expense", "Expense"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        APPROVED = "approved", "Approved"
        POSTED = "posted", "Posted"
        DISBURSED = "disbursed", "Disbursed"
        MATCHED = "matched", "Matched"
        CLOSED = "closed", "Closed"
        RETURNED = "returned", "Returned"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"
        REVERSED = "reversed", "Reversed"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="adjustments")
    support_request = models.ForeignKey(SupportRequest, models.PROTECT, related_name="adjustments")
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    reason_code = models.CharField(max_length=40)
    reason = models.TextField()
    payee = models.CharField(max_length=200, blank=True)
    invoice_reference = models.CharField(max_length=100, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    history = Versioned(
        money={"amount": "currency"},
        instead_of_deleting="Withdraw the draft, or reverse what was posted.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="financial_adjustment_amount_is_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_kind_display()}"

    @property
    def trail_request_id(self) -> int:
        return self.support_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
