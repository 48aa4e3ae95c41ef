"""Addresses of support requests, of people and their roles, and of accounts."""

from __future__ import annotations

from django.urls import include, path

from requests_app import people_views, views

requests = [
    path("", views.show_list, name="request-list"),
    path("new/", views.open_request, name="request-open"),
    path("export.csv", views.export, name="request-export"),
    path("<slug:number>/", views.show_request, name="request-show"),
    path("<slug:number>/<slug:slug>/", views.act, name="request-act"),
]
people = [
    path("", people_views.show_list, name="person-list"),
    path("new/", people_views.add, name="person-add"),
    path("<int:person_id>/", people_views.show, name="person-show"),
    path("<int:person_id>/<slug:slug>/", people_views.act, name="person-act"),
]
urlpatterns = [
    path("", views.home, name="home"),
    path("requests/", include((requests, "requests"))),
    path("people/", include((people, "people"))),
    path("roles/", people_views.show_roles, name="roles"),
    path("", include("requests_app.accounts.urls")),
]
