"""What a person may approve at most, and who approves for somebody who is away."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from requests_app import policies
from requests_app.models.entity import Entity
from requests_app.models.policy import OfEntityQuerySet
from requests_app.models.user import User

LONGEST = timedelta(days=30)


class ApprovalLimit(models.Model):
    """What one person, or whoever holds a role, may approve at most, with tax. A person's own goes
    before that of the role. Its amount never changes: another amount is another limit."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="limits")
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="limits",
        help_text="Empty for everybody who holds the role.",
    )  # fmt: skip
    role = models.CharField(max_length=20, blank=True, choices=list(policies.APPROVERS.items()))
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Last day, empty for open.")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfEntityQuerySet.as_manager()
    history = Versioned(money={"amount": "currency"}, instead_of_deleting="End it by its last day.")

    class Meta:
        ordering = ["entity", "role", "person", "-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "person"],
                condition=Q(ends_on__isnull=True, person__isnull=False),
                name="approval_limit_open_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["entity", "role"], condition=Q(ends_on__isnull=True, person__isnull=True),
                name="approval_limit_open_once_per_role",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, role="")
                | Q(person__isnull=True, role__in=list(policies.APPROVERS)),
                name="approval_limit_is_of_a_person_or_a_role",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & (Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on") - timedelta(days=1))),
                name="approval_limit_is_an_amount_for_days",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | ~Q(set_by=F("person")),
                name="approval_limit_set_by_another",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Limit of {self.person or self.get_role_display()} in {self.entity.code}"

    def is_in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class Delegation(models.Model):
    """For some days the taker decides what the giver's own roles let the giver decide. Nothing is
    handed on by who acts for somebody, and both names go on record."""

    giver = models.ForeignKey(User, models.PROTECT, related_name="given_delegations")
    taker = models.ForeignKey(User, models.PROTECT, related_name="taken_delegations")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="delegations")
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    most = models.DecimalField(
        "up to", max_digits=19, decimal_places=4, null=True, blank=True,
        help_text="Empty for what the giver may approve.",
    )  # fmt: skip
    currency = models.CharField(max_length=3)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfEntityQuerySet.as_manager()
    history = Versioned(money={"most": "currency"}, instead_of_deleting="Revoke it.")

    class Meta:
        ordering = ["entity", "-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(taker=F("giver")), name="delegation_is_to_another"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST),
                name="delegation_ends_within_thirty_days",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="delegation_revoked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(most__isnull=True) | Q(most__gt=0), name="delegation_is_for_an_amount"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.taker} for {self.giver} in {self.entity.code}"

    def is_in_force(self, at: datetime) -> bool:
        is_revoked = self.revoked_at is not None and self.revoked_at <= at
        return self.starts_at <= at < self.ends_at and not is_revoked

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
