"""Models as the admin shows them: every column, as it is, and never to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NoReturn

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin

from audit import actors, looks, paging, seen, timeline, veils
from audit.admin.columns import Show, as_linked, as_shown
from audit.admin.files import WithFile, given, without_page
from audit.admin.history import HistoryFilter, pairs, with_previous
from audit.admin.sites import SAFE
from audit.diffs import visible
from audit.models import Event
from audit.versions import key_of
from audit.views import refuse

ENDS = f"The list ends after {timeline.COUNTED:,} rows; filter or search to find others."


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than lists reach: the rows behind are found by filter or search."""

    @cached_property
    def found(self) -> int:
        """How many there are, counted no further than one past what lists reach."""
        rows: Any = self.object_list
        return timeline.count(rows)

    @cached_property
    def count(self) -> int:
        return min(self.found, timeline.COUNTED)


class ReadOnlyAdmin(WithFile):
    """All columns of a model, as they are, with each look and search put on record.

    ``hidden`` names columns that nobody need see, ``told_by`` those that the admin tells in
    words of its own, by a column or a method; ``lists_trail`` is for lists of events. ``group`` is
    where the index has it.
    """

    actions = None
    hidden: tuple[str, ...] = ()
    told_by: Mapping[str, Show | str] = {}
    paginator = CappedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the rows of a long trail
    change_list_template = "admin/listed.html"
    change_form_template = "admin/shown.html"
    lists_trail = False
    group = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        cover(rows, request.user)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = {field.name: as_shown(field) for field in self.model._meta.concrete_fields}
        columns |= self.told_by
        named: Any = self.list_display
        return [columns.get(name, name) for name in named]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        columns = {field.name: as_linked(field) for field in self.model._meta.concrete_fields}
        columns |= self.told_by
        return [column for name, column in columns.items() if name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        listed = super().get_changelist_instance(request)
        listed.result_list = list(listed.result_list)
        self.prepare_rows(request, listed.result_list)
        return listed

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        row = super().get_object(request, object_id, from_field)
        for field in self.model._meta.concrete_fields if row is not None else ():
            if field.is_relation:
                with suppress(ObjectDoesNotExist):
                    getattr(row, field.name)  # its page names it: read now, to be covered as well
        cover([row], request.user)
        return row

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if "%00" in request.GET.urlencode():  # no column holds one, and the database says so loudly
            return redirect(request.path)
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", {})
        shown = context.get("cl")
        if shown is not None:
            context["title"] = capfirst(self.opts.verbose_name_plural)
            if shown.paginator.found > timeline.COUNTED:
                context["subtitle"] = ENDS
            context["export_query"] = without_page(request)
            context["can_export"] = 0 < shown.paginator.found <= timeline.COUNTED
            self.note_list(request, shown)
        return response

    def note_list(self, request: HttpRequest, shown: Any) -> None:
        """What was asked of the list, or that the trail was opened."""
        filters = given(shown)
        if shown.query or filters:
            looks.searched(request, shown.query, filters, shown.paginator.found)
        elif self.lists_trail:
            looks.opened_trail(actors.from_request(request))

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, *args, **kwargs)
        context = getattr(response, "context_data", {})
        row = context.get("original")
        if row is not None:
            context |= {"title": self.name_of(row), "subtitle": None}
        looks.at(request, row)
        return response

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> NoReturn:
        """The framework would lead to the index. What is not theirs answers like what is not there,
        and the refused look is on record."""
        if self.model._base_manager.filter(pk=number(unquote(object_id))).exists():
            refuse(request)
        raise Http404("no such row")

    def name_of(self, row: Any) -> str:
        return visible(str(row))


class VersionedAdmin(ReadOnlyAdmin, SimpleHistoryAdmin):
    """A versioned model with the change history of each row."""

    object_history_template = "admin/shown_history.html"
    object_history_list_template = "admin/change_history.html"
    history_list_per_page = 50

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [*super().get_list_display(request), "change_history"]

    @admin.display(description="Change history")
    def change_history(self, row: Any) -> SafeString:
        """Says of which row: a list of links may be read without the rest of the table."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return format_html(
            '<a href="{}">Changes<span class="visually-hidden"> of {}</span></a>',
            reverse(name, args=[quote(row.pk)]), self.name_of(row),
        )  # fmt: skip

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self.refuse_hidden(request, object_id)
        versions = self.versions_of(object_id)
        form = HistoryFilter(request.GET, model=self.model, versions=versions)
        # Kept on the request, where the library asks for what its page lists.
        request.history_filter = form  # type: ignore[attr-defined]
        count = versions.count() if form.is_applied else None
        extra = {"filter": form, "all_versions": count, **(extra_context or {})}
        response = super().history_view(request, object_id, extra)
        looks.at(request, self.model._base_manager.filter(pk=number(object_id)).first())
        return response

    def versions_of(self, object_id: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = self.history.filter(**{key_of(self.model): number(str(object_id))})
        return found.select_related("event").order_by("-history_id")

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        cover([obj], request.user)  # the library reads the row by itself, and names it first here
        return f"Change history: {visible(str(obj))}"

    def get_history_queryset(
        self, request: HttpRequest, history_manager: Any, pk_name: str, object_id: Any
    ) -> QuerySet[Any]:
        versions = self.versions_of(object_id)
        form: HistoryFilter | None = getattr(request, "history_filter", None)
        return with_previous(form.applied_to(versions) if form is not None else versions)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Every version of the page with its difference from the one before it, wherever that is;
        names are those of the time."""
        versions = list(historical_records)
        described = timeline.described(pairs(versions))
        shown = seen.row_changes([row for row, _event_id in described], request.user)
        told = seen.events([version.event for version in versions], request.user)
        for version, row, event in zip(versions, shown, told, strict=True):
            version.row, version.event = row, event
            version.history_change_reason = event.reason or version.history_change_reason

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
        shown = self.versions_of(object_id)
        version = shown.filter(pk=number(version_id)).first()
        if version is None:
            raise Http404("no such version")
        older = shown.filter(pk__lt=version.pk).values_list("pk", flat=True).first()
        row = timeline.compare(self.model, row_key(version), version.pk, older, all_fields=True)
        [row] = seen.row_changes([row], request.user)
        [version.event] = seen.events([version.event], request.user)
        veils.cover([version], request.user)
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


def cover(rows: list[Any], person: Any) -> None:
    """Rows as this person may see them: events tell less, too, and so do those of versions."""
    veils.cover(rows, person)
    events = [row if isinstance(row, Event) else getattr(row, "event", None) for row in rows]
    found = [event for event in events if isinstance(event, Event)]
    for event, told in zip(found, seen.events(found, person), strict=True):
        vars(event).update(vars(told))


def row_key(version: Any) -> Any:
    return getattr(version, key_of(version.instance_type))


def number(text: str) -> int:
    found = paging.id_of(text)
    if found is None:
        raise Http404("no such row")
    return found
