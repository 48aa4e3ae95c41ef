"""Events and versions as the admin lists them, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from audit import kinds, paging, sentences, specs
from audit.access import access
from audit.admin import exports
from audit.admin.columns import coded, column, event_link, exact
from audit.admin.filters import DateRange, words_filter
from audit.admin.rows import ReadOnlyAdmin, row_key
from audit.admin.sites import site
from audit.diffs import visible
from audit.models import Event
from audit.searching import has_words
from audit.versions import version_model

# What is told of the version of a row that a person may not see.
OF_ALL = {"history_id", "history_date", "history_type", "event_id"}


@admin.register(Event, site=site)
class EventAdmin(ReadOnlyAdmin):
    """The trail, newest first."""

    group = "Trail"
    lists_trail = True
    told_by = {
        "kind": column("kind", "kind", lambda event: f"{label_of(event)} ({visible(event.kind)})"),
        "outcome": coded("outcome", "outcome", sentences.OUTCOMES),
        "actor_kind": coded("actor_kind", "kind of actor", sentences.ACTORS),
        "channel": coded("channel", "channel", sentences.CHANNELS),
    }
    list_display = (
        "page", column("recorded_at", "Recorded", lambda event: exact(event.recorded_at)), "actor",
        "action", "outcome", "subject", "reason", "channel",
    )  # fmt: skip
    list_display_links = ("action",)
    list_filter = (
        ("recorded_at", DateRange),
        words_filter("outcome", "outcome", lambda: list(sentences.OUTCOMES.items())),
        words_filter("actor_kind", "kind of actor", lambda: list(sentences.ACTORS.items())),
        words_filter("channel", "channel", lambda: list(sentences.CHANNELS.items())),
        words_filter("kind", "event kind", lambda: [(k.name, k.label) for k in kinds.registered()]),
    )
    search_fields = ("actor_label", "subject_label", "reason", "correlation_id")
    search_help_text = "An event id such as E-17, or words of the actor, the subject or the reason."
    ordering = ("-id",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return access().events_for(request.user).order_by("-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        wanted = paging.id_of(search_term.strip().upper().removeprefix("E-"))
        if wanted is not None:
            return queryset.filter(pk=wanted), False
        if not search_term:
            return queryset, False
        words, correlated = has_words(search_term), Q(correlation_id=search_term.strip())
        found = queryset.filter(Q(words) | correlated if words is not None else correlated)
        return found.filter(access().searchable(request.user, search_term)), False

    @admin.display(description="Actor")
    def actor(self, event: Event) -> str:
        return (
            f"{visible(event.actor_label)} ({sentences.named(sentences.ACTORS, event.actor_kind)})"
        )

    @admin.display(description="Action")
    def action(self, event: Event) -> str:
        return label_of(event)

    @admin.display(description="Subject")
    def subject(self, event: Event) -> str:
        return visible(event.subject_label)

    @admin.display(description="Event")
    def page(self, event: Event) -> SafeString:
        return event_link(event.pk)

    def name_of(self, row: Event) -> str:
        return f"{row.public_id} · {label_of(row)}"


def label_of(event: Event) -> str:
    return visible(kinds.describe(event.kind).label)


class VersionAdmin(ReadOnlyAdmin):
    """The versions of one model, newest first, under the names their actors had at the time."""

    group = "Versions"
    lists_trail = True
    told_by = {"event": column("event", "event", lambda version: event_link(version.event_id))}
    list_display = (
        "history_id", "row", "change",
        column("history_date", "Recorded", lambda version: exact(version.event.recorded_at)),
        "actor", "why", "event_page",
    )  # fmt: skip
    list_filter = (("history_date", DateRange), "history_type")
    list_select_related = ("event",)
    search_fields = ("history_id",)
    search_help_text = "The id of the row."
    ordering = ("-history_id",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        events = access().events_for(request.user).order_by()
        return super().get_queryset(request).filter(event_id__in=events.values("pk"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        key = self.model.instance_type._meta.pk
        try:
            return queryset.filter(**{key.attname: key.to_python(search_term.strip())}), False
        except (ValidationError, ValueError):
            return queryset.none(), False

    def file_columns(self) -> dict[str, exports.Read]:
        return {name: told_of_seen(name, read) for name, read in super().file_columns().items()}

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Of a row that this person may not see, nothing is told but that it changed then."""
        super().prepare_rows(request, rows)
        hidden = self.unseen(request, rows)
        for version in rows:
            version.is_unseen = version.pk in hidden

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        version = super().get_object(request, object_id, from_field)
        return None if version is None or self.unseen(request, [version]) else version

    def unseen(self, request: HttpRequest, versions: Iterable[Any]) -> set[int]:
        """An event may have changed rows of others besides: seen by who may see each row."""
        label = self.model.instance_type._meta.label_lower
        hidden = access().unseen(request.user, [(label, version.pk) for version in versions])
        return {version_id for _, version_id in hidden}

    @admin.display(description="Row")
    def row(self, version: Any) -> str:
        if version.is_unseen:
            return "a row that you may not see"
        return f"{row_key(version)}: {visible(str(row_of(version)))}"

    @admin.display(description="Change")
    def change(self, version: Any) -> str:
        return str(version.get_history_type_display())

    @admin.display(description="Actor")
    def actor(self, version: Any) -> str:
        return visible(version.event.actor_label)

    @admin.display(description="Reason")
    def why(self, version: Any) -> str:
        return visible(version.history_change_reason or "")

    @admin.display(description="Event")
    def event_page(self, version: Any) -> SafeString:
        return event_link(version.event_id)

    def name_of(self, row: Any) -> str:
        return f"{visible(str(row_of(row)))}, version {row.pk}"


def told_of_seen(name: str, read: exports.Read) -> exports.Read:
    return lambda version: "" if version.is_unseen and name not in OF_ALL else read(version)


def row_of(version: Any) -> models.Model:
    """The row as it was, with those it refers to where the list has fetched them."""
    row: models.Model = version.history_object
    for field in version.tracked_fields:
        if field.is_relation and field.is_cached(version):
            field.set_cached_value(row, field.get_cached_value(version))
    return row


def register_versions(
    app_label: str, named_by: Mapping[type[models.Model], tuple[str, ...]] | None = None
) -> None:
    """Puts the versions of every versioned model of an app on the site.

    ``named_by`` holds the references whose names are part of their rows' own: a list fetches these
    with its rows, under their names of today.
    """
    for model in specs.versioned_models().values():
        if model._meta.app_label == app_label:
            fetched = ("event", *(named_by or {}).get(model, ()))
            site.register(version_model(model), VersionAdmin, list_select_related=fetched)
