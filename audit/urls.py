"""Addresses of the trail."""

from __future__ import annotations

from django.urls import path

from audit import export_views, trail_views, views

app_name = "audit"
urlpatterns = [
    path("trail/", trail_views.trail, name="trail-list"),
    path("trail/kinds/", trail_views.show_catalogue, name="trail-kinds"),
    path("trail/by/<str:kind>/<path:actor_id>/", trail_views.show_actor, name="trail-actor"),
    path("trail/export/", export_views.ask, name="export-ask"),
    path("trail/exports/", export_views.show_all, name="export-list"),
    path("trail/exports/<int:export_id>/", export_views.show, name="export-show"),
    path("trail/exports/<int:export_id>/again/", export_views.again, name="export-again"),
    path("trail/exports/<int:export_id>/file/", export_views.fetch, name="export-fetch"),
    path("events/<int:event_id>/", views.show_event, name="event-show"),
    path("events/<int:event_id>/event.json", views.take_event, name="event-take"),
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
