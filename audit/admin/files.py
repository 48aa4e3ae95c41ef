"""Each list of the admin as a file: asked for by GET, and on record as a look."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse

from audit import looks, timeline
from audit.admin import exports

TOO_MANY = f"A file holds at most {timeline.COUNTED:,} rows. Filter or search, then export."


class WithFile(admin.ModelAdmin):  # type: ignore[type-arg]
    """``hidden`` columns are in no file, as they are on no page."""

    hidden: tuple[str, ...] = ()

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """What the list of this address holds, on all its pages. A list that ends before its rows
        do is not half of a file."""
        listing = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        if "%00" in request.GET.urlencode():
            return redirect(listing)
        with_mark = without_form(request) == "excel"
        try:
            listed = self.get_changelist_instance(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            return redirect(f"{listing}?e=1")
        if listed.paginator.found > timeline.COUNTED:
            messages.error(request, TOO_MANY)
            return redirect(f"{listing}?{request.GET.urlencode()}")
        made = self.made_file(request, listed, with_mark=with_mark)
        return FileResponse(
            made.file, as_attachment=True, filename=f"{self.opts.model_name}.csv",
            content_type="text/csv; charset=utf-8",
        )  # fmt: skip

    def made_file(self, request: HttpRequest, listed: Any, *, with_mark: bool) -> exports.ListFile:
        """On record before anybody has it."""
        columns = self.file_columns()
        made = exports.write(
            listed.queryset, columns, lambda rows: self.prepare_rows(request, rows),
            with_mark=with_mark,
        )  # fmt: skip
        facts = {"rows": made.rows, "columns": list(columns), "file_sha256": made.sha256}
        try:
            looks.list_exported(request, listed.query, given(listed), facts)
        except Exception:
            made.file.close()
            raise
        return made

    def file_columns(self) -> dict[str, exports.Read]:
        named: Any = self.list_select_related or ()
        return exports.columns_of(self.model, self.hidden, named)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Makes them as this person may see them."""
        raise NotImplementedError


def without_form(request: HttpRequest) -> str:
    """What the file is for, which is taken from the address: the list would filter by it."""
    query = request.GET.copy()
    [wanted] = query.pop("for", [""])[-1:]
    request.GET = query  # type: ignore[assignment]
    return str(wanted)


def without_page(request: HttpRequest) -> str:
    """What is asked of a list, for the file of all its pages."""
    query = request.GET.copy()
    query.pop(PAGE_VAR, None)
    return query.urlencode()


def given(listed: Any) -> dict[str, str]:
    """What a list is filtered by."""
    asked = listed.get_filters_params().items()
    return {name: ", ".join(values) for name, values in asked if any(values)}
