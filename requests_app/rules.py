"""Which rule applies, and how a rule names itself where it acts."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery

from audit.actors import Actor, Cause, Origin
from audit.versions import version_model
from requests_app.models import Entity, Rule


def in_use(kind: str) -> QuerySet[Rule]:
    """Rules of a kind, each with the id of its newest version."""
    versions = version_model(Rule).objects.filter(id=OuterRef("pk"))
    newest = versions.order_by("-history_id").values("history_id")[:1]
    rules = Rule.objects.filter(kind=kind, is_active=True, entity__is_active=True)
    return rules.annotate(newest_version=Subquery(newest))


def for_category(entity: Entity, category: str) -> Any:
    """The rule that assigns new requests of this category; None if there is none."""
    if not category.strip():
        return None
    rules = in_use(Rule.Kind.ASSIGN_BY_CATEGORY).select_related("assignee")
    return rules.filter(entity=entity, category__iexact=category.strip()).first()


def cause(row: Model, version: int | None) -> Cause:
    """Leads to the very version that acted (audit.templatetags.trail.cause_address)."""
    return Cause(
        kind="rule",
        id=f"{row._meta.label_lower}/{row.pk}",
        label=str(row),
        version=str(version or ""),
    )


def actor(row: Model, version: int | None, origin: Origin | None = None) -> Actor:
    """A rule, or another row that decides by itself, as the actor of what it does."""
    named = cause(row, version)
    return Actor(
        kind="rule", id=named.id, label=named.label, cause=named,
        origin=origin or Origin(channel="job"),
    )  # fmt: skip
