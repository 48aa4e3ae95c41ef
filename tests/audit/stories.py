"""Rows with a history for the contract with django-simple-history, and the library's own reading
code on our version tables: it says what each answer must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords

from audit.actors import Actor
from audit.recording import recording
from finance.models import FinancialAdjustment
from requests_app.models import Approval, SupportRequest
from tests import factories

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Story:
    """A row that was created by Ana and changed twice by Ben, and another row that was not."""

    row: Any
    other: Any
    versions: list[Any]  # oldest first
    ana: Actor
    ben: Actor

    @property
    def model(self) -> Any:
        return type(self.row)

    @property
    def between(self) -> datetime:
        """A moment at which the first change was done and the second was not."""
        return self.versions[1].history_date + MOMENT


def support_request(_: SupportRequest) -> SupportRequest:
    customer = factories.customer()
    return SupportRequest(
        entity=customer.entity, number=f"N{SupportRequest.objects.count()}", channel="mail",
        subject="First", description="First", customer=customer,
    )  # fmt: skip


def approval(request: SupportRequest) -> Approval:
    return Approval(
        entity=request.entity, support_request=request, required_role="lead", amount=Decimal("1.5"),
        currency="USD", content_hash="0" * 64, reason="First",
    )  # fmt: skip


def adjustment(request: SupportRequest) -> FinancialAdjustment:
    return FinancialAdjustment(
        entity=request.entity, support_request=request, kind="refund", amount=Decimal("12.3400"),
        number=f"A{FinancialAdjustment.objects.count()}", currency="USD", reason_code="late",
        reason="First", drafted_by=factories.person(),
    )  # fmt: skip


TEXTS = {SupportRequest: "description", Approval: "reason", FinancialAdjustment: "reason"}
MAKERS: dict[type[models.Model], Callable[[SupportRequest], Any]] = {
    SupportRequest: support_request,
    Approval: approval,
    FinancialAdjustment: adjustment,
}


def told(model: type[models.Model], ana: Actor, ben: Actor) -> Story:
    text = TEXTS[model]
    of = factories.support_request()
    row = MAKERS[model](of)
    with recording("parent.changed", by=ana, reason="It came in"):
        row.save()
    other = MAKERS[model](of)
    with recording("parent.changed", by=ana):
        other.save()
    for words in ("Second", "Third"):
        setattr(row, text, words)
        with recording("parent.changed", by=ben, reason=f"{words} thoughts"):
            row.save()
    return Story(row, other, list(row.history.order_by("history_id")), ana, ben)


def library(story: Story, instance: Any = None) -> Any:
    """The library's own manager on the same version table."""
    return HistoryManager.from_queryset(HistoricalQuerySet)(story.model.history.model, instance)


def by_library(story: Story, name: str) -> Any:
    """What the library would have put under this name on the version model."""
    given = HistoricalRecords.get_extra_fields(story.model._versioned, story.model, {})
    return given[name]


def values(instance: Any) -> dict[str, Any]:
    return {
        field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields
    }


def rows_of(story: Story) -> list[int]:
    return [story.row.pk, story.other.pk]


@contextmanager
def hearing(signal: Any, model: Any) -> Iterator[list[dict[str, Any]]]:
    """What a signal of the library says of a model while the block lasts."""
    heard: list[dict[str, Any]] = []

    def hear(**message: Any) -> None:
        heard.append(message)

    signal.connect(hear, sender=model.history.model)
    try:
        yield heard
    finally:
        signal.disconnect(hear, sender=model.history.model)
