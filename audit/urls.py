"""Addresses of the trail."""

from __future__ import annotations

from django.urls import path, re_path

from audit import views

app_name = "audit"
urlpatterns = [
    path("trail/", views.trail, name="trail-list"),
    path("events/<int:event_id>/", views.show_event, name="event-show"),
    path("compare/<str:model>/<int:row_id>/", views.compare, name="version-compare"),
    re_path(
        r"^compare/(?P<model>[^/]+)/(?P<row_id>\d{1,18})/difference\.(?P<form>txt|json)$",
        views.copy_comparison,
        name="comparison-copy",
    ),
    path(
        "versions/<str:model>/<int:row_id>/<int:version_id>.json",
        views.version_bytes,
        name="version-bytes",
    ),
    path("display/", views.display, name="display-set"),
]
