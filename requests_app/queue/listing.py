"""What a filter finds: how many, which of them a page shows, and why a search found each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from audit import timeline
from audit.versions import version_model
from requests_app import currencies
from requests_app.customers import reading
from requests_app.filters import RequestFilter
from requests_app.models import Customer, SupportRequest
from requests_app.queue import excerpts, orders, searching
from requests_app.queue.orders import Page
from requests_app.standing import annotated


@dataclass(frozen=True)
class Found:
    """``count`` goes no further than one past what is counted; ``rows`` are all of them. Where a
    search found more than that, ``newest`` are those of the first page."""

    rows: QuerySet[SupportRequest]
    count: int
    newest: QuerySet[SupportRequest] | None = None


def found(form: RequestFilter) -> Found:
    """A search is done once: where its requests can be counted, they are known by their keys."""
    rows = form.found()
    if not (form.is_valid() and form.query.terms):
        return Found(rows, timeline.count(rows))
    keys = list(rows.order_by("-pk").values_list("pk", flat=True)[: timeline.COUNTED + 1])
    visible = SupportRequest.objects.visible_to(form.person).named()
    if len(keys) <= timeline.COUNTED:
        return Found(visible.filter(pk__in=keys), len(keys))
    return Found(rows, len(keys), newest=visible.filter(pk__in=keys[: orders.ROWS + 1]))


def page(form: RequestFilter, found: Found, before: str, after: str) -> Page:
    """One page in the order asked for, each row with how it stands and why it was found."""
    rows = found.rows
    if found.newest is not None and form.order.is_newest_first and not (before or after):
        rows = found.newest
    shown = orders.cut(with_standing(rows), form.order, before, after)
    terms = form.query.terms if form.is_valid() else ()
    if terms:
        excerpts.attach(shown.rows, terms, form.person)
    return shown


def with_standing(rows: QuerySet[SupportRequest]) -> QuerySet[Any]:
    versions = version_model(SupportRequest).objects.filter(id=OuterRef("pk"))
    newest = versions.order_by("-history_id").values("event__recorded_at")[:1]
    return annotated(rows).annotate(changed_at=Subquery(newest))


def exact(form: RequestFilter) -> SupportRequest | None:
    """The request whose whole number was typed, whatever else narrows the list."""
    visible = SupportRequest.objects.visible_to(form.person)
    return searching.exact(form.words, visible) if form.words else None


def followed(form: RequestFilter) -> list[Customer]:
    """Merged customers that were asked for, by the filter or by their reference."""
    known = {each.pk: each for each in reading.merged_as(form.words, form.person)}
    known |= {each.pk: each for each in form.followed}
    return list(known.values())


def claimed(form: RequestFilter, rows: QuerySet[SupportRequest]) -> str:
    """The sum of what these requests claim, where they claim it in one currency."""
    currency = form.cleaned_data.get("currency") if form.is_valid() else ""
    if not currency:
        return ""
    total = rows.order_by().aggregate(total=Sum("claimed_amount"))["total"]
    return currencies.shown(total, currency)
