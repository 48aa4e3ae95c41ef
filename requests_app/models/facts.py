"""What a request asks for and how it ended, in words that can be counted."""

from __future__ import annotations

from django.db import models


class Remedy(models.TextChoices):
    """What the customer wants; what they get is said by the resolution and by adjustments."""

    REFUND = "refund", "Money back"
    CREDIT = "credit", "A credit"
    REPLACEMENT = "replacement", "A replacement"
    REPAIR = "repair", "A repair"
    CORRECTION = "correction", "A corrected invoice"
    ANSWER = "answer", "An answer"
    OTHER = "other", "Something else"


class Resolution(models.TextChoices):
    REFUNDED = "refunded", "Refunded"
    CREDITED = "credited", "Credited"
    REPLACED = "replaced", "Replaced"
    EXPLAINED = "explained", "Explained"
    FIXED = "fixed", "Fixed"
    NO_FAULT = "no_fault", "No fault found"
    WITHDRAWN = "withdrawn", "Withdrawn by the customer"


class RootCause(models.TextChoices):
    PRODUCT = "product", "The product or service"
    DELIVERY = "delivery", "The delivery"
    BILLING = "billing", "Our billing"
    HANDLING = "handling", "Another mistake of ours"
    CUSTOMER = "customer", "The customer's mistake or choice"
    OTHERS = "others", "Somebody else's mistake"
    MISUSE = "misuse", "Fraud or misuse"
    NOTHING = "nothing", "Nothing went wrong"
    UNKNOWN = "unknown", "Not known"


class Confirmation(models.TextChoices):
    """What the customer says of how it ended; empty where nobody asked."""

    CONFIRMED = "confirmed", "Confirmed by the customer"
    NO_ANSWER = "no_answer", "No answer from the customer"
    DISPUTED = "disputed", "The customer disagrees"
