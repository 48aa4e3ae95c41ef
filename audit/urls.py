"""Addresses of the trail."""

from __future__ import annotations

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("trail/", views.trail, name="trail-list"),
    path("events/<int:event_id>/", views.show_event, name="event-show"),
    path("compare/<str:model>/<int:row_id>/", views.compare, name="version-compare"),
    path(
        "compare/<str:model>/<int:row_id>/difference.txt",
        views.copy_comparison,
        {"form": "txt"},
        name="comparison-text",
    ),
    path(
        "compare/<str:model>/<int:row_id>/difference.json",
        views.copy_comparison,
        {"form": "json"},
        name="comparison-json",
    ),
    path(
        "versions/<str:model>/<int:row_id>/<int:version_id>.json",
        views.version_bytes,
        name="version-bytes",
    ),
    path("display/", views.display, name="display-set"),
]
