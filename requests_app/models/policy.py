"""Who must approve what: the versions of an entity's approval policy, their rules and steps.

Versions are drafted, proposed and approved by two people; from the proposal on nothing of them
changes, so that what was decided by an old one stays judgeable (sql/policies.sql guards it).
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audit.versions import Versioned
from requests_app import policies
from requests_app.models.entity import Entity
from requests_app.models.user import User

Row = TypeVar("Row", bound=models.Model)
TAKE_OUT = "Take it out of the draft; what it was stays known."


class OfEntityQuerySet(models.QuerySet[Row]):
    """Rows that everybody who works in their entity may see."""

    def visible_to(self, person: Any) -> Self:
        from requests_app import people

        return self.filter(entity_id__in=people.entity_ids(person))


class ApprovalPolicy(models.Model):
    """One version of the policy of an entity."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        IN_FORCE = "in_force", "Approved"
        SUPERSEDED = "superseded", "Superseded"
        DECLINED = "declined", "Declined"

    APPROVED = (Status.IN_FORCE, Status.SUPERSEDED)
    standing_parts = "rules"

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    currency = models.CharField(max_length=3)
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty for as soon as it is approved."
    )
    window_days = models.PositiveSmallIntegerField(
        default=30, help_text="What the same customer was granted in so many days counts, too."
    )
    note = models.TextField(blank=True)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+",
        help_text="The version it was drafted from.",
    )  # fmt: skip
    # Raised by each change of the rules, so that a form knows what it showed.
    edits = models.PositiveIntegerField(default=0)
    # Ids of everybody who wrote on it: none of them approves it.
    editors = ArrayField(models.BigIntegerField(), default=list)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = OfEntityQuerySet.as_manager()
    history = Versioned(instead_of_deleting="Decline it; approvals name the version they follow.")

    class Meta:
        verbose_name_plural = "approval policies"
        ordering = ["entity", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "version"], name="approval_policy_version_once"
            ),
            models.UniqueConstraint(
                fields=["entity"], condition=Q(status="proposed"),
                name="approval_policy_proposed_once",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["proposed", "in_force", "superseded"])
                | Q(proposed_by__isnull=False),
                name="approval_policy_somebody_proposed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["in_force", "superseded"])
                | Q(decided_by__isnull=False)
                & ~Q(decided_by=F("drafted_by"))
                & ~Q(decided_by=F("proposed_by")),
                name="approval_policy_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["in_force", "superseded"])
                | Q(
                    decided_at__isnull=False, starts_at__isnull=False,
                    starts_at__gte=F("decided_at"),
                ),
                name="approval_policy_starts_after_approval",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined")
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_policy_somebody_declined",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, window_days__gte=1, window_days__lte=366),
                name="approval_policy_counts_from_one",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Policy {self.entity.code} version {self.version}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class PolicyRule(models.Model):
    """Which cases it takes, and who approves them: nobody, where it has no steps. Rules are asked
    by priority; one without priority was taken out of the draft."""

    policy = models.ForeignKey(ApprovalPolicy, models.PROTECT, related_name="rules")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(null=True, blank=True)
    name = models.CharField(max_length=120)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    currency = models.CharField(max_length=3)
    minimum = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    maximum = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    conditions = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    daily_cap = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)

    objects = OfEntityQuerySet.as_manager()
    history = Versioned(
        instead_of_deleting=TAKE_OUT,
        money={"minimum": "currency", "maximum": "currency", "daily_cap": "currency"},
    )

    class Meta:
        ordering = ["policy", "priority", "id"]
        constraints = [
            # Judged at the end, since two rules change places.
            models.UniqueConstraint(
                fields=["policy", "priority"], name="policy_rule_priority_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=0)
                & (Q(maximum__isnull=True) | Q(maximum__gt=F("minimum")))
                & (Q(daily_cap__isnull=True) | Q(daily_cap__gt=0)),
                name="policy_rule_takes_amounts",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id


class PolicyStep(models.Model):
    """Who decides in which order. One without number was taken out of the draft."""

    rule = models.ForeignKey(PolicyRule, models.PROTECT, related_name="steps")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=6, choices=list(policies.MODES.items()))
    count = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=20, choices=list(policies.APPROVERS.items()))
    currency = models.CharField(max_length=3)
    least_limit = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    escalate_to = models.CharField(
        max_length=20, blank=True, choices=list(policies.APPROVERS.items())
    )

    objects = OfEntityQuerySet.as_manager()
    history = Versioned(instead_of_deleting=TAKE_OUT, money={"least_limit": "currency"})

    class Meta:
        ordering = ["rule", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "number"], name="policy_step_number_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(mode="any", count=1)
                | Q(mode="all", count__gte=1)
                | Q(mode="quorum", count__gte=2),
                name="policy_step_counts_people",
            ),
            models.CheckConstraint(
                condition=Q(role__in=list(policies.APPROVERS))
                & (Q(escalate_to="") | Q(escalate_to__in=list(policies.APPROVERS))
                   & Q(hours__isnull=False)),
                name="policy_step_is_for_approvers",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Step {self.number}: {self.get_role_display()}"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id
