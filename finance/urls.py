"""Addresses of the books."""

from __future__ import annotations

from django.urls import path

from finance import views

app_name = "books"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("journal/", views.show_journal, name="entry-list"),
    path("journal/<slug:number>/", views.show_entry, name="entry-show"),
    path("journal/<slug:number>/reverse/", views.reverse_entry, name="entry-reverse"),
    path("periods/<int:period_id>/", views.show_period, name="period-show"),
    path("periods/<int:period_id>/<slug:slug>/", views.move_period, name="period-move"),
    path("<slug:code>/periods/new/", views.add_period, name="period-add"),
    path("<slug:code>/<slug:part>/new/", views.add_part, name="part-add"),
    path("<slug:part>/<int:row_id>/", views.change_part, name="part-change"),
]
