"""What money is coded to: accounts, cost centres and tax codes of an entity, each from a first to a
last day, so that a coding stays judgeable by the day it was posted on."""

from __future__ import annotations

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from finance.models.books import BooksQuerySet
from requests_app.models import Entity

CODE = RegexValidator(r"^[0-9A-Z][0-9A-Z._-]{0,19}\Z", "Use capitals, digits, points and dashes.")
END_IT = "End it by its last day."


class Dimension(models.Model):
    """One value that a line can be coded with. Its code never changes: entries name it."""

    code = models.CharField(max_length=20, validators=[CODE])
    name = models.CharField(max_length=120)
    starts_on = models.DateField(null=True, blank=True, help_text="First day, empty for always.")
    ends_on = models.DateField(null=True, blank=True, help_text="Last day, empty for open.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def is_open(self, on: date) -> bool:
        begun = self.starts_on is None or self.starts_on <= on
        return begun and (self.ends_on is None or on <= self.ends_on)


def once_per_entity(name: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["entity", "code"], name=f"{name}_code_once_per_entity"),
        models.CheckConstraint(
            condition=Q(starts_on__isnull=True)
            | Q(ends_on__isnull=True)
            | Q(ends_on__gte=F("starts_on")),
            name=f"{name}_ends_after_start",
        ),
    ]


class Account(Dimension):
    """An account of the general ledger."""

    class Kind(models.TextChoices):
        ASSET = "asset", "Asset"
        LIABILITY = "liability", "Liability"
        EQUITY = "equity", "Equity"
        REVENUE = "revenue", "Revenue"
        CONTRA_REVENUE = "contra_revenue", "Contra revenue"
        EXPENSE = "expense", "Expense"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=14, choices=Kind)
    is_postable = models.BooleanField("takes entries", default=True)
    is_taxable = models.BooleanField("takes tax codes", default=False)

    objects = BooksQuerySet.as_manager()
    history = Versioned(instead_of_deleting=END_IT)

    class Meta:
        ordering = ["entity", "code"]
        constraints = once_per_entity("account")

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class CostCentre(Dimension):
    """Who in the entity bears a cost."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="cost_centres")

    objects = BooksQuerySet.as_manager()
    history = Versioned(instead_of_deleting=END_IT)

    class Meta:
        ordering = ["entity", "code"]
        constraints = once_per_entity("cost_centre")

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class TaxCode(Dimension):
    """A rate of tax, and the account that owes it. Another rate is another code."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="tax_codes")
    rate = models.DecimalField(
        max_digits=7, decimal_places=4, help_text="In per cent of the net amount.",
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    account = models.ForeignKey(Account, models.PROTECT, related_name="tax_codes")

    objects = BooksQuerySet.as_manager()
    history = Versioned(instead_of_deleting=END_IT)

    class Meta:
        ordering = ["entity", "code"]
        constraints = [
            *once_per_entity("tax_code"),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100), name="tax_code_rate_is_a_percentage"
            ),
        ]

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
