"""Invoices: what a customer was charged and has paid. What was issued stays; money that comes later
is a payment, and a mistaken one is turned by another.

Guards of the database refuse what may never be (finance/sql/invoices.sql), whoever writes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from audit.versions import Versioned
from finance.models.chart import Account, CostCentre, TaxCode
from requests_app import people
from requests_app.models import Customer, Entity, User

ISSUED = "Void it, or credit it: what was issued stays."
MONEY = models.DecimalField(max_digits=19, decimal_places=4)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices of the entities whose customers a person serves, or whose books they read."""

    def visible_to(self, person: Any) -> Self:
        return self.filter(entity__in=people.entities_of(person, people.SEES_INVOICES))

    def with_amounts(self) -> Self:
        """Each with its ``gross``, what of it is ``paid``, and its ``state`` as balances.state_of()
        tells it."""
        return self.annotate(
            gross=summed(InvoiceLine, F("net") + F("tax")),
            paid=summed(InvoicePayment, F("amount")),
        ).annotate(
            state=Case(
                When(~Q(status="issued"), then=F("status")),
                When(paid__gt=F("gross"), then=Value("overpaid")),
                When(paid=F("gross"), then=Value("paid")),
                When(paid__gt=0, then=Value("partially_paid")),
                default=Value("issued"), output_field=models.CharField(),
            )
        )  # fmt: skip


def summed(model: type[models.Model], value: Any) -> Coalesce:
    rows = model._base_manager.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    total = Subquery(rows.annotate(total=Sum(value)).values("total"), output_field=MONEY)
    return Coalesce(total, Decimal(0), output_field=MONEY)


class InvoiceImport(models.Model):
    """A file that invoices or payments came from; the same one comes once."""

    class Kind(models.TextChoices):
        INVOICES = "invoices", "Invoices"
        PAYMENTS = "payments", "Payments"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="invoice_imports")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    imported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    trail_seen_by = people.SEES_INVOICES
    history = Versioned(allow={"insert"}, instead_of_deleting="Correct what it brought.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "sha256"], name="invoice_import_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class Invoice(models.Model):
    """Whether it is paid or credited is told by its payments and adjustments (balances.py)."""

    class Status(models.TextChoices):
        ISSUED = "issued", "Issued"
        DISPUTED = "disputed", "Disputed"
        VOID = "void", "Void"
        WRITTEN_OFF = "written_off", "Written off"

    class Source(models.TextChoices):
        ENTRY = "entry", "Entered by hand"
        IMPORT = "import", "Import"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=60)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    due_on = models.DateField()
    status = models.CharField(max_length=11, choices=Status, default=Status.ISSUED)
    reference = models.CharField(
        max_length=100, blank=True, help_text="What the customer calls it: an order, a contract."
    )
    source = models.CharField(max_length=6, choices=Source, default=Source.ENTRY)
    external_key = models.CharField(
        max_length=100, blank=True, help_text="Its key in the system it came from."
    )
    line_count = models.PositiveSmallIntegerField()
    imported_in = models.ForeignKey(
        InvoiceImport, models.PROTECT, null=True, blank=True, related_name="invoices"
    )

    standing_parts = "payments"
    trail_seen_by = people.SEES_INVOICES
    trail_page = "invoices:invoice-show"
    objects = InvoiceQuerySet.as_manager()
    history = Versioned(instead_of_deleting=ISSUED)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["entity", "-id"], name="invoice_list"),
            models.Index(fields=["customer", "-id"], name="invoice_by_customer"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entity", "number"], name="invoice_number_once"),
            models.UniqueConstraint(
                fields=["entity", "external_key"], condition=~Q(external_key=""),
                name="invoice_external_key_once",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")), name="invoice_due_after_issue"
            ),
            models.CheckConstraint(
                condition=Q(line_count__gte=1) & ~Q(number=""), name="invoice_has_lines"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["issued", "disputed", "void", "written_off"]),
                name="invoice_status_is_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class InvoiceLine(models.Model):
    """What was charged, net and tax apart, as it was coded."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=19, decimal_places=4)
    tax_code = models.ForeignKey(TaxCode, models.PROTECT, null=True, blank=True, related_name="+")
    tax = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    account = models.ForeignKey(Account, models.PROTECT, related_name="invoice_lines")
    cost_centre = models.ForeignKey(
        CostCentre, models.PROTECT, null=True, blank=True, related_name="+"
    )
    project = models.CharField(max_length=40, blank=True)

    trail_seen_by = people.SEES_INVOICES
    history = Versioned(
        allow={"insert"}, instead_of_deleting=ISSUED, money={"net": "currency", "tax": "currency"}
    )

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_once"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, position__gte=1),
                name="invoice_line_is_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(tax=0) | Q(tax_code__isnull=False), name="invoice_line_tax_has_its_code"
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0),
                name="invoice_line_quantity_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} line {self.position}"

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class InvoicePayment(models.Model):
    """Money that came in for an invoice. ``instrument`` names card or account by its last digits,
    never whole. A mistaken payment is turned by a row below zero that points back to it."""

    class Kind(models.TextChoices):
        CARD = "card", "Card"
        BANK_TRANSFER = "bank_transfer", "Bank transfer"
        DIRECT_DEBIT = "direct_debit", "Direct debit"
        CASH = "cash", "Cash"
        OTHER = "other", "Other"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    paid_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    kind = models.CharField(max_length=13, choices=Kind)
    instrument = models.CharField(
        max_length=60, blank=True, help_text="By its last digits, such as “card ending 4242”."
    )
    reference = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=100)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    imported_in = models.ForeignKey(
        InvoiceImport, models.PROTECT, null=True, blank=True, related_name="payments"
    )

    trail_seen_by = people.SEES_INVOICES
    history = Versioned(
        allow={"insert"}, instead_of_deleting="Reverse it.", money={"amount": "currency"}
    )

    class Meta:
        ordering = ["invoice", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "key"], name="invoice_payment_once"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0)
                | Q(reverses__isnull=False, amount__lt=0),
                name="invoice_payment_below_zero_reverses_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} payment of {self.paid_on}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
