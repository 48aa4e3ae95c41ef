"""The admin site, which only shows: events, versions, and what other apps bring to it.

It answers nothing but GET and HEAD, so no page of the framework or of a library can write, whatever
its permissions say.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from itertools import zip_longest
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from simple_history.admin import SimpleHistoryAdmin

from audit import actors, kinds, looks, moments, pages, sentences, specs, timeline
from audit.access import access
from audit.admin_filters import DateRange, words_filter
from audit.diffs import visible
from audit.models import Event
from audit.versions import key_of, version_model
from audit.views import refuse

SAFE = ("GET", "HEAD")
NOT_HERE = {"logout", "password_change", "password_change_done"}


class TrailSite(admin.AdminSite):
    """Signing in and out is the product's own; who may not look finds nothing here."""

    site_header = site_title = "Casetrail records"
    index_title = "Read-only records"

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_HERE]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self.let_in(request, lambda: redirect("admin:index"), reverse("admin:index"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return self.let_in(request, lambda: guarded(request, *args, **kwargs))

        return shown

    def let_in(
        self, request: HttpRequest, answer: Callable[[], HttpResponse], back: str = ""
    ) -> HttpResponse:
        """Rendered here already, while the person's zone is the one of the page."""
        if request.method not in SAFE:
            return HttpResponseNotAllowed(SAFE)
        if not request.user.is_authenticated:
            return redirect_to_login(back or request.get_full_path())
        if not self.has_permission(request):
            refuse(request)
        with timezone.override(pages.zone_of(request)):
            response = answer()
            return response.render() if isinstance(response, TemplateResponse) else response


site = TrailSite()


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than lists reach: the rows behind are found by filter or search."""

    @cached_property
    def count(self) -> int:
        reached: Any = self.object_list[: timeline.COUNTED]
        return int(reached.count())


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """All columns of a model, as they are, with each look and search put on record.

    ``hidden`` names columns that nobody need see; ``lists_trail`` is for lists of events.
    """

    actions = None
    hidden: tuple[str, ...] = ()
    paginator = CappedPaginator
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/shown.html"
    lists_trail = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        columns = self.model._meta.concrete_fields
        return [as_shown(field) for field in columns if field.name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if "%00" in request.GET.urlencode():  # no column holds one, and the database says so loudly
            return redirect(request.path)
        reach = f"The list ends after {timeline.COUNTED:,} rows; filter or search to find others."
        response = super().changelist_view(request, {"subtitle": reach, **(extra_context or {})})
        shown = getattr(response, "context_data", {}).get("cl")
        if shown is not None:
            self.note_list(request, shown)
        return response

    def note_list(self, request: HttpRequest, shown: Any) -> None:
        """What was asked of the list, or that the trail was opened."""
        given = shown.get_filters_params().items()
        filters = {name: ", ".join(values) for name, values in given if any(values)}
        if shown.query or filters:
            looks.searched(request, shown.query, filters, shown.result_count)
        elif self.lists_trail:
            looks.opened_trail(actors.from_request(request))

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, *args, **kwargs)
        looks.at(request, getattr(response, "context_data", {}).get("original"))
        return response


def as_shown(field: Any) -> Any:
    """Moments exact, with seconds and zone; bytes by their number; text with what hides in it; all
    else as Django does."""
    if isinstance(field, models.DateTimeField):
        return exactly(field.name, str(field.verbose_name))
    if isinstance(field, models.BinaryField):
        return byte_count(field.name, str(field.verbose_name))
    if isinstance(field, models.CharField | models.TextField) and not field.choices:
        return harmlessly(field.name, str(field.verbose_name))
    return field.name


def exactly(name: str, title: str) -> Callable[[Any], str]:
    @admin.display(description=title, ordering=name)
    def show(row: Any) -> str:
        moment = getattr(row, name)
        return moments.exact(moment, timezone.get_current_timezone()) if moment else ""

    return named(show, name)


def harmlessly(name: str, title: str) -> Callable[[Any], str]:
    @admin.display(description=title, ordering=name)
    def show(row: Any) -> str:
        return visible(getattr(row, name) or "")

    return named(show, name)


def byte_count(name: str, title: str) -> Callable[[Any], str]:
    @admin.display(description=title)
    def show(row: Any) -> str:
        return f"{len(getattr(row, name) or b'')} bytes"

    return named(show, name)


def named(show: Callable[[Any], str], name: str) -> Callable[[Any], str]:
    """Django names a column's style after the function."""
    show.__name__ = name
    return show


def event_link(event_id: int) -> SafeString:
    return format_html(
        '<a href="{}">E-{}</a>', reverse("audit:event-show", args=[event_id]), event_id
    )


class VersionedAdmin(ReadOnlyAdmin, SimpleHistoryAdmin):
    """A versioned model with the change history of each row."""

    object_history_list_template = "admin/change_history.html"
    history_list_per_page = 50

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self.refuse_hidden(request, object_id)
        response = super().history_view(request, object_id, extra_context)
        looks.at(request, self.model._base_manager.filter(pk=number(object_id)).first())
        return response

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        return f"Change history: {visible(str(obj))}"

    def get_history_queryset(
        self, request: HttpRequest, history_manager: Any, pk_name: str, object_id: Any
    ) -> QuerySet[Any]:
        versions = history_manager.filter(**{pk_name: object_id})
        return versions.select_related("event").order_by("-history_id")

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Every version of the page with its difference from the one before it, wherever that is;
        names are those of the time."""
        versions = list(historical_records)
        if not versions:
            return
        last = versions[-1]
        before = self.get_history_queryset(
            request, self.history, key_of(self.model), row_key(last)
        ).filter(pk__lt=last.pk)[:1]
        rows = [as_row(version) for version in (*versions, *before)]
        pairs = zip_longest(rows[: len(versions)], rows[1:])
        described = timeline.described(timeline.Pair(self.model, *pair) for pair in pairs)
        for version, (row, _event_id) in zip(versions, described, strict=True):
            version.row = row

    @property
    def history(self) -> Any:
        return getattr(self.model, self.model._meta.simple_history_manager_attribute)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """One version, whole. The library's own page would take a POST and overwrite the row."""
        if request.method not in SAFE:
            return HttpResponseNotAllowed(SAFE)
        self.refuse_hidden(request, object_id)
        shown = self.get_history_queryset(request, self.history, key_of(self.model), object_id)
        version = shown.filter(pk=number(version_id)).first()
        if version is None:
            raise Http404("no such version")
        older = shown.filter(pk__lt=version.pk).values_list("pk", flat=True).first()
        row = timeline.compare(self.model, row_key(version), version.pk, older, all_fields=True)
        looks.at(request, version)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{visible(str(version.history_object))}, version {version.pk}",
            "opts": self.model._meta,
            "object_id": object_id,
            "version": version,
            "row": row,
        }
        return render(request, "admin/version.html", context)

    def refuse_hidden(self, request: HttpRequest, object_id: str) -> None:
        """A row that the person may not see answers like one that is not there."""
        rows = self.model._base_manager.filter(pk=number(object_id))
        if rows.exists() and not self.get_queryset(request).filter(pk=number(object_id)).exists():
            refuse(request)


def row_key(version: Any) -> Any:
    return getattr(version, key_of(version.instance_type))


def as_row(version: Any) -> timeline.Row:
    return {
        field.attname: getattr(version, field.attname) for field in version._meta.concrete_fields
    }


def number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404("no such row")
    return int(text)


class EventAdmin(ReadOnlyAdmin):
    """The trail, newest first."""

    lists_trail = True
    list_display = (
        "page", exactly("recorded_at", "Recorded"), "actor", "action", "outcome", "subject",
        "reason", "channel",
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
        wanted = search_term.strip().upper().removeprefix("E-")
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            return queryset.filter(pk=int(wanted)), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="Actor")
    def actor(self, event: Event) -> str:
        return (
            f"{visible(event.actor_label)} ({sentences.named(sentences.ACTORS, event.actor_kind)})"
        )

    @admin.display(description="Action")
    def action(self, event: Event) -> str:
        return kinds.describe(event.kind).label

    @admin.display(description="Subject")
    def subject(self, event: Event) -> str:
        return visible(event.subject_label)

    @admin.display(description="Event")
    def page(self, event: Event) -> SafeString:
        return event_link(event.pk)


class VersionAdmin(ReadOnlyAdmin):
    """The versions of one model, newest first, under the names their actors had at the time."""

    lists_trail = True
    list_display = (
        "history_id", "row", "change", exactly("history_date", "Recorded"), "actor", "why",
        "event_page",
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

    @admin.display(description="Row")
    def row(self, version: Any) -> str:
        return f"{row_key(version)}: {visible(str(version.history_object))}"

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


def register_versions(app_label: str) -> None:
    """Puts the versions of every versioned model of an app on the site."""
    for model in specs.versioned_models().values():
        if model._meta.app_label == app_label:
            site.register(version_model(model), VersionAdmin)


site.register(Event, EventAdmin)
