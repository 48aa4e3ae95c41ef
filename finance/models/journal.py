"""The journal: entries of lines that balance, posted once and never changed.

Guards of the database refuse what may never be (finance/sql/journal.sql), whoever writes.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from finance.models.adjustment import FinancialAdjustment
from finance.models.books import BooksQuerySet
from finance.models.chart import Account, CostCentre, TaxCode
from finance.models.period import Period
from requests_app.models import Customer, Entity, User

REVERSE_IT = "Reverse it by an entry of its own."


class JournalEntry(models.Model):
    """A posted entry. ``number`` is its place in the journal of the year, without gaps."""

    class Source(models.TextChoices):
        ADJUSTMENT = "adjustment", "Adjustment"
        SETTLEMENT = "settlement", "Settlement"
        RECLASS = "reclass", "Reclassification"
        REVERSAL = "reversal", "Reversal"
        MANUAL = "manual", "By hand"
        IMPORT = "import", "Import"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="journal_entries")
    journal = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=32, unique=True)
    period = models.ForeignKey(Period, models.PROTECT, related_name="entries")
    document_date = models.DateField()
    posting_date = models.DateField()
    source = models.CharField(max_length=10, choices=Source)
    text = models.CharField(max_length=200)
    adjustment = models.ForeignKey(
        FinancialAdjustment, models.PROTECT, null=True, blank=True, related_name="journal_entries"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    line_count = models.PositiveSmallIntegerField()
    idempotency_key = models.CharField(max_length=100)
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    posted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    posted_at = models.DateTimeField()

    objects = BooksQuerySet.as_manager()
    history = Versioned(allow={"insert"}, instead_of_deleting=REVERSE_IT)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "journal", "year", "sequence"], name="journal_entry_place_once"
            ),
            models.UniqueConstraint(
                fields=["entity", "idempotency_key"], name="journal_entry_posted_once"
            ),
            models.CheckConstraint(
                condition=Q(sequence__gte=1, line_count__gte=2), name="journal_entry_has_lines"
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, source__in=[
                    "adjustment", "settlement", "reclass", "manual", "import",
                ]) | Q(reverses__isnull=False, source="reversal"),
                name="journal_entry_reversal_names_its_original",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def trail_request_id(self) -> int | None:
        return self.adjustment.support_request_id if self.adjustment is not None else None

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class JournalLine(models.Model):
    """One side of an entry: a debit or a credit of one account. A line of the base currency alone
    takes what rounding left over."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="lines")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="lines")
    cost_centre = models.ForeignKey(
        CostCentre, models.PROTECT, null=True, blank=True, related_name="+"
    )
    tax_code = models.ForeignKey(TaxCode, models.PROTECT, null=True, blank=True, related_name="+")
    project = models.CharField(max_length=40, blank=True)
    partner = models.ForeignKey(
        Entity, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="The other entity of an intercompany line.",
    )  # fmt: skip
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    currency = models.CharField(max_length=3)
    debit = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    credit = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    rate = models.DecimalField(max_digits=24, decimal_places=12, default=1)
    rate_on = models.DateField(null=True, blank=True)
    base_currency = models.CharField(max_length=3)
    base_debit = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    base_credit = models.DecimalField(max_digits=19, decimal_places=4, default=0)

    history = Versioned(
        allow={"insert"},
        instead_of_deleting=REVERSE_IT,
        money={
            "debit": "currency", "credit": "currency",
            "base_debit": "base_currency", "base_credit": "base_currency",
        },
    )  # fmt: skip

    class Meta:
        ordering = ["entry", "position"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="journal_line_once"),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0, base_credit=0, base_debit__gte=0)
                | Q(debit=0, credit__gt=0, base_debit=0, base_credit__gte=0)
                | Q(debit=0, credit=0, base_debit__gt=0, base_credit=0)
                | Q(debit=0, credit=0, base_debit=0, base_credit__gt=0),
                name="journal_line_has_one_side",
            ),
            models.CheckConstraint(
                condition=~Q(currency=F("base_currency"))
                | Q(debit=F("base_debit"), credit=F("base_credit"), rate=1)
                | Q(debit=0, credit=0, rate=1),
                name="journal_line_base_is_itself",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="journal_line_rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} line {self.position}"

    @property
    def trail_request_id(self) -> int | None:
        return self.entry.trail_request_id

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
