"""The admin site, whose stock pages answer nothing but GET and HEAD.

So no page of the framework or of a library can write, whatever its permissions say. Edits of our
own take a POST as well (audit/admin/edits.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from audit import pages
from audit.views import refuse

SAFE = ("GET", "HEAD")
ACTING = (*SAFE, "POST")
# As the index orders them; an app's own name stands after them.
GROUPS = ("Trail", "Requests", "Money", "People and entities", "Rules and lookups", "Versions")
NOT_HERE = {"logout", "password_change", "password_change_done"}


class TrailSite(admin.AdminSite):
    """Signing in and out is the product's own; who may not look finds nothing here."""

    site_header = site_title = "Casetrail records"
    index_title = "Records"
    index_template = app_index_template = "admin/records.html"

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_HERE]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The index by what its lists are about; the page of one app as the framework has it."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        groups: dict[str, list[Any]] = {name: [] for name in GROUPS}
        for app in apps:
            for model in app["models"]:
                named = getattr(self._registry[model["model"]], "group", "") or app["name"]
                groups.setdefault(named, []).append(model)
        return [
            {"name": name, "app_label": slugify(name), "models": models}
            for name, models in groups.items()
            if models
        ]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self.let_in(request, lambda: redirect("admin:index"), reverse("admin:index"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return self.let_in(request, lambda: guarded(request, *args, **kwargs))

        return shown

    def acting_view(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """A page of ours that changes something by a service."""

        @csrf_protect
        @never_cache
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return self.let_in(request, lambda: view(request, *args, **kwargs), methods=ACTING)

        return shown

    def let_in(
        self, request: HttpRequest, answer: Callable[[], HttpResponse], back: str = "",
        methods: tuple[str, ...] = SAFE,
    ) -> HttpResponse:  # fmt: skip
        """Rendered here already, while the person's zone is the one of the page."""
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if not request.user.is_authenticated:
            return redirect_to_login(back or request.get_full_path())
        if not self.has_permission(request):
            refuse(request)
        with timezone.override(pages.zone_of(request)):
            response = answer()
            return response.render() if isinstance(response, TemplateResponse) else response


site = TrailSite()
