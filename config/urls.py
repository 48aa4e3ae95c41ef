"""Every address of the site."""

from __future__ import annotations

from django.urls import include, path

from audit.admin import site
from config import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", site.urls),
    path("", include("requests_app.urls")),
    path("", include("audit.urls")),
]
